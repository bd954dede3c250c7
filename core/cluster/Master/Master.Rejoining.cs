namespace Agora.Cluster;

/// <summary>
/// A new leader knows nothing of what runs until the agents of the former one have come back. Until each has had the time for
/// that, what it does not know may well run: it is silent about such tasks and keeps orders to end them.
/// </summary>
public sealed partial class Master
{
    private readonly string _agentPrefix;

    /// <summary>Asked for before the agent was back; the last for each task.</summary>
    private readonly Dictionary<(FrameworkId, TaskId), SchedulerCall.Kill> _earlyKills = [];

    private DateTimeOffset RejoinEnd => Later(_started, AbsenceMax);

    /// <param name="agent">Where the task is said to run; null if nobody has said.</param>
    private bool MayRejoin(AgentId? agent) => Epoch > 1 && _now < RejoinEnd && (agent is not { } named ||
        !named.Value.StartsWith(_agentPrefix, StringComparison.Ordinal) && !_agents.ContainsKey(named) && !_gone.ContainsKey(named));

    private void KillEarly(TaskEntry task)
    {
        if (_earlyKills.Remove((task.Framework.Id, task.Spec.Id), out var kill))
            Kill(task, kill.Grace, StatusReason.None);
    }

    private void EndRejoining()
    {
        if (_earlyKills.Count == 0 || _now < RejoinEnd)
            return;
        foreach (var ((id, _), kill) in _earlyKills.OrderBy(k => k.Key))
            if (_frameworks.TryGetValue(id, out var framework))
                Answer(framework, new TaskReference(kill.TaskId, kill.AgentId), StatusReason.TaskUnknown);
        _earlyKills.Clear();
    }
}
