using System.Runtime.CompilerServices;

namespace Agora.Cluster;

public sealed partial class Master
{
    /// <summary>
    /// Checks the master's laws against all it holds; for the simulator and tests, as it looks at everything.
    /// </summary>
    /// <exception cref="InvalidOperationException">A law is broken; the message says which and where.</exception>
    public void CheckInvariants()
    {
        var held = new Dictionary<FrameworkEntry, Resources>(_frameworks.Count);
        foreach (var framework in _frameworks.Values)
            held.Add(framework, Resources.Empty);
        var tasks = 0;
        foreach (var agent in _agents.Values)
        {
            tasks += agent.Tasks.Count;
            foreach (var task in agent.Tasks.Values)
                Require(task.Framework.Tasks.GetValueOrDefault(task.Spec.Id) == task && task.Agent == agent, $"task {task.Spec.Id} of {agent.Id} is not its framework's");
            if (agent.Condition == AgentCondition.Unreachable)
            {
                Require(agent.Offers.Count == 0, $"unreachable {agent.Id} is on offer");
                continue;
            }
            var sum = Resources.Empty;
            foreach (var ((id, executor), spec) in agent.Executors)
            {
                var framework = _frameworks.GetValueOrDefault(id);
                Require(framework is not null, $"executor {executor} on {agent.Id} is of {id}, which is gone");
                held[framework!] += spec.Resources.Scalars;
                sum += spec.Resources;
            }
            foreach (var task in agent.Tasks.Values)
            {
                Require(task.Charged != task.State.IsTerminal(), $"task {task.Spec.Id} is {task.State} and charged: {task.Charged}");
                if (!task.Charged)
                    continue;
                held[task.Framework] += task.Spec.Resources.Scalars;
                sum += task.Spec.Resources;
            }
            foreach (var offer in agent.Offers.Values)
            {
                Require(IsOut(offer), $"{offer.Offer.Id} of {agent.Id} is not its framework's");
                Require(agent.Condition != AgentCondition.Disconnected, $"disconnected {agent.Id} is on offer");
                held[offer.Framework] += offer.Offer.Resources.Scalars;
                sum += offer.Offer.Resources;
            }
            sum += _allocator.FreeOn(agent.Id);
            Require(sum == agent.Info.Resources, $"on {agent.Id} free, used and offered make [{sum}], not [{agent.Info.Resources}]");
        }
        foreach (var framework in _frameworks.Values)
        {
            Require(_allocator.HeldBy(framework.Id) == held[framework],
                $"{framework.Id} holds [{held[framework]}] but its account says [{_allocator.HeldBy(framework.Id)}]");
            Require(framework.Connection is not null || framework.Offers.Count == 0, $"{framework.Id} has offers and no scheduler");
            tasks -= framework.Tasks.Count;
        }
        // Each of an agent's is a framework's, so with as many of both each of a framework's is an agent's.
        Require(tasks == 0, $"agents have {tasks} tasks more than frameworks");
    }

    private static void Require(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] LawText broken)
    {
        if (!holds)
            throw new InvalidOperationException($"invariant broken: {broken.ToStringAndClear()}");
    }
}
