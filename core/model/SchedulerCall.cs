namespace Agora;

/// <summary>What a framework scheduler says to the master.</summary>
public abstract record SchedulerCall
{
    private SchedulerCall()
    {
    }

    /// <summary>
    /// First call on a connection. With <see cref="FrameworkInfo.Id"/> set it comes back as that framework; an older
    /// connection of the same framework is closed.
    /// </summary>
    /// <param name="Standby">While another scheduler of the framework is connected, waits to take over from it in place of doing so now.</param>
    public sealed record Subscribe(
        FrameworkInfo Framework, bool Suppressed = false, FrameworkFilters? Filters = null,
        IReadOnlyList<Hint>? Hints = null, bool Standby = false) : SchedulerCall;

    /// <summary>Launches tasks on one or more offers of one agent; what is left over is refused for a time.</summary>
    /// <param name="Refuse">How long the rest is refused; null means <see cref="FrameworkFilters.DefaultRefusal"/>.</param>
    public sealed record Accept(
        IReadOnlyList<OfferId> Offers, IReadOnlyList<TaskSpec> Tasks, TimeSpan? Refuse = null) : SchedulerCall;

    /// <param name="Reason">Why, for people: shown by <c>agora explain</c>.</param>
    /// <param name="Refuse">How long not to be offered the same or less there; zero means not at all.</param>
    public sealed record Decline(
        IReadOnlyList<OfferId> Offers, string Reason = "", TimeSpan? Refuse = null) : SchedulerCall;

    /// <summary>Wants offers again: ends suppression and forgets all refusals.</summary>
    public sealed record Revive : SchedulerCall;

    /// <summary>Wants no offers until <see cref="Revive"/>.</summary>
    public sealed record Suppress : SchedulerCall;

    public sealed record SetFilters(FrameworkFilters Filters) : SchedulerCall;

    /// <summary>Replaces the framework's hints; an empty list ends them.</summary>
    public sealed record UpdateHints(IReadOnlyList<Hint> Hints) : SchedulerCall;

    /// <param name="Grace">Overrides the task's kill policy.</param>
    public sealed record Kill(TaskId TaskId, AgentId? AgentId = null, TimeSpan? Grace = null) : SchedulerCall;

    /// <summary>Received update <paramref name="Sequence"/> of the task; the next one may come.</summary>
    public sealed record Acknowledge(AgentId AgentId, TaskId TaskId, long Sequence) : SchedulerCall;

    /// <summary>Asks for the latest state of the tasks, or of all the framework's live tasks if empty.</summary>
    public sealed record Reconcile(IReadOnlyList<TaskReference> Tasks) : SchedulerCall;

    public sealed record Message(AgentId AgentId, ExecutorId ExecutorId, ReadOnlyMemory<byte> Data) : SchedulerCall;

    /// <summary>The framework will have left these agents in time.</summary>
    public sealed record AcceptInverse(IReadOnlyList<OfferId> Offers) : SchedulerCall;

    /// <param name="Reason">Why, for operators.</param>
    public sealed record DeclineInverse(IReadOnlyList<OfferId> Offers, string Reason = "") : SchedulerCall;

    /// <summary>Replaces what the framework shows of itself to people.</summary>
    /// <param name="Kind">What kind of framework it is, in a word.</param>
    /// <param name="Page">A JSON document as the SDK's <c>FrameworkPage</c> makes it; the master keeps it as it is.</param>
    public sealed record Publish(string Kind, string Page) : SchedulerCall
    {
        /// <summary>Characters of a kind: lower-case letters, digits and hyphens.</summary>
        public const int KindMax = 32;
    }

    /// <summary>Answers a heartbeat: said by schedulers that subscribed with Standby, so that one that is silent is replaced.</summary>
    public sealed record Pong : SchedulerCall;

    /// <summary>Ends the framework: its tasks and executors are killed and its name is not used again.</summary>
    public sealed record Teardown : SchedulerCall;
}

/// <summary>A task and, where known, the agent it was launched on.</summary>
public readonly record struct TaskReference(TaskId TaskId, AgentId? AgentId);
