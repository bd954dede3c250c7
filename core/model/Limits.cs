namespace Agora;

/// <summary>Bounds on what the machines keep and accept. Every queue, history and size has its name here.</summary>
public sealed record Limits
{
    public static readonly Limits Default = new();

    /// <summary>Longest id of a task or executor, in characters.</summary>
    public int IdLengthMax { get; init; } = 256;

    /// <summary>
    /// Largest amount of one resource that a task, executor, hint or agent may name, in thousandths or bytes (256 TiB);
    /// sums of tens of thousands of them still fit 64 bits.
    /// </summary>
    public long AmountMax { get; init; } = 1L << 48;

    /// <summary>Largest <see cref="TaskSpec.Data"/>, in bytes.</summary>
    public int TaskDataBytesMax { get; init; } = 1 << 20;

    /// <summary>Largest message between scheduler and executor, in bytes.</summary>
    public int MessageBytesMax { get; init; } = 1 << 20;

    /// <summary>Largest batch on the wire, in bytes; a larger one ends the connection.</summary>
    public int WireBytesMax { get; init; } = 64 << 20;

    /// <summary>Tasks in one Accept.</summary>
    public int TasksPerAcceptMax { get; init; } = 10_000;

    /// <summary>Hints a framework may have.</summary>
    public int HintsMax { get; init; } = 10_000;

    /// <summary>Agents in one framework's <see cref="FrameworkFilters.OnlyAgents"/>.</summary>
    public int FilterAgentsMax { get; init; } = 100_000;

    /// <summary>Ended tasks remembered for each framework.</summary>
    public int CompletedTasksMax { get; init; } = 1_000;

    /// <summary>Ended frameworks remembered.</summary>
    public int CompletedFrameworksMax { get; init; } = 50;

    /// <summary>Ids of ended frameworks remembered, so that none is used again.</summary>
    public int CompletedFrameworkIdsMax { get; init; } = 100_000;

    /// <summary>Decline reasons remembered for each framework, newest first.</summary>
    public int DeclineReasonsMax { get; init; } = 20;

    /// <summary>Longest page that a framework shows of itself, in characters.</summary>
    public int PageCharsMax { get; init; } = 1 << 16;

    /// <summary>Schedulers of one framework that stand by.</summary>
    public int StandbysMax { get; init; } = 16;

    /// <summary>Roles of which something was set. With the next four it bounds what is stored to less than 1 MB, ZooKeeper's limit.</summary>
    public int RoleSettingsMax { get; init; } = 1_000;

    /// <summary>Agents drained or deactivated.</summary>
    public int InactiveAgentsMax { get; init; } = 5_000;

    /// <summary>Agents marked gone that are remembered; beyond that the oldest are forgotten.</summary>
    public int GoneAgentsMax { get; init; } = 5_000;

    /// <summary>Maintenance windows that are not over.</summary>
    public int MaintenanceWindowsMax { get; init; } = 200;

    /// <summary>Machines of all maintenance windows together.</summary>
    public int MaintenanceMachinesMax { get; init; } = 10_000;

    /// <summary>Operators' orders that wait for one to be stored.</summary>
    public int OrdersWaitingMax { get; init; } = 1_000;

    /// <summary>Updates an agent holds unacknowledged for one task.</summary>
    public int UpdatesPerTaskMax { get; init; } = 1_000;
}
