using Agora.Protocol;
using Google.Protobuf;

namespace Agora.Tests.Fast.Protocol;

/// <summary>One domain type, or family of records, with its way to bytes and back.</summary>
internal sealed record Mapping(
    Type Domain, MessageParser Parser, Func<object, IMessage> ToWire, Func<IMessage, object> ToDomain)
{
    /// <summary>The cases of a record family; the type itself if it is none.</summary>
    public IReadOnlyList<Type> Cases { get; } = Domain.IsAbstract
        ? [.. Domain.GetNestedTypes().Where(t => t.IsSubclassOf(Domain))]
        : [Domain];
}

internal static class Mappings
{
    public static readonly IReadOnlyList<Mapping> All =
    [
        Of<SchedulerCall, V1.SchedulerCall>(V1.SchedulerCall.Parser, d => d.ToWire(), w => w.ToDomain()),
        Of<SchedulerEvent, V1.SchedulerEvent>(V1.SchedulerEvent.Parser, d => d.ToWire(), w => w.ToDomain()),
        Of<AgentCall, V1.AgentCall>(V1.AgentCall.Parser, d => d.ToWire(), w => w.ToDomain()),
        Of<AgentCommand, V1.AgentCommand>(V1.AgentCommand.Parser, d => d.ToWire(), w => w.ToDomain()),
        Of<ExecutorCall, V1.ExecutorCall>(V1.ExecutorCall.Parser, d => d.ToWire(), w => w.ToDomain()),
        Of<ExecutorEvent, V1.ExecutorEvent>(V1.ExecutorEvent.Parser, d => d.ToWire(), w => w.ToDomain()),
        Of<AgentRecord, V1.AgentRecord>(V1.AgentRecord.Parser, d => d.ToWire(), w => w.ToDomain()),
        Of<Registry, V1.Registry>(V1.Registry.Parser, d => d.ToWire(), w => w.ToDomain()),
        Of<OperatorCommand, V1.OperatorCommand>(V1.OperatorCommand.Parser, d => d.ToWire(), w => w.ToDomain()),
        Of<ClusterSnapshot, V1.ClusterSnapshot>(V1.ClusterSnapshot.Parser, d => d.ToWire(), w => w.ToDomain()),
        Of<FrameworkExplanation, V1.FrameworkExplanation>(
            V1.FrameworkExplanation.Parser, d => d.ToWire(), w => w.ToDomain()),
        Of<TaskExplanation, V1.TaskExplanation>(V1.TaskExplanation.Parser, d => d.ToWire(), w => w.ToDomain()),
    ];

    private static Mapping Of<TDomain, TWire>(
        MessageParser<TWire> parser, Func<TDomain, TWire> toWire, Func<TWire, TDomain> toDomain)
        where TDomain : class
        where TWire : IMessage<TWire> =>
        new(typeof(TDomain), parser, d => toWire((TDomain)d), w => toDomain((TWire)w));
}
