using System.Diagnostics;

namespace Agora.Cluster;

public sealed partial class Master
{
    private void Order(long request, OperatorCommand command)
    {
        switch (command)
        {
            case OperatorCommand.KillTask(var frameworkId, var taskId, var grace):
                Answer(request, KillTask(frameworkId, taskId, grace));
                break;
            case OperatorCommand.Teardown(var frameworkId):
                Answer(request, Teardown(frameworkId));
                break;
            default:
                if (_orders.Count >= _options.Limits.OrdersWaitingMax)
                    Answer(request, $"{_orders.Count} orders wait to be stored; try again later");
                else
                    _orders.Enqueue((request, command));
                break;
        }
    }

    private void Answer(long? request, string? refused)
    {
        if (request is { } asked)
            _effects.Add(new MasterEffect.Answer(asked, refused));
    }

    private string? KillTask(FrameworkId frameworkId, TaskId taskId, TimeSpan? grace)
    {
        if (!_frameworks.TryGetValue(frameworkId, out var framework))
            return $"no framework {frameworkId} is running";
        if (!framework.Tasks.TryGetValue(taskId, out var task) || task.State.IsTerminal())
            return $"{frameworkId} has no live task '{taskId}'";
        Kill(task, grace, StatusReason.None);
        return null;
    }

    private string? Teardown(FrameworkId frameworkId)
    {
        if (!_frameworks.TryGetValue(frameworkId, out var framework))
            return $"no framework {frameworkId} is running";
        RemoveFramework(framework, "torn down by an operator");
        return null;
    }

    /// <summary>Does what is stored now.</summary>
    private void CarryOut(OperatorCommand command)
    {
        switch (command)
        {
            case OperatorCommand.SetRole set: SetRole(set); break;
            case OperatorCommand.Drain(var id, _, _, _): Drain(id); break;
            case OperatorCommand.Deactivate(var id): Reconsider(id); break;
            case OperatorCommand.Reactivate(var id): Reconsider(id); break;
            case OperatorCommand.MarkGone(var id): MarkGone(id); break;
            case OperatorCommand.ScheduleMaintenance or OperatorCommand.CancelMaintenance: ArrangeWindows(); break;
            default: throw new UnreachableException(command.GetType().Name);
        }
    }

    private void SetRole(OperatorCommand.SetRole set)
    {
        Apply(_registry.Roles.First(r => r.Role == set.Role));
        if (set.Guaranteed is null)
            return;
        foreach (var framework in _frameworks.Values)
            if (framework.Info.Role == set.Role)
                Send(framework, new SchedulerEvent.Guarantee(set.Guaranteed));
        PlanRevocation();
    }

    private void Apply(RoleSettings role) => _allocator.SetRole(role.Role, role.WeightMilli, role.Priority, role.Guaranteed);

    private void MarkGone(AgentId id)
    {
        if (!_agents.TryGetValue(id, out var agent))
            return;
        if (agent.Connection is { } connection)
            Send(connection, new AgentCommand.Shutdown(WhyGone(id)));
        RemoveAgent(agent, "an operator has marked its agent gone", TaskState.GoneByOperator, StatusReason.AgentRemovedByOperator);
    }

    private string WhyGone(AgentId id) => $"an operator has marked {id} gone on {_gone[id].Since:yyyy-MM-dd HH:mm:ss}Z; for a new agent " +
        "on this machine start it with another work directory, or without the file agent-id in this one";
}
