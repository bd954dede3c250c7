namespace Agora.Cluster;

public sealed partial class Master
{
    /// <summary>
    /// Answers with the latest state of each task named, or of every live task if none is. Such updates have sequence 0.
    /// Silent about a task whose agent may yet say: one that is disconnected but not unreachable, one that has not come back to a new
    /// leader yet, and one that tells how the task ended, again and again until that is acknowledged. A mere state in its place
    /// would hide exit code and data.
    /// </summary>
    private void Reconcile(FrameworkEntry framework, IReadOnlyList<TaskReference> tasks)
    {
        if (tasks.Count > 0)
        {
            foreach (var task in tasks)
                Answer(framework, task, StatusReason.Reconciliation);
            return;
        }
        foreach (var task in framework.Tasks.Values.OrderBy(t => t.Number))
            if (!task.State.IsTerminal())
                Answer(framework, new TaskReference(task.Spec.Id, task.Agent.Id), StatusReason.Reconciliation);
    }

    private void Answer(FrameworkEntry framework, TaskReference reference, StatusReason reason)
    {
        TaskState state;
        var agentId = reference.AgentId;
        if (framework.Tasks.TryGetValue(reference.TaskId, out var task))
        {
            if (task.Agent.Condition == AgentCondition.Disconnected)
                return;
            if (task.State.IsTerminal() && task.Agent.Condition != AgentCondition.Unreachable)
                return;
            (state, agentId) = (task.State.IsTerminal() ? TaskState.Unreachable : task.State, task.Agent.Id);
        }
        else if (agentId is { } named && _agents.TryGetValue(named, out var agent))
        {
            if (agent.Condition == AgentCondition.Disconnected)
                return;
            state = agent.Condition == AgentCondition.Unreachable ? TaskState.Unreachable : TaskState.Gone;
        }
        else if (agentId is { } gone && _gone.ContainsKey(gone))
        {
            state = TaskState.GoneByOperator;
        }
        else if (MayRejoin(agentId))
        {
            return;
        }
        else
        {
            state = TaskState.Unknown;
        }
        Send(framework, new SchedulerEvent.Update(new TaskStatus(reference.TaskId,
            state.For(framework.Info.Capabilities), StatusSource.Master, reason,
            state == TaskState.Unknown ? "the master knows no such task" : "", _now, agentId, task?.Spec.Executor?.Id)));
    }
}
