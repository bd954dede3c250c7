namespace Agora.Cluster;

/// <summary>How a master behaves. Times are in the master's own clock.</summary>
public sealed record MasterOptions
{
    /// <summary>Grows with every new leader and every restart; part of all ids the master gives.</summary>
    public long Epoch { get; init; } = 1;

    /// <value>How long an offer may stay unanswered. Default 30 s; at least 10 ms.</value>
    public TimeSpan OfferTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <value>
    /// How long changes are gathered before a pass. Default 1 ms: what comes back is offered again at once, and a burst
    /// makes one pass.
    /// </value>
    public TimeSpan AllocationDelay { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <value>Between two pings of an agent. Default 15 s.</value>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <value>Unanswered pings after which an agent is unreachable. Default 5.</value>
    public int PingsMissedMax { get; init; } = 5;

    /// <value>
    /// The least time between two agents' becoming unreachable, so that a fault of the master's own network does not cost all
    /// tasks at once. Default none.
    /// </value>
    public TimeSpan RemovalInterval { get; init; }

    /// <value>How long an agent may take to answer when another process comes with its id. Default 5 s.</value>
    public TimeSpan ChallengeTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <value>Between two heartbeats to a scheduler. Default 15 s.</value>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <value>Unanswered heartbeats after which another scheduler of the framework takes over, if one stands by. Default 5.</value>
    public int HeartbeatsMissedMax { get; init; } = 5;

    /// <value>Warning time before tasks are revoked. Default 10 s.</value>
    public TimeSpan RevocationGrace { get; init; } = TimeSpan.FromSeconds(10);

    /// <value>How long a framework that let an offer run out is not offered the same again. Default 5 s.</value>
    public TimeSpan UnansweredRefusal { get; init; } = TimeSpan.FromSeconds(5);

    public Limits Limits { get; init; } = Limits.Default;

    /// <summary>What is wrong with the options, all of it; empty if nothing is.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        if (Epoch < 1)
            errors.Add($"epoch {Epoch} is not positive");
        if (OfferTimeout < TimeSpan.FromMilliseconds(10))
            errors.Add($"offer timeout {OfferTimeout} is below 10 ms");
        if (AllocationDelay < TimeSpan.Zero)
            errors.Add($"allocation delay {AllocationDelay} is negative");
        if (PingInterval <= TimeSpan.Zero)
            errors.Add($"ping interval {PingInterval} is not positive");
        if (PingsMissedMax < 1)
            errors.Add($"pings missed {PingsMissedMax} is below 1");
        if (RemovalInterval < TimeSpan.Zero)
            errors.Add($"removal interval {RemovalInterval} is negative");
        if (ChallengeTime <= TimeSpan.Zero)
            errors.Add($"challenge time {ChallengeTime} is not positive");
        if (HeartbeatInterval <= TimeSpan.Zero)
            errors.Add($"heartbeat interval {HeartbeatInterval} is not positive");
        if (HeartbeatsMissedMax < 1)
            errors.Add($"heartbeats missed {HeartbeatsMissedMax} is below 1");
        if (RevocationGrace < TimeSpan.Zero)
            errors.Add($"revocation grace {RevocationGrace} is negative");
        if (UnansweredRefusal < TimeSpan.Zero)
            errors.Add($"unanswered refusal {UnansweredRefusal} is negative");
        return errors;
    }
}
