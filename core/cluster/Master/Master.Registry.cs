using System.Diagnostics;

namespace Agora.Cluster;

/// <summary>
/// What operators decide counts once it is stored: an order is checked, the registry that it would make goes out to be stored,
/// and when that is done the order is carried out and answered. One at a time, in the order they came.
/// </summary>
public sealed partial class Master
{
    /// <summary>The largest weight a role may have; the smallest is a thousandth.</summary>
    public const double WeightMax = 1000;

    private readonly Queue<(long? Request, OperatorCommand Command)> _orders = new();
    private readonly Dictionary<AgentId, InactiveAgent> _inactive = [];
    private readonly Dictionary<AgentId, GoneAgent> _gone = [];
    private Registry _registry = Registry.Empty;
    private (long Number, long? Request, OperatorCommand Command, Registry Next)? _storing;
    private long _lastStored;

    private void Restore(Registry registry)
    {
        Take(registry);
        foreach (var role in registry.Roles)
            Apply(role);
        foreach (var agent in registry.Inactive)
            if (agent.Drain?.Deadline is { } deadline)
                _drains.Enqueue(agent.Id, deadline);
        ArrangeWindows();
    }

    private void Take(Registry registry)
    {
        _registry = registry;
        _inactive.Clear();
        foreach (var agent in registry.Inactive)
            _inactive.Add(agent.Id, agent);
        _gone.Clear();
        foreach (var agent in registry.Gone)
            _gone.Add(agent.Id, agent);
    }

    private void StoreNext()
    {
        while (_storing is null && _orders.TryDequeue(out var order))
        {
            var next = _registry;
            var refused = Decide(order.Command, ref next);
            if (refused is not null || next == _registry)
            {
                Answer(order.Request, refused);
                continue;
            }
            _storing = (++_lastStored, order.Request, order.Command, next);
            _effects.Add(new MasterEffect.Store(_lastStored, next));
        }
    }

    private void Stored(long number, string? failed)
    {
        if (_storing is not { } done || done.Number != number)
            return;
        _storing = null;
        if (failed is null)
        {
            Take(done.Next);
            CarryOut(done.Command);
        }
        Answer(done.Request, failed is null ? null : $"it could not be stored: {failed}");
    }

    /// <summary>What the registry is to be, which is what it is if the order changes nothing.</summary>
    /// <returns>Null, or why the order is refused.</returns>
    private string? Decide(OperatorCommand command, ref Registry next) => command switch
    {
        OperatorCommand.SetRole set => Decide(set, ref next),
        OperatorCommand.Drain drain => Decide(drain, ref next),
        OperatorCommand.Deactivate(var id) => Decide(new InactiveAgent(id, _now, null), ref next),
        OperatorCommand.Reactivate(var id) => Reactivate(id, ref next),
        OperatorCommand.MarkGone(var id) => DecideGone(id, ref next),
        OperatorCommand.ScheduleMaintenance schedule => Decide(schedule, ref next),
        OperatorCommand.CancelMaintenance(var name) => CancelMaintenance(name, ref next),
        _ => throw new UnreachableException(command.GetType().Name),
    };

    private string? Decide(OperatorCommand.SetRole set, ref Registry next)
    {
        if (!IsRoleName(set.Role))
            return $"'{set.Role}' is not a role name (letters, digits, '_', '-', '.', '/'; not starting with '-' or '.')";
        if (set.Weight is { } weight && !(weight >= 0.001 && weight <= WeightMax))
            return $"weight {weight} is not between 0.001 and {WeightMax}";
        var before = next.Roles.FirstOrDefault(r => r.Role == set.Role);
        if (before is null && next.Roles.Count >= _options.Limits.RoleSettingsMax)
            return $"{next.Roles.Count} roles have been set already, which is the most";
        before ??= new RoleSettings(set.Role, null, null, null);
        var role = new RoleSettings(set.Role, set.Weight is { } w ? (long)Math.Round(w * 1000) : before.WeightMilli,
            set.Priority ?? before.Priority, set.Guaranteed ?? before.Guaranteed);
        next = next with { Roles = [.. next.Roles.Where(r => r.Role != set.Role).Append(role).OrderBy(r => r.Role, StringComparer.Ordinal)] };
        return null;
    }

    private string? Decide(OperatorCommand.Drain drain, ref Registry next) => Decide(new InactiveAgent(drain.AgentId, _now,
        new DrainOrder(drain.Within is { } within ? Later(_now, within) : null, drain.Grace, drain.ThenGone)), ref next);

    private string? Decide(InactiveAgent agent, ref Registry next)
    {
        if (!_agents.ContainsKey(agent.Id))
            return $"no agent {agent.Id} is known";
        var others = next.Inactive.Where(a => a.Id != agent.Id).ToList();
        if (others.Count >= _options.Limits.InactiveAgentsMax)
            return $"{others.Count} agents are drained or deactivated already, which is the most";
        next = next with { Inactive = [.. others.Append(agent).OrderBy(a => a.Id)] };
        return null;
    }

    private string? Reactivate(AgentId id, ref Registry next)
    {
        if (_inactive.ContainsKey(id))
            next = next with { Inactive = [.. next.Inactive.Where(a => a.Id != id)] };
        else if (_gone.ContainsKey(id))
            return $"agent {id} has been marked gone, which cannot be undone";
        else if (!_agents.ContainsKey(id))
            return $"no agent {id} is known";
        return null;
    }

    private string? DecideGone(AgentId id, ref Registry next)
    {
        if (_gone.ContainsKey(id))
            return null;
        // One that this leader has not met may have been lost before its time.
        if (!IsId(id.Value, _options.Limits))
            return $"'{Shown(id.Value)}' is not the id of an agent";
        var gone = next.Gone.Append(new GoneAgent(id, _agents.GetValueOrDefault(id)?.Info.Hostname ?? "", _now));
        next = next with
        {
            Gone = [.. next.Gone.Count < _options.Limits.GoneAgentsMax ? gone : gone.Skip(1)],
            Inactive = [.. next.Inactive.Where(a => a.Id != id)],
        };
        return null;
    }

    private string? Decide(OperatorCommand.ScheduleMaintenance schedule, ref Registry next)
    {
        var limits = _options.Limits;
        if (!IsId(schedule.Name, limits))
            return $"'{Shown(schedule.Name)}' is not a name for it (1 to {limits.IdLengthMax} characters without blanks or '/')";
        if (schedule.Machines.Count == 0)
            return "it names no machine";
        if (schedule.Machines.FirstOrDefault(m => !IsId(m, limits)) is { } wrong)
            return $"'{Shown(wrong)}' is not a hostname";
        var window = new MaintenanceWindow(schedule.Name, [.. schedule.Machines.Distinct().Order(StringComparer.Ordinal)], schedule.When);
        if (window.When.Duration == TimeSpan.Zero || window.IsOver(_now))
            return $"it would be over at {window.When.End:yyyy-MM-dd HH:mm:ss}Z";
        var windows = next.Maintenance.Where(w => w.Name != window.Name && !w.IsOver(_now)).Append(window)
            .OrderBy(w => w.When.Start).ThenBy(w => w.Name, StringComparer.Ordinal).ToList();
        if (windows.Count > limits.MaintenanceWindowsMax)
            return $"{limits.MaintenanceWindowsMax} windows are scheduled already, which is the most";
        if (windows.Sum(w => w.Machines.Count) > limits.MaintenanceMachinesMax)
            return $"all windows together would name more than {limits.MaintenanceMachinesMax} machines";
        next = next with { Maintenance = windows };
        return null;
    }

    private string? CancelMaintenance(string name, ref Registry next)
    {
        if (!next.Maintenance.Any(w => w.Name == name && !w.IsOver(_now)))
            return $"no maintenance '{Shown(name)}' is scheduled";
        next = next with { Maintenance = [.. next.Maintenance.Where(w => w.Name != name && !w.IsOver(_now))] };
        return null;
    }
}
