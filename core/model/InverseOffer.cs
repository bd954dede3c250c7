namespace Agora;

/// <summary>
/// Asks a framework to have left an agent by the time that it is taken out of use. Advice: what the framework answers is shown
/// to operators, and nothing is killed.
/// </summary>
/// <param name="Resources">What its tasks and executors hold there.</param>
public sealed record InverseOffer(
    OfferId Id, FrameworkId FrameworkId, AgentId AgentId, string Hostname, Resources Resources, Unavailability Unavailability);
