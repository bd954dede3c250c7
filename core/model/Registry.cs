namespace Agora;

/// <summary>
/// What operators have decided about the cluster. No agent or scheduler could tell it to a new leader, so it is stored before
/// it counts. Lists are in order of their names and hold each once.
/// </summary>
/// <param name="Roles">What was set of roles; what a role is not named for is as usual.</param>
/// <param name="Inactive">Agents that are not offered.</param>
/// <param name="Gone">Agents that may not come back, the one marked longest ago first.</param>
/// <param name="Maintenance">By start, then name. Ended windows are left out when something else changes.</param>
public sealed record Registry(
    IReadOnlyList<RoleSettings> Roles, IReadOnlyList<InactiveAgent> Inactive, IReadOnlyList<GoneAgent> Gone,
    IReadOnlyList<MaintenanceWindow> Maintenance)
{
    public static readonly Registry Empty = new([], [], [], []);
}

/// <summary>What an operator set of a role; null was not set.</summary>
public sealed record RoleSettings(string Role, long? WeightMilli, int? Priority, Resources? Guaranteed);

/// <summary>An agent that is not offered to anybody until it is reactivated.</summary>
/// <param name="Drain">Null if what runs there is let alone.</param>
public sealed record InactiveAgent(AgentId Id, DateTimeOffset Since, DrainOrder? Drain);

/// <param name="Deadline">When what still runs there is killed; null waits for it without end.</param>
/// <param name="Grace">The longest time between SIGTERM and SIGKILL; null leaves each task its own.</param>
/// <param name="MarkGone">Once all that ran there has ended, the agent is marked gone.</param>
public sealed record DrainOrder(DateTimeOffset? Deadline, TimeSpan? Grace, bool MarkGone);

/// <summary>An agent that an operator has declared gone for good.</summary>
/// <param name="Hostname">As last known; empty if it was not.</param>
public sealed record GoneAgent(AgentId Id, string Hostname, DateTimeOffset Since);

/// <summary>A time for which machines are taken out of use.</summary>
/// <param name="Machines">Hostnames, in order.</param>
public sealed record MaintenanceWindow(string Name, IReadOnlyList<string> Machines, Unavailability When)
{
    public bool IsOn(DateTimeOffset now) => When.Start <= now && !IsOver(now);

    public bool IsOver(DateTimeOffset now) => When.End <= now;
}

/// <summary>When something is not to be had.</summary>
/// <param name="Duration">Null for no known end.</param>
public sealed record Unavailability(DateTimeOffset Start, TimeSpan? Duration)
{
    /// <summary>Null for no known end.</summary>
    public DateTimeOffset? End => Duration is not { } duration ? null
        : duration < DateTimeOffset.MaxValue - Start ? Start + duration : DateTimeOffset.MaxValue;
}
