namespace Agora.Sdk;

/// <summary>Times and bounds of a <see cref="SchedulerSession"/>.</summary>
public sealed record SchedulerSessionOptions
{
    /// <summary>First wait before connecting again; doubles with each failure.</summary>
    public TimeSpan BackoffMin { get; init; } = TimeSpan.FromSeconds(0.1);

    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How much longer one that stands by waits than the active one before it connects again.</summary>
    public TimeSpan StandbyWait { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long making a connection may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Taken for the master's until it has said its own.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>After so many intervals without a word from the master the connection counts as broken.</summary>
    public int HeartbeatsMissedMax { get; init; } = 5;

    /// <summary>First wait for the answers to a reconciliation before asking again; doubles each time.</summary>
    public TimeSpan ReconcileMin { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan ReconcileMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Tasks in one Reconcile call; more go in several calls.</summary>
    public int ReconcileTasksMax { get; init; } = 1_000;

    /// <summary>Calls that wait for a connection; one more is dropped with a non-fatal Error event.</summary>
    public int QueuedCallsMax { get; init; } = 10_000;

    /// <summary>
    /// How long an ended task is remembered so that a repeated update of it is not delivered again; longer than an
    /// agent waits between two attempts to deliver.
    /// </summary>
    public TimeSpan EndedTaskKept { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Ended tasks remembered; beyond that the oldest are forgotten early.</summary>
    public int EndedTasksMax { get; init; } = 100_000;
}
