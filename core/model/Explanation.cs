namespace Agora;

/// <summary>Why a framework is not being offered an agent. Exactly one holds for each framework and agent.</summary>
public enum SkipReason
{
    /// <summary>Nothing stands in the way: an offer comes with the next pass, or it holds this agent's offer now.</summary>
    None,
    NotSubscribed,

    /// <summary>Its scheduler is disconnected.</summary>
    Inactive,
    Suppressed,
    AgentUnreachable,
    AgentDraining,

    /// <summary>An operator has the agent not offered.</summary>
    AgentDeactivated,

    /// <summary>Its machine is under maintenance.</summary>
    AgentMaintenance,

    /// <summary>Everything there is in use.</summary>
    AgentFull,

    /// <summary>What is free there is held in offers to frameworks that stand before it.</summary>
    HeldInOffer,

    /// <summary>It refused this or more there, and the refusal still runs.</summary>
    Filtered,

    /// <summary>Its own filter does not list the agent.</summary>
    NotInList,

    /// <summary>Less is free than its own filter asks for.</summary>
    BelowMinimum,
}

/// <param name="Until">When the reason ends by itself, where it does.</param>
/// <param name="Detail">For people: amounts, holder, age.</param>
public sealed record AgentSkip(
    AgentId AgentId, string Hostname, SkipReason Reason, DateTimeOffset? Until, string Detail);

/// <summary>
/// Why a framework has what it has and gets no more: one sentence, then the reason for each agent. The counts of
/// reasons add up to the number of agents.
/// </summary>
public sealed record FrameworkExplanation(
    FrameworkId FrameworkId, string Name, string Role, string Summary, IReadOnlyList<string> Details,
    double DominantShare, double FairShare, Resources Held, Resources Demand, IReadOnlyList<AgentSkip> Agents);

/// <summary>Why a task is where it is.</summary>
public sealed record TaskExplanation(TaskView Task, string Summary);
