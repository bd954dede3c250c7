namespace Agora;

/// <summary>
/// A machine's share in the cluster, as the agent on it registers it.
/// </summary>
/// <param name="Id">Given by the master on first registration; null before that.</param>
/// <param name="Hostname">The name frameworks compare data locations with.</param>
/// <param name="Address">Host or IP at which <paramref name="FilePort"/> is reached.</param>
/// <param name="FilePort">TCP port of the agent's file server (sandboxes and shared output, HTTP/1.1).</param>
public sealed record AgentInfo(
    AgentId? Id, string Hostname, string Address, int FilePort, Resources Resources, Attributes Attributes);
