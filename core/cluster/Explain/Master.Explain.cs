namespace Agora.Cluster;

public sealed partial class Master
{
    /// <summary>Why the framework (by id, or by name if that is unique) has what it has; null if there is none such.</summary>
    public FrameworkExplanation? ExplainFramework(string idOrName)
    {
        if (FindFramework(idOrName) is not { } framework)
            return null;
        var skips = _agents.Values.Select(agent => WhyNot(framework, agent)).ToList();
        var held = _allocator.HeldBy(framework.Id);
        var share = _allocator.DominantShare(framework.Id);
        var fair = _allocator.FairShare(framework.Id);
        var demand = _allocator.Demand(framework.Id, _now);
        return new FrameworkExplanation(framework.Id, framework.Info.Name, framework.Info.Role,
            Sentences.Summary(framework.Info.Name, share, fair, held, demand, skips),
            Sentences.Details(framework, skips, _now), share, fair, held, demand, skips);
    }

    private FrameworkEntry? FindFramework(string idOrName)
    {
        if (_frameworks.TryGetValue(new FrameworkId(idOrName), out var framework))
            return framework;
        var named = _frameworks.Values.Where(f => f.Info.Name == idOrName).ToList();
        return named.Count == 0 ? null : named.MaxBy(f => f.Registered);
    }

    private AgentSkip WhyNot(FrameworkEntry framework, AgentEntry agent)
    {
        AgentSkip Skip(SkipReason reason, string detail, DateTimeOffset? until = null) =>
            new(agent.Id, agent.Info.Hostname, reason, until, detail);

        if (framework.Connection is null)
            return Skip(SkipReason.Inactive, "its scheduler is not connected");
        switch (agent.Condition)
        {
            case AgentCondition.Unreachable or AgentCondition.Disconnected:
                return Skip(SkipReason.AgentUnreachable, "the agent is not connected");
            case AgentCondition.Draining:
                return Skip(SkipReason.AgentDraining, "an operator drains the agent");
            case AgentCondition.Deactivated:
                return Skip(SkipReason.AgentDeactivated, "an operator has deactivated the agent");
            case AgentCondition.Maintenance:
                var window = agent.Windows.First(w => w.IsOn(_now));
                return Skip(SkipReason.AgentMaintenance, $"maintenance '{window.Name}' goes on there", window.When.End);
        }
        if (agent.Offers.Values.FirstOrDefault(o => o.Framework == framework) is { } own)
            return Skip(SkipReason.None, $"holds {own.Offer.Id} there: {own.Offer.Resources}", own.Offer.Expires);
        var free = _allocator.FreeOn(agent.Id);
        var (reason, until) = _allocator.WhyNot(framework.Id, agent.Id, _now);
        switch (reason)
        {
            case SkipReason.Suppressed: return Skip(reason, "it wants no offers until it revives");
            case SkipReason.AgentFull when agent.Offers.Count > 0:
                var other = agent.Offers.Values.MinBy(o => o.Offer.Id)!;
                return Skip(SkipReason.HeldInOffer, $"{other.Offer.Id} to {other.Framework.Info.Name} " +
                    $"for {(_now - other.Made).TotalSeconds:0.0} s: {other.Offer.Resources}", other.Offer.Expires);
            case SkipReason.AgentFull: return Skip(reason, free.IsEmpty ? "all is in use" : $"only [{free}] is free");
            case SkipReason.Filtered: return Skip(reason, $"it refused [{free}] or more there", until);
            case SkipReason.NotInList: return Skip(reason, "its filter does not list the agent");
            case SkipReason.BelowMinimum: return Skip(reason, $"[{free}] is free, less than it asks for");
            default: return Skip(reason, $"[{free}] is offered with the next pass");
        }
    }

    /// <summary>Why the task is where it is; null if the framework has or remembers none such.</summary>
    public TaskExplanation? ExplainTask(FrameworkId frameworkId, TaskId taskId)
    {
        if (!_frameworks.TryGetValue(frameworkId, out var framework))
            return null;
        var task = framework.Tasks.GetValueOrDefault(taskId) ?? framework.Completed.LastOrDefault(t => t.Spec.Id == taskId);
        return task is null ? null : new TaskExplanation(View(task), Sentences.Task(View(task)));
    }
}
