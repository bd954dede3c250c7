using Agora.Cluster;
using Agora.Cluster.Allocation;
using Agora.Protocol;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Agora.Workloads.Fuzz;

/// <summary>What comes over the wire: read, mapped, and, of schedulers and agents, given to a master whose laws are checked.</summary>
internal static class WireTargets
{
    private const int ExamplesCount = 200, DepthMax = 5, ItemsMax = 3;

    public static IEnumerable<FuzzTarget> All()
    {
        yield return Target("scheduler calls", V1.SchedulerCalls.Parser, V1.SchedulerCalls.Descriptor, new MasterSeatOfTrials().Take);
        yield return Target("agent calls", V1.AgentCalls.Parser, V1.AgentCalls.Descriptor, new MasterSeatOfTrials().Take);
        yield return Target("executor calls", V1.ExecutorCalls.Parser, V1.ExecutorCalls.Descriptor, calls => Kinds(calls.Items, c => c.ToDomain()));
        yield return Target("operator commands", V1.OperatorCommand.Parser, V1.OperatorCommand.Descriptor, new MasterSeatOfTrials().Take);
        yield return Target("agent commands", V1.AgentCommands.Parser, V1.AgentCommands.Descriptor, commands => Kinds(commands.Items, c => c.ToDomain()));
        yield return Target("scheduler events", V1.SchedulerEvents.Parser, V1.SchedulerEvents.Descriptor, events => Kinds(events.Items, e => e.ToDomain()));
    }

    public static string Kinds<TWire, T>(IEnumerable<TWire> items, Func<TWire, T> map)
        where T : notnull => string.Join(',', items.Select(i => map(i).GetType().Name).Take(ItemsMax));

    private static FuzzTarget Target<T>(string name, MessageParser<T> parser, MessageDescriptor shape, Func<T, string> take)
        where T : IMessage<T>
    {
        byte[] Make(Random random) => Fill(parser.ParseFrom([]), shape, random, 0).ToByteArray();
        var random = new Random(1);
        return new FuzzTarget(name, [.. Enumerable.Range(0, ExamplesCount).Select(_ => Make(random))], ["framework-1-1", "agent-1-1", "cpus", "mem", "ports", "default", "f-1"], bytes =>
        {
            try
            {
                return take(parser.ParseFrom(bytes));
            }
            catch (Exception e) when (e is InvalidProtocolBufferException or WireFormatException)
            {
                return Outcome.Of(e);
            }
        })
        { Generate = Make };
    }

    /// <summary>Gives fields values of their kinds, some of them likely to be taken.</summary>
    private static IMessage Fill(IMessage message, MessageDescriptor shape, Random random, int depth)
    {
        foreach (var field in shape.Fields.InDeclarationOrder())
        {
            if (field.ContainingOneof is { IsSynthetic: false } oneof)
            {
                if (oneof.Fields[random.Next(oneof.Fields.Count)] == field)
                    Set(field);
            }
            else if (random.Next(4) > 0)
            {
                Set(field);
            }
        }
        return message;

        void Set(FieldDescriptor field)
        {
            if (field.IsMap || (field.FieldType is FieldType.Message && depth == DepthMax))
                return;
            if (field.IsRepeated)
            {
                var list = (System.Collections.IList)field.Accessor.GetValue(message);
                for (var left = random.Next(ItemsMax); left > 0; left--)
                    list.Add(Value(field));
            }
            else
            {
                field.Accessor.SetValue(message, Value(field));
            }
        }

        object Value(FieldDescriptor field) => field.FieldType switch
        {
            FieldType.Message => Fill(field.MessageType.Parser.ParseFrom([]), field.MessageType, random, depth + 1),
            FieldType.Enum => Enum.ToObject(field.EnumType.ClrType, random.Next(field.EnumType.Values.Count + 1)),
            FieldType.String => random.Next(6) switch { 0 => "framework-1-1", 1 => "agent-1-1", 2 => "default", 3 => "", 4 => "x/y", _ => $"t-{random.Next(4)}" },
            FieldType.Bytes => ByteString.CopyFrom(new byte[random.Next(8)]),
            FieldType.Bool => random.Next(2) == 0,
            FieldType.Double => random.Next(4) switch { 0 => double.NaN, 1 => -1.0, 2 => double.MaxValue, _ => random.NextDouble() },
            FieldType.Float => (float)random.NextDouble(),
            FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => random.Next(5) switch { 0 => int.MinValue, 1 => int.MaxValue, _ => random.Next(3) },
            FieldType.UInt32 or FieldType.Fixed32 => random.Next(3) == 0 ? uint.MaxValue : (uint)random.Next(70_000),
            FieldType.UInt64 or FieldType.Fixed64 => random.Next(3) == 0 ? ulong.MaxValue : (ulong)random.Next(1000),
            _ => random.Next(5) switch { 0 => long.MinValue, 1 => long.MaxValue, 2 => 0L, _ => (long)random.Next(100_000) },
        };
    }

    /// <summary>A master that is asked all of it, a new one after a while.</summary>
    private sealed class MasterSeatOfTrials
    {
        private const int EventsMax = 2_000, Connections = 6;

        private Master? _master;
        private int _events, _requests;
        private DateTimeOffset _now;

        public string Take(V1.SchedulerCalls calls) => Kinds(calls.Items, wire =>
        {
            var call = wire.ToDomain();
            Handle(new MasterEvent.SchedulerCalled(_events % Connections * 2, call));
            return call;
        });

        public string Take(V1.AgentCalls calls) => Kinds(calls.Items, wire =>
        {
            var call = wire.ToDomain();
            Handle(new MasterEvent.AgentCalled(_events % Connections * 2 + 1, call));
            return call;
        });

        public string Take(V1.OperatorCommand command)
        {
            var order = command.ToDomain();
            Handle(new MasterEvent.Ordered(++_requests, order));
            return order.GetType().Name;
        }

        private void Handle(MasterEvent e)
        {
            if (_master is null || _events >= EventsMax)
            {
                (_events, _now) = (0, DateTimeOffset.UnixEpoch);
                _master = new Master(new MasterOptions(), new DrfAllocator(), _now);
            }
            _events++;
            _now += TimeSpan.FromMilliseconds(100);
            var closed = _master.Handle(_now, e).OfType<MasterEffect.Close>().Select(c => c.Connection).ToList();
            foreach (var connection in closed)
                _master.Handle(_now, connection % 2 == 0 ? new MasterEvent.SchedulerDisconnected(connection) : new MasterEvent.AgentDisconnected(connection));
            if (_events % 100 == 0)
                _master.CheckInvariants();
        }
    }
}
