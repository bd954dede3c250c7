namespace Agora.Cluster.Allocation;

public sealed partial class Allocator
{
    /// <summary>True if any role is guaranteed anything.</summary>
    public bool HasGuarantees { get; private set; }

    /// <summary>Roles that hold less than they are guaranteed and have a framework that wants offers, by name.</summary>
    public IEnumerable<string> RolesBelowGuarantee() =>
        _roles.Values.Where(r => r.Standing.BelowGuarantee && r.Members.Count > 0).Select(r => r.Name);

    /// <summary>
    /// What the role's frameworks would take of its guarantee now: what it lacks, but no more than their hints ask for;
    /// nothing of a framework without hints that refuses what it is offered.
    /// </summary>
    public Resources Missing(string roleName, DateTimeOffset now)
    {
        var role = _roles[roleName];
        var lacking = role.Standing.Guaranteed.ScalarsBeyond(role.Standing.Held);
        var wanted = new ResourcesBuilder();
        foreach (var member in role.Members.Items)
        {
            var framework = member.Account!;
            if (framework.HintsEnd > now)
                wanted.Add(framework.Demand(now));
            else if (!_agents.Values.Any(a => Refuses(framework, a, a.Free, now)))
                return lacking;
        }
        return Resources.MinScalars(lacking, wanted.Build());
    }
}
