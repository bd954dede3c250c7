using System.Diagnostics;

namespace Agora.Cluster;

public sealed partial class Master
{
    /// <summary>The largest weight a role may have; the smallest is a thousandth.</summary>
    public const double WeightMax = 1000;

    private string? Execute(OperatorCommand command)
    {
        switch (command)
        {
            case OperatorCommand.KillTask(var frameworkId, var taskId, var grace):
                if (!_frameworks.TryGetValue(frameworkId, out var framework))
                    return $"no framework {frameworkId} is running";
                if (!framework.Tasks.TryGetValue(taskId, out var task) || task.State.IsTerminal())
                    return $"{frameworkId} has no live task '{taskId}'";
                Kill(task, grace, StatusReason.None);
                return null;
            case OperatorCommand.Teardown(var frameworkId):
                if (!_frameworks.TryGetValue(frameworkId, out var ended))
                    return $"no framework {frameworkId} is running";
                RemoveFramework(ended, "torn down by an operator");
                return null;
            case OperatorCommand.SetRole set:
                return SetRole(set);
            case OperatorCommand.Drain(var agentId, var draining):
                return Drain(agentId, draining);
            default:
                throw new UnreachableException(command.GetType().Name);
        }
    }

    private string? SetRole(OperatorCommand.SetRole set)
    {
        if (!IsRoleName(set.Role))
            return $"'{set.Role}' is not a role name (letters, digits, '_', '-', '.', '/'; not starting with '-' or '.')";
        if (set.Weight is { } weight && !(weight >= 0.001 && weight <= WeightMax))
            return $"weight {weight} is not between 0.001 and {WeightMax}";
        _allocator.SetRole(set.Role, set.Weight is { } w ? (long)Math.Round(w * 1000) : null, set.Priority, set.Guaranteed);
        if (set.Guaranteed is not null)
        {
            foreach (var framework in _frameworks.Values)
                if (framework.Info.Role == set.Role)
                    Send(framework, new SchedulerEvent.Guarantee(set.Guaranteed));
            PlanRevocation();
        }
        return null;
    }

    private string? Drain(AgentId agentId, bool draining)
    {
        if (!_agents.TryGetValue(agentId, out var agent))
            return $"no agent {agentId} is known";
        agent.Draining = draining;
        if (agent.Condition is AgentCondition.Active or AgentCondition.Draining)
        {
            agent.Condition = draining ? AgentCondition.Draining : AgentCondition.Active;
            if (draining)
                RescindAll(agent.Offers.Values);
            _allocator.SetOfferable(agentId, !draining);
        }
        return null;
    }
}
