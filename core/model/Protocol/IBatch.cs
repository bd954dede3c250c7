using Google.Protobuf.Collections;

namespace Agora.Protocol
{
    /// <summary>What travels on a stream: many items in one message, numbered.</summary>
    public interface IBatch<TItem>
    {
        /// <summary>Counts the batches of one stream and direction from 1.</summary>
        ulong Sequence { get; set; }

        RepeatedField<TItem> Items { get; }
    }
}

namespace Agora.V1
{
    using Agora.Protocol;

    public sealed partial class SchedulerCalls : IBatch<SchedulerCall>;

    public sealed partial class SchedulerEvents : IBatch<SchedulerEvent>;

    public sealed partial class AgentCalls : IBatch<AgentCall>;

    public sealed partial class AgentCommands : IBatch<AgentCommand>;

    public sealed partial class ExecutorCalls : IBatch<ExecutorCall>;

    public sealed partial class ExecutorEvents : IBatch<ExecutorEvent>;
}
