namespace Agora.Cluster;

/// <summary>
/// Guaranteed allocations (the paper's §3.3.1): while a role is below its guarantee and one of its frameworks wants
/// more, roles beyond theirs are warned, given a grace period, and then lose their newest revocable tasks.
/// </summary>
public sealed partial class Master
{
    private readonly SortedDictionary<string, RevocationPlan> _revocations = new(StringComparer.Ordinal);
    private readonly HashSet<TaskEntry> _revoking = [];
    private DateTimeOffset? _revocationDue;

    private sealed record RevocationPlan(DateTimeOffset Deadline, IReadOnlyList<TaskEntry> Victims);

    /// <summary>After a pass: whoever is still below its guarantee got nothing, so others have to give.</summary>
    private void PlanRevocation()
    {
        if (!_allocator.HasGuarantees)
            return;
        _revoking.RemoveWhere(t => t.State.IsTerminal());
        foreach (var role in _allocator.RolesBelowGuarantee())
        {
            if (_revocations.ContainsKey(role))
                continue;
            var victims = Victims(_allocator.Missing(role, _now), includeRevoking: true);
            if (victims.Count == 0)
                continue;
            var deadline = _now + _options.RevocationGrace;
            _revocations.Add(role, new RevocationPlan(deadline, victims));
            foreach (var group in victims.GroupBy(v => v.Framework))
            {
                var amount = group.Aggregate(Resources.Empty, (sum, task) => sum + task.Spec.Resources.Scalars);
                Send(group.Key, new SchedulerEvent.RevocationWarning(amount, deadline, [.. group.Select(t => t.Spec.Id)]));
            }
        }
        _revocationDue = NextRevocation();
    }

    private void RunRevocation()
    {
        if (_revocationDue is null || _revocationDue > _now)
            return;
        foreach (var (role, plan) in _revocations.Where(r => r.Value.Deadline <= _now).ToList())
        {
            _revocations.Remove(role);
            // The need may be smaller by now, or gone: what was freed meanwhile counts.
            foreach (var victim in Victims(_allocator.Missing(role, _now), includeRevoking: false, plan.Victims))
            {
                _revoking.Add(victim);
                Kill(victim, null, StatusReason.Revoked);
            }
        }
        _revocationDue = NextRevocation();
    }

    private DateTimeOffset? NextRevocation() =>
        _revocations.Count == 0 ? null : _revocations.Values.Min(p => p.Deadline);

    /// <summary>
    /// The newest revocable tasks of roles beyond their guarantee whose end would give what is missing, never taking a
    /// role below its own guarantee.
    /// </summary>
    /// <param name="includeRevoking">Count tasks already being revoked as coming free.</param>
    private List<TaskEntry> Victims(Resources missing, bool includeRevoking, IReadOnlyList<TaskEntry>? among = null)
    {
        var victims = new List<TaskEntry>();
        if (includeRevoking)
            foreach (var task in _revoking)
                missing = missing.ScalarsBeyond(task.Spec.Resources);
        if (missing.IsEmpty)
            return victims;
        var held = _allocator.Roles().ToDictionary(r => r.Name, r => (r.Held, r.Guaranteed));
        var candidates = among ?? [.. _frameworks.Values.SelectMany(f => f.Tasks.Values).OrderByDescending(t => t.Number)];
        foreach (var task in candidates)
        {
            if (missing.IsEmpty)
                break;
            if (!task.Spec.Revocable || task.State.IsTerminal() || !task.Charged || _revoking.Contains(task) ||
                Resources.MinScalars(task.Spec.Resources, missing).IsEmpty)
                continue;
            var role = task.Framework.Info.Role;
            var (has, guaranteed) = held[role];
            var rest = has - task.Spec.Resources.Scalars;
            if (!rest.Contains(Resources.MinScalars(guaranteed, has)))
                continue;
            held[role] = (rest, guaranteed);
            missing = missing.ScalarsBeyond(task.Spec.Resources);
            victims.Add(task);
        }
        return victims;
    }
}
