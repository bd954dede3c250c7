namespace Agora;

/// <summary>Everything an operator can see at one moment. Immutable, so readers never hold the master up.</summary>
public sealed record ClusterSnapshot(
    DateTimeOffset Time, long Epoch, string Allocator, DateTimeOffset Started, Resources Total, Resources Used,
    Resources Offered, MasterCounters Counters, IReadOnlyList<AgentView> Agents,
    IReadOnlyList<FrameworkView> Frameworks, IReadOnlyList<TaskView> Tasks, IReadOnlyList<OfferView> Offers,
    IReadOnlyList<RoleView> Roles, IReadOnlyList<MaintenanceView> Maintenance, IReadOnlyList<GoneAgent> Gone);

/// <summary>What frameworks hold at one moment, without what is only offered to them.</summary>
public sealed record HoldingsView(DateTimeOffset Time, Resources Total, IReadOnlyList<Holding> Frameworks);

public sealed record Holding(FrameworkId FrameworkId, string Name, Resources Used);

/// <summary>What a framework shows of itself; of an ended one what it showed last.</summary>
/// <param name="Page">A JSON document, as the framework made it.</param>
public sealed record PageView(FrameworkId FrameworkId, string Name, FrameworkCondition Condition, string Kind, string Page);

public enum AgentCondition
{
    Active,

    /// <summary>Its connection is broken; pings have not yet run out.</summary>
    Disconnected,

    /// <summary>Pings have run out.</summary>
    Unreachable,

    /// <summary>An operator drains it: no more offers.</summary>
    Draining,

    /// <summary>It was drained, and nothing runs there any more.</summary>
    Drained,

    /// <summary>An operator has it not offered; what runs there goes on.</summary>
    Deactivated,

    /// <summary>Its machine is under maintenance: no offers.</summary>
    Maintenance,
}

/// <param name="Inactive">What an operator ordered of it, if anything.</param>
public sealed record AgentView(
    AgentInfo Info, AgentCondition Condition, Resources Used, Resources Offered, int Tasks, DateTimeOffset Registered,
    InactiveAgent? Inactive);

/// <summary>A maintenance window that is not over, and what frameworks say about leaving.</summary>
public sealed record MaintenanceView(MaintenanceWindow Window, IReadOnlyList<InverseOfferView> InverseOffers);

/// <param name="Accepted">Null while it is not answered.</param>
/// <param name="Reason">Why it was declined.</param>
/// <param name="Tasks">That the framework still has there.</param>
public sealed record InverseOfferView(
    OfferId Id, FrameworkId FrameworkId, AgentId AgentId, string Hostname, bool? Accepted, string Reason, int Tasks);

public enum FrameworkCondition
{
    Active,

    /// <summary>No scheduler is connected; its failover timeout runs.</summary>
    Disconnected,
    Completed,
}

/// <param name="Demand">What its hints ask for now, number of tasks times size.</param>
/// <param name="DominantShare">Largest part it holds of any resource, 0 to 1.</param>
/// <param name="FairShare">The dominant share it is due now, by weights, if it wants that much.</param>
/// <param name="Declines">Newest first: when, on which host, why.</param>
/// <param name="Standbys">Schedulers of it that stand by.</param>
public sealed record FrameworkView(
    FrameworkInfo Info, FrameworkCondition Condition, bool Suppressed, Resources Used, Resources Offered,
    Resources Demand, double DominantShare, double FairShare, int RunningTasks, long OffersMade, long OffersAccepted,
    long OffersDeclined, long OffersRescinded, IReadOnlyList<DeclineView> Declines, DateTimeOffset Registered,
    int Standbys);

public sealed record DeclineView(DateTimeOffset Time, string Hostname, string Reason);

public sealed record TaskView(
    FrameworkId FrameworkId, TaskId Id, string Name, AgentId AgentId, string Hostname, ExecutorId? ExecutorId,
    Resources Resources, TaskState State, IReadOnlyList<TaskStatus> History);

public sealed record OfferView(
    OfferId Id, FrameworkId FrameworkId, AgentId AgentId, string Hostname, Resources Resources, DateTimeOffset Made,
    DateTimeOffset Expires);

/// <param name="Priority">For the <c>priority</c> allocator: higher goes first.</param>
public sealed record RoleView(
    string Name, double Weight, int Priority, Resources Guaranteed, Resources Held, double DominantShare, int Frameworks);

/// <summary>Counts since this master started.</summary>
public sealed record MasterCounters(
    long OffersMade, long OffersAccepted, long OffersDeclined, long OffersRescinded, long TasksLaunched,
    long TasksFinished, long TasksFailed, long TasksKilled, long TasksLost, long AllocationPasses, long CallsRefused);
