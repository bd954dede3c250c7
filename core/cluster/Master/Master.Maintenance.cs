namespace Agora.Cluster;

/// <summary>
/// Maintenance windows and inverse offers: each framework that has something on a machine that is to be taken out of use is
/// asked, once, to have left it by then. Nothing is offered there while the window lasts, and nothing is killed.
/// </summary>
public sealed partial class Master
{
    private readonly Dictionary<string, List<MaintenanceWindow>> _windows = new(StringComparer.Ordinal);
    private readonly Dictionary<OfferId, InverseEntry> _inverseOffers = [];
    private readonly List<AgentEntry> _inverseDirty = [];

    /// <summary>When a window begins or ends next.</summary>
    private DateTimeOffset? _windowsDue;

    private List<MaintenanceWindow> WindowsOf(string hostname) => _windows.GetValueOrDefault(hostname) ?? [];

    /// <summary>Brings all agents into line with the windows that there are.</summary>
    private void ArrangeWindows()
    {
        _windows.Clear();
        foreach (var window in _registry.Maintenance.Where(w => !w.IsOver(_now)))
        {
            foreach (var machine in window.Machines)
            {
                if (!_windows.TryGetValue(machine, out var windows))
                    _windows.Add(machine, windows = []);
                windows.Add(window);
            }
        }
        foreach (var agent in _agents.Values)
        {
            var windows = WindowsOf(agent.Info.Hostname);
            if (windows.SequenceEqual(agent.Windows))
                continue;
            agent.Windows = windows;
            // An offer says when its machine will be taken out of use, so those that do not are made anew.
            RescindAll(agent.Offers.Values);
            Reconsider(agent);
            MarkInverse(agent);
        }
        PlanWindows();
    }

    private void PlanWindows()
    {
        _windowsDue = null;
        foreach (var window in _registry.Maintenance)
        {
            var next = window.When.Start > _now ? window.When.Start : window.When.End > _now ? window.When.End : null;
            if (next < (_windowsDue ?? DateTimeOffset.MaxValue))
                _windowsDue = next;
        }
    }

    private void TurnWindows()
    {
        if (_windowsDue is null || _windowsDue > _now)
            return;
        foreach (var agent in _agents.Values)
            if (agent.Windows.Count > 0)
                Reconsider(agent);
        ArrangeWindows();
    }

    /// <summary>Who has what on the agent has changed.</summary>
    private void TouchInverse(AgentEntry agent)
    {
        if (agent.Windows.Count > 0 || agent.InverseOffers.Count > 0)
            MarkInverse(agent);
    }

    private void TouchInverse(FrameworkEntry framework)
    {
        if (_windows.Count == 0)
            return;
        foreach (var id in framework.Agents)
            if (_agents.TryGetValue(id, out var agent))
                TouchInverse(agent);
    }

    private void MarkInverse(AgentEntry agent)
    {
        if (agent.InverseDirty)
            return;
        agent.InverseDirty = true;
        _inverseDirty.Add(agent);
    }

    private void SendInverseOffers()
    {
        if (_inverseDirty.Count == 0)
            return;
        var sent = new Dictionary<FrameworkEntry, List<InverseOffer>>();
        foreach (var agent in _inverseDirty)
        {
            agent.InverseDirty = false;
            if (_agents.GetValueOrDefault(agent.Id) == agent)
                AskToLeave(agent, sent);
        }
        _inverseDirty.Clear();
        foreach (var (framework, offers) in sent)
            Send(framework, new SchedulerEvent.InverseOffers(offers));
    }

    private void AskToLeave(AgentEntry agent, Dictionary<FrameworkEntry, List<InverseOffer>> sent)
    {
        var holders = agent.Tasks.Values.Where(t => !t.State.IsTerminal()).Select(t => t.Framework)
            .Concat(agent.Executors.Keys.Select(k => _frameworks[k.Item1])).Distinct().ToList();
        EndInverse(agent.InverseOffers.Values.Where(o => !holders.Contains(o.Framework) || !agent.Windows.Contains(o.Window)));
        foreach (var framework in holders)
        {
            foreach (var window in agent.Windows)
            {
                if (framework.Connection is not { } connection || window.IsOver(_now))
                    continue;
                if (!agent.InverseOffers.TryGetValue((window.Name, framework.Id), out var entry))
                {
                    entry = new InverseEntry(new OfferId(Epoch, ++_lastOffer), window, agent, framework);
                    agent.InverseOffers.Add((window.Name, framework.Id), entry);
                    _inverseOffers.Add(entry.Id, entry);
                }
                if (entry.Accepted is not null || entry.SentOn == connection)
                    continue;
                entry.SentOn = connection;
                if (!sent.TryGetValue(framework, out var offers))
                    sent.Add(framework, offers = []);
                offers.Add(new InverseOffer(entry.Id, framework.Id, agent.Id, agent.Info.Hostname, HeldThere(framework, agent), window.When));
            }
        }
    }

    private static Resources HeldThere(FrameworkEntry framework, AgentEntry agent)
    {
        var held = Resources.Empty;
        foreach (var task in agent.Tasks.Values)
            if (task.Framework == framework && !task.State.IsTerminal())
                held += task.Spec.Resources;
        foreach (var (key, executor) in agent.Executors)
            if (key.Item1 == framework.Id)
                held += executor.Resources;
        return held;
    }

    private void EndInverse(IEnumerable<InverseEntry> entries)
    {
        foreach (var entry in entries.ToList())
        {
            entry.Agent.InverseOffers.Remove((entry.Window.Name, entry.Framework.Id));
            _inverseOffers.Remove(entry.Id);
            if (entry.SentOn is not null && entry.SentOn == entry.Framework.Connection)
                Send(entry.Framework, new SchedulerEvent.RescindInverse([entry.Id]));
        }
    }

    /// <summary>The last answer counts; one to an offer that is not out any more is of no interest to anybody.</summary>
    private void AnswerInverse(FrameworkEntry framework, IReadOnlyList<OfferId> offers, bool accepted, string reason)
    {
        foreach (var id in offers)
            if (_inverseOffers.TryGetValue(id, out var entry) && entry.Framework == framework)
                (entry.Accepted, entry.Reason) = (accepted, reason);
    }
}
