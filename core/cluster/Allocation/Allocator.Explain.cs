namespace Agora.Cluster.Allocation;

public sealed partial class Allocator
{
    /// <summary>Why the framework is not offered what is free on the agent; None if a pass would offer it.</summary>
    public (SkipReason Reason, DateTimeOffset? Until) WhyNot(FrameworkId frameworkId, AgentId agentId, DateTimeOffset now)
    {
        var framework = _frameworks[frameworkId];
        var agent = _agents[agentId];
        if (!framework.Active)
            return (SkipReason.Inactive, null);
        if (framework.Suppressed)
            return (SkipReason.Suppressed, null);
        var reason = SkipFor(framework, agent, now);
        return (reason, reason == SkipReason.Filtered ? agent.Refusals![framework].Until : null);
    }

    public bool IsSuppressed(FrameworkId id) => _frameworks[id].Suppressed;

    public double DominantShare(FrameworkId id) =>
        Share.Dominant(_frameworks[id].Standing.Held, Total, 1000).Value;

    /// <summary>
    /// The dominant share the framework can count on whatever the others want: its role's part by weight among the
    /// roles that want offers or hold something, divided by the frameworks of the role that do.
    /// </summary>
    public double FairShare(FrameworkId id)
    {
        var framework = _frameworks[id];
        long weights = 0;
        foreach (var role in _roles.Values)
            if (role == framework.Role || role.Members.Count > 0 || !role.Standing.Held.IsEmpty)
                weights += role.Standing.WeightMilli;
        var members = 0;
        foreach (var other in _frameworks.Values)
            if (other.Role == framework.Role &&
                (other == framework || other.WantsOffers || !other.Standing.Held.IsEmpty))
                members++;
        return (double)framework.Role.Standing.WeightMilli / weights / members;
    }

    public Resources Demand(FrameworkId id, DateTimeOffset now) => _frameworks[id].Demand(now);

    public Resources Guaranteed(string role) =>
        _roles.TryGetValue(role, out var account) ? account.Standing.Guaranteed : Resources.Empty;

    /// <summary>Roles with their standing, by name.</summary>
    public IEnumerable<RoleView> Roles()
    {
        foreach (var role in _roles.Values)
        {
            var standing = role.Standing;
            var members = _frameworks.Values.Count(f => f.Role == role);
            yield return new RoleView(role.Name, standing.WeightMilli / 1000.0, standing.Priority, standing.Guaranteed,
                standing.Held, Share.Dominant(standing.Held, Total, 1000).Value, members);
        }
    }
}
