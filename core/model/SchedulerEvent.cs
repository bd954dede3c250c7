namespace Agora;

/// <summary>What the master says to a framework scheduler.</summary>
public abstract record SchedulerEvent
{
    private SchedulerEvent()
    {
    }

    /// <param name="FrameworkId">Keep it: subscribing with it later means coming back.</param>
    /// <param name="Epoch">Of the master; grows with every new leader.</param>
    /// <param name="Guaranteed">What the framework's role is guaranteed (the paper's getGuaranteedShare).</param>
    public sealed record Subscribed(
        FrameworkId FrameworkId, long Epoch, TimeSpan HeartbeatInterval, Resources Guaranteed) : SchedulerEvent;

    public sealed record Offers(IReadOnlyList<Offer> List) : SchedulerEvent;

    /// <summary>These offers are no longer valid.</summary>
    public sealed record Rescind(IReadOnlyList<OfferId> OfferIds) : SchedulerEvent;

    public sealed record Update(TaskStatus Status) : SchedulerEvent;

    public sealed record Message(AgentId AgentId, ExecutorId ExecutorId, ReadOnlyMemory<byte> Data) : SchedulerEvent;

    /// <summary>The agent is not reached any more; updates for its tasks come separately.</summary>
    public sealed record AgentLost(AgentId AgentId, string Hostname, string Reason) : SchedulerEvent;

    /// <param name="ExitCode">Its exit code, 128 + signal, or null where not known.</param>
    public sealed record ExecutorLost(
        AgentId AgentId, ExecutorId ExecutorId, int? ExitCode, string Reason) : SchedulerEvent;

    public sealed record Heartbeat : SchedulerEvent;

    /// <summary>Another scheduler of the framework is active; Takeover comes when it is lost.</summary>
    /// <param name="Epoch">As for <see cref="Subscribed"/>.</param>
    public sealed record StandingBy(FrameworkId FrameworkId, long Epoch, TimeSpan HeartbeatInterval) : SchedulerEvent;

    /// <summary>Agents that the framework is asked to leave by a time.</summary>
    public sealed record InverseOffers(IReadOnlyList<InverseOffer> List) : SchedulerEvent;

    /// <summary>These need no answer any more.</summary>
    public sealed record RescindInverse(IReadOnlyList<OfferId> OfferIds) : SchedulerEvent;

    /// <summary>This scheduler is now the active one of its framework.</summary>
    public sealed record Takeover(FrameworkId FrameworkId) : SchedulerEvent;

    /// <summary>What the role is guaranteed has changed.</summary>
    public sealed record Guarantee(Resources Guaranteed) : SchedulerEvent;

    /// <summary>
    /// Another role is below its guarantee: unless the framework frees <paramref name="Amount"/> itself by then,
    /// these tasks are killed at <paramref name="Deadline"/>.
    /// </summary>
    public sealed record RevocationWarning(
        Resources Amount, DateTimeOffset Deadline, IReadOnlyList<TaskId> Tasks) : SchedulerEvent;

    /// <param name="Fatal">The connection is of no more use: subscribe anew or give up.</param>
    public sealed record Error(string Text, bool Fatal) : SchedulerEvent;
}
