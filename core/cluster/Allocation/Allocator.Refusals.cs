namespace Agora.Cluster.Allocation;

public sealed partial class Allocator
{
    /// <summary>At most one live entry for each agent (<see cref="AgentAccount.RefusalDue"/>); others are passed over.</summary>
    private readonly PriorityQueue<AgentAccount, DateTimeOffset> _refusalEnds = new();

    /// <summary>When a refusal next ends and a pass is worth making; null for never.</summary>
    public DateTimeOffset? NextRefusalEnd => _refusalEnds.TryPeek(out _, out var due) ? due : null;

    /// <summary>
    /// The framework is not to be offered this or less on the agent until then, unless it revives. A refusal that
    /// covers this one and lasts longer stays.
    /// </summary>
    public void Refuse(FrameworkId framework, AgentId agentId, Resources refused, DateTimeOffset until)
    {
        var agent = _agents[agentId];
        var account = _frameworks[framework];
        agent.Refusals ??= [];
        if (agent.Refusals.TryGetValue(account, out var had) && had.Revival == account.Revivals &&
            had.Until >= until && had.Refused.Contains(refused))
            return;
        agent.Refusals[account] = new Refusal(refused, until, account.Revivals);
        WakeAt(agent, until);
    }

    private void WakeAt(AgentAccount agent, DateTimeOffset due)
    {
        if (agent.RefusalDue is { } earlier && earlier <= due)
            return;
        agent.RefusalDue = due;
        _refusalEnds.Enqueue(agent, due);
    }

    private void EndRefusals(DateTimeOffset now)
    {
        while (_refusalEnds.TryPeek(out var agent, out var due) && due <= now)
        {
            _refusalEnds.Dequeue();
            if (agent.RefusalDue != due)
                continue;
            agent.RefusalDue = null;
            DateTimeOffset? next = null;
            foreach (var (framework, refusal) in agent.Refusals!)
            {
                if (refusal.Until <= now || refusal.Revival != framework.Revivals)
                    agent.Refusals.Remove(framework);
                else if (next is null || refusal.Until < next)
                    next = refusal.Until;
            }
            if (next is { } later)
                WakeAt(agent, later);
            MarkDirty(agent);
        }
    }

    private static bool Refuses(FrameworkAccount framework, AgentAccount agent, Resources offered, DateTimeOffset now) =>
        agent.Refusals is { Count: > 0 } refusals && refusals.TryGetValue(framework, out var refusal) &&
        refusal.Until > now && refusal.Revival == framework.Revivals && refusal.Refused.Contains(offered);

    private void Revive(FrameworkAccount framework)
    {
        framework.Revivals++;
        MarkDirty(framework);
    }
}
