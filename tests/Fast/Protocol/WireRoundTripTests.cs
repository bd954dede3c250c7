using CsCheck;
using Google.Protobuf;
using Xunit;

namespace Agora.Tests.Fast.Protocol;

public class WireRoundTripTests
{
    public static TheoryData<Type> AllCases => [.. Mappings.All.SelectMany(m => m.Cases)];

    [Theory]
    [MemberData(nameof(AllCases))]
    public void Every_case_survives_the_wire_whole(Type type)
    {
        var mapping = Mappings.All.Single(m => m.Cases.Contains(type));
        Gen.Int.Sample(seed =>
        {
            var sent = new DomainSampler(seed).Sample(type, "");
            var received = mapping.ToDomain(mapping.Parser.ParseFrom(mapping.ToWire(sent).ToByteArray()));
            Assert.Equal(Shape.Of(sent), Shape.Of(received));
        }, iter: 100, threads: 1);
    }

    [Fact]
    public void Every_message_of_a_oneof_has_its_record_and_every_record_its_message()
    {
        foreach (var mapping in Mappings.All.Where(m => m.Domain.IsAbstract))
        {
            var descriptor = mapping.ToWire(new DomainSampler(0).Sample(mapping.Cases[0], "")).Descriptor;
            Assert.Equal(
                mapping.Cases.Select(c => c.Name).Order(),
                descriptor.Oneofs[0].Fields.Select(f => f.PropertyName).Order());
        }
    }

    [Theory]
    [InlineData(typeof(TaskState), typeof(V1.TaskState))]
    [InlineData(typeof(StatusSource), typeof(V1.StatusSource))]
    [InlineData(typeof(StatusReason), typeof(V1.StatusReason))]
    [InlineData(typeof(AgentCondition), typeof(V1.AgentCondition))]
    [InlineData(typeof(FrameworkCondition), typeof(V1.FrameworkCondition))]
    [InlineData(typeof(SkipReason), typeof(V1.SkipReason))]
    public void Enums_on_the_wire_have_the_domain_s_members_and_one_for_unset(Type domain, Type wire) =>
        Assert.Equal(Enum.GetNames(domain).Append("Unspecified").Order(), Enum.GetNames(wire).Order());

    [Fact]
    public void A_duration_below_a_millisecond_does_not_become_none()
    {
        var call = new SchedulerCall.Kill(new TaskId("t"), null, TimeSpan.FromTicks(1));
        var mapping = Mappings.All.Single(m => m.Domain == typeof(SchedulerCall));
        var back = (SchedulerCall.Kill)mapping.ToDomain(mapping.ToWire(call));
        Assert.Equal(TimeSpan.FromMilliseconds(1), back.Grace);
    }

    [Fact]
    public void The_longest_duration_still_comes_through()
    {
        var call = new SchedulerCall.Kill(new TaskId("t"), null, TimeSpan.MaxValue);
        var mapping = Mappings.All.Single(m => m.Domain == typeof(SchedulerCall));
        var back = (SchedulerCall.Kill)mapping.ToDomain(mapping.ToWire(call));
        // Whole milliseconds of it.
        Assert.Equal(TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMillisecond, back.Grace!.Value.Ticks / TimeSpan.TicksPerMillisecond);
    }
}
