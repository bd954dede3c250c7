using Agora.Protocol;
using CsCheck;
using Google.Protobuf;
using Xunit;

namespace Agora.Tests.Fast.Protocol;

public class WireValidationTests
{
    private static V1.TaskSpec Task(Action<V1.TaskSpec> spoil)
    {
        var task = new TaskSpec(new TaskId("t"), "", new AgentId("a"), Resources.Of(1, 64)).ToWire();
        spoil(task);
        return task;
    }

    public static TheoryData<string, string> Spoiled => new()
    {
        { "id", "TaskSpec.id is empty" },
        { "long id", "TaskSpec.id has 257 characters, the limit is 256" },
        { "no resources", "TaskSpec.resources is missing" },
        { "negative", "TaskSpec.resources.mem_bytes is negative: -1" },
        { "too much", "TaskSpec.resources.milli_cpus is 281474976710657, the limit is 281474976710656" },
        { "range", "TaskSpec.resources has a range of 'ports' that ends before it begins: 9-8" },
        { "range begin", "TaskSpec.resources has a range of 'ports' outside 0 to 2^63-2: -1-8" },
        { "range end", "TaskSpec.resources has a range of 'ports' outside 0 to 2^63-2: 1-9223372036854775807" },
        { "twice", "TaskSpec.resources has 'licences' twice" },
        { "cpus twice", "TaskSpec.resources has 'cpus' twice" },
        { "name", "TaskSpec.resources is not a name: 'a b'" },
        { "grace", "TaskSpec.kill_grace_ms is -1, not a duration" },
        { "executor", "ExecutorSpec.id is empty" },
    };

    [Theory]
    [MemberData(nameof(Spoiled))]
    public void A_field_that_makes_no_sense_is_named(string what, string expected)
    {
        var task = Task(t =>
        {
            switch (what)
            {
                case "id": t.Id = ""; break;
                case "long id": t.Id = new string('x', 257); break;
                case "no resources": t.Resources = null; break;
                case "negative": t.Resources.MemBytes = -1; break;
                case "too much": t.Resources.MilliCpus = (1L << 48) + 1; break;
                case "range": t.Resources.Ranges.Add(Ports(9, 8)); break;
                case "range begin": t.Resources.Ranges.Add(Ports(-1, 8)); break;
                case "range end": t.Resources.Ranges.Add(Ports(1, long.MaxValue)); break;
                case "twice":
                    t.Resources.Others.Add(new V1.NamedAmount { Name = "licences", AmountMilli = 1 });
                    t.Resources.Sets.Add(new V1.NamedSet { Name = "licences" });
                    break;
                case "cpus twice": t.Resources.Others.Add(new V1.NamedAmount { Name = "cpus" }); break;
                case "name": t.Resources.Others.Add(new V1.NamedAmount { Name = "a b" }); break;
                case "grace": t.KillGraceMs = -1; break;
                case "executor": t.Executor = new V1.ExecutorSpec(); break;
            }
        });
        Assert.Equal(expected, Assert.Throws<WireFormatException>(() => task.ToDomain()).Message);
    }

    private static V1.NamedRanges Ports(long begin, long end) => new()
    {
        Name = "ports",
        Ranges = { new V1.ValueRange { Begin = begin, End = end } },
    };

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_weight_must_be_finite(double weight)
    {
        var command = new OperatorCommand.SetRole("r", 1, null, null).ToWire();
        command.SetRole.Weight = weight;
        Assert.Contains("SetRole.weight", Assert.Throws<WireFormatException>(() => command.ToDomain()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_without_a_known_case_is_refused()
    {
        foreach (var mapping in Mappings.All.Where(m => m.Domain.IsAbstract))
        {
            // Nothing at all, and a case of a later version: field 1000 is not known.
            foreach (byte[] bytes in (byte[][])[[], [0xC2, 0x3E, 0x00]])
            {
                var error = Assert.Throws<WireFormatException>(() => mapping.ToDomain(mapping.Parser.ParseFrom(bytes)));
                Assert.Equal($"{mapping.Domain.Name} has no kind that is known here", error.Message);
            }
        }
    }

    [Fact]
    public void An_enum_number_that_is_not_known_is_refused()
    {
        var update = new SchedulerEvent.Update(new TaskStatus(
            new TaskId("t"), TaskState.Running, StatusSource.Agent, StatusReason.None, "", DateTimeOffset.UnixEpoch));
        var wire = update.ToWire();
        wire.Update.State = (V1.TaskState)99;
        Assert.Equal("TaskState 99 is not known", Assert.Throws<WireFormatException>(() => wire.ToDomain()).Message);
    }

    [Fact]
    public void Unknown_fields_survive_on_the_way_through()
    {
        byte[] bytes = [.. new V1.OfferId { Epoch = 1 }.ToByteArray(), 0xC2, 0x3E, 0x01, 0x2A];
        Assert.Equal(bytes, V1.OfferId.Parser.ParseFrom(bytes).ToByteArray());
    }

    [Fact]
    public void Garbage_is_refused_and_nothing_worse() =>
        Gen.Byte.Array[0, 60].Sample(bytes =>
        {
            foreach (var mapping in Mappings.All)
                ReadOrRefuse(mapping, bytes);
        }, iter: 3_000, threads: 1);

    [Fact]
    public void Damaged_messages_are_refused_and_nothing_worse()
    {
        var cases = Mappings.All.SelectMany(m => m.Cases.Select(c => (Mapping: m, Case: c))).ToArray();
        Gen.Select(Gen.Int[0, cases.Length - 1], Gen.Int, Gen.Int, Gen.Byte).Sample((index, seed, where, damage) =>
        {
            var (mapping, type) = cases[index];
            var bytes = mapping.ToWire(new DomainSampler(seed).Sample(type, "")).ToByteArray();
            if (bytes.Length > 0)
                bytes[(where & int.MaxValue) % bytes.Length] = damage;
            ReadOrRefuse(mapping, bytes);
            ReadOrRefuse(mapping, bytes[..((where & int.MaxValue) % (bytes.Length + 1))]);
        }, iter: 10_000, threads: 1);
    }

    private static void ReadOrRefuse(Mapping mapping, byte[] bytes)
    {
        try
        {
            mapping.ToDomain(mapping.Parser.ParseFrom(bytes));
        }
        catch (Exception e) when (e is WireFormatException or InvalidProtocolBufferException)
        {
        }
    }
}
