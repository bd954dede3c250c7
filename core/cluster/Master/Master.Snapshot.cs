namespace Agora.Cluster;

public sealed partial class Master
{
    /// <summary>Everything an operator can see now, as values.</summary>
    /// <param name="withTasks">Include tasks, live and remembered.</param>
    public ClusterSnapshot Snapshot(bool withTasks)
    {
        var offers = _agents.Values.SelectMany(a => a.Offers.Values).OrderBy(o => o.Offer.Id).ToList();
        var agents = _agents.Values.Select(View).ToList();
        IReadOnlyList<TaskView> tasks = !withTasks ? [] : [.. _completedFrameworks.SelectMany(f => f.Tasks),
            .. _frameworks.Values.SelectMany(f => f.Completed.Concat(f.Tasks.Values.OrderBy(t => t.Number))).Select(View)];
        return new ClusterSnapshot(_now, Epoch, _allocator.PolicyName, _started, _allocator.Total,
            agents.Aggregate(Resources.Empty, (sum, a) => sum + a.Used.Scalars),
            offers.Aggregate(Resources.Empty, (sum, o) => sum + o.Offer.Resources.Scalars), CountersView(), agents,
            [.. _frameworks.Values.Select(f => View(f, Condition(f))), .. _completedFrameworks.Select(f => f.Framework)], tasks,
            [.. offers.Select(o => new OfferView(o.Offer.Id, o.Framework.Id, o.Agent.Id, o.Offer.Hostname,
                o.Offer.Resources, o.Made, o.Offer.Expires))],
            [.. _allocator.Roles()], [.. _registry.Maintenance.Where(w => !w.IsOver(_now)).Select(View)], _registry.Gone);
    }

    /// <summary>What each running framework holds now; costs the same in a cluster of any size.</summary>
    public HoldingsView Holdings() => new(_now, _allocator.Total,
        [.. _frameworks.Values.Select(f => new Holding(f.Id, f.Info.Name, _allocator.HeldBy(f.Id) - OfferedTo(f)))]);

    private static Resources OfferedTo(FrameworkEntry framework) =>
        framework.Offers.Values.Aggregate(Resources.Empty, (sum, o) => sum + o.Offer.Resources.Scalars);

    /// <summary>Whose a framework is that runs, or ended and is remembered; null if it is not known.</summary>
    public string? PrincipalOf(FrameworkId id) => _frameworks.TryGetValue(id, out var framework) ? framework.Info.Principal
        : _completedFrameworks.FirstOrDefault(f => f.Framework.Info.Id == id).Framework?.Info.Principal;

    /// <returns>Null if the agent is not known.</returns>
    public string? HostnameOf(AgentId id) => _agents.GetValueOrDefault(id)?.Info.Hostname;

    private MasterCounters CountersView() => new(
        _counters.OffersMade, _counters.OffersAccepted, _counters.OffersDeclined, _counters.OffersRescinded,
        _counters.TasksLaunched, _counters.TasksFinished, _counters.TasksFailed, _counters.TasksKilled,
        _counters.TasksLost, _allocator.Passes, _counters.CallsRefused);

    private MaintenanceView View(MaintenanceWindow window) => new(window, [.. _agents.Values.SelectMany(a => a.InverseOffers.Values)
        .Where(o => o.Window == window).OrderBy(o => o.Id).Select(o => new InverseOfferView(o.Id, o.Framework.Id, o.Agent.Id,
            o.Agent.Info.Hostname, o.Accepted, o.Reason, o.Agent.Tasks.Values.Count(t => t.Framework == o.Framework && !t.State.IsTerminal())))]);

    private AgentView View(AgentEntry agent)
    {
        var used = agent.Tasks.Values.Where(t => t.Charged).Aggregate(Resources.Empty, (sum, t) => sum + t.Spec.Resources);
        used = agent.Executors.Values.Aggregate(used, (sum, e) => sum + e.Resources);
        var offered = agent.Offers.Values.Aggregate(Resources.Empty, (sum, o) => sum + o.Offer.Resources);
        var condition = agent.Condition == AgentCondition.Draining && agent.Tasks.Count == 0 ? AgentCondition.Drained : agent.Condition;
        return new AgentView(agent.Info, condition, used, offered,
            agent.Tasks.Values.Count(t => !t.State.IsTerminal()), agent.Registered, _inactive.GetValueOrDefault(agent.Id));
    }

    private static FrameworkCondition Condition(FrameworkEntry framework) =>
        framework.Connection is null ? FrameworkCondition.Disconnected : FrameworkCondition.Active;

    private FrameworkView View(FrameworkEntry framework, FrameworkCondition condition)
    {
        var held = _allocator.HeldBy(framework.Id);
        var offered = OfferedTo(framework);
        return new FrameworkView(framework.Info, condition, _allocator.IsSuppressed(framework.Id), held - offered,
            offered, _allocator.Demand(framework.Id, _now), _allocator.DominantShare(framework.Id),
            _allocator.FairShare(framework.Id), framework.Tasks.Values.Count(t => !t.State.IsTerminal()),
            framework.OffersMade, framework.OffersAccepted, framework.OffersDeclined, framework.OffersRescinded,
            [.. framework.Declines], framework.Registered, framework.Standbys.Count);
    }

    private static TaskView View(TaskEntry task) => new(task.Framework.Id, task.Spec.Id, task.Spec.Name, task.Agent.Id,
        task.Agent.Info.Hostname, task.Spec.Executor?.Id, task.Spec.Resources, task.State, [.. task.History]);
}
