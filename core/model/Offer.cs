namespace Agora;

/// <summary>Free resources of one agent, held for one framework until it answers or the offer is rescinded.</summary>
/// <param name="Address">Host or IP of the agent's file server.</param>
/// <param name="FilePort">TCP port of the agent's file server.</param>
/// <param name="Executors">The framework's executors that run on the agent already, so that they can be reused.</param>
/// <param name="Expires">When the master takes the offer back if it is not answered.</param>
/// <param name="Unavailability">When the machine is to be taken out of use next, if that is planned.</param>
public sealed record Offer(
    OfferId Id, FrameworkId FrameworkId, AgentId AgentId, string Hostname, string Address, int FilePort,
    Resources Resources, Attributes Attributes, IReadOnlyList<ExecutorId> Executors, DateTimeOffset Expires,
    Unavailability? Unavailability = null);
