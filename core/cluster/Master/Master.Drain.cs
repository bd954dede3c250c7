namespace Agora.Cluster;

/// <summary>Agents that operators have not offered: drained, deactivated, or under maintenance.</summary>
public sealed partial class Master
{
    /// <summary>By when what still runs on an agent is killed.</summary>
    private readonly PriorityQueue<AgentId, DateTimeOffset> _drains = new();

    private void Drain(AgentId id)
    {
        if (_inactive[id].Drain?.Deadline is { } deadline && deadline > _now)
            _drains.Enqueue(id, deadline);
        Reconsider(id);
    }

    private void Reconsider(AgentId id)
    {
        if (_agents.TryGetValue(id, out var agent))
            Reconsider(agent);
    }

    /// <summary>Has the agent offered or not, as operators want it now.</summary>
    private void Reconsider(AgentEntry agent)
    {
        if (agent.Connection is not null)
        {
            agent.Condition = _inactive.TryGetValue(agent.Id, out var inactive)
                ? inactive.Drain is null ? AgentCondition.Deactivated : AgentCondition.Draining
                : agent.Windows.Any(w => w.IsOn(_now)) ? AgentCondition.Maintenance : AgentCondition.Active;
            if (agent.Condition != AgentCondition.Active)
                RescindAll(agent.Offers.Values);
            _allocator.SetOfferable(agent.Id, agent.Condition == AgentCondition.Active);
        }
        KillDrained(agent);
        CheckDrained(agent);
    }

    private void EndDrains()
    {
        while (_drains.TryPeek(out var id, out var due) && due <= _now)
        {
            _drains.Dequeue();
            if (_agents.TryGetValue(id, out var agent))
                KillDrained(agent);
        }
    }

    /// <summary>Kills what runs on an agent whose time to be drained is over.</summary>
    private void KillDrained(AgentEntry agent)
    {
        if (_inactive.GetValueOrDefault(agent.Id)?.Drain is not { } drain || drain.Deadline is not { } deadline || deadline > _now)
            return;
        foreach (var task in agent.Tasks.Values)
        {
            var own = (task.Spec.Kill ?? KillPolicy.Default).Grace;
            Kill(task, drain.Grace < own ? drain.Grace : null, StatusReason.AgentDraining);
        }
    }

    /// <summary>An agent that was to be gone once it is drained is marked so when the last update from there is acknowledged.</summary>
    private void CheckDrained(AgentEntry agent)
    {
        if (agent.Tasks.Count == 0 && agent.Connection is not null && _inactive.GetValueOrDefault(agent.Id)?.Drain is { MarkGone: true } &&
            _agents.GetValueOrDefault(agent.Id) == agent)
            _orders.Enqueue((null, new OperatorCommand.MarkGone(agent.Id)));
    }
}
