using Agora.Cluster.Allocation;

namespace Agora.Cluster;

public sealed partial class Master
{
    private readonly List<Grant> _grants = [];
    private readonly Dictionary<FrameworkEntry, List<Offer>> _outgoing = [];
    private readonly List<FrameworkEntry> _outgoingOrder = [];
    private long _lastOffer;

    /// <summary>Makes an allocation pass, books an offer for each grant and sends each framework its own in one event.</summary>
    private void MakeOffers()
    {
        _grants.Clear();
        _allocator.Allocate(_now, _grants);
        foreach (var grant in _grants)
        {
            var framework = _frameworks[grant.FrameworkId];
            var entry = Book(framework, _agents[grant.AgentId], grant.Resources);
            if (!_outgoing.TryGetValue(framework, out var offers))
            {
                _outgoing.Add(framework, offers = []);
                _outgoingOrder.Add(framework);
            }
            offers.Add(entry.Offer);
        }
        foreach (var framework in _outgoingOrder)
            Send(framework, new SchedulerEvent.Offers(_outgoing[framework]));
        _outgoing.Clear();
        _outgoingOrder.Clear();
        PlanRevocation();
    }

    private OfferEntry Book(FrameworkEntry framework, AgentEntry agent, Resources resources)
    {
        IReadOnlyList<ExecutorId> executors = agent.Executors.Count == 0 ? [] :
            [.. agent.Executors.Keys.Where(k => k.Item1 == framework.Id).Select(k => k.Item2).Order()];
        var due = _now + _options.OfferTimeout;
        var offer = new Offer(new OfferId(Epoch, ++_lastOffer), framework.Id, agent.Id, agent.Info.Hostname,
            agent.Info.Address, agent.Info.FilePort, resources, agent.Info.Attributes, executors, due,
            agent.Windows.Count == 0 ? null : agent.Windows.FirstOrDefault(w => w.When.Start > _now)?.When);
        var entry = new OfferEntry(offer, framework, agent, _now);
        framework.Offers.Add(offer.Id, entry);
        agent.Offers.Add(offer.Id, entry);
        _offerEnds.Enqueue((entry, due));
        framework.OffersMade++;
        _counters.OffersMade++;
        return entry;
    }

    /// <summary>Takes the offer off the books; its resources stay with the framework until released.</summary>
    private static void TakeOff(OfferEntry entry)
    {
        entry.Framework.Offers.Remove(entry.Offer.Id);
        entry.Agent.Offers.Remove(entry.Offer.Id);
    }

    /// <summary>Takes an unanswered offer back.</summary>
    private void Rescind(OfferEntry entry)
    {
        TakeOff(entry);
        entry.Framework.OffersRescinded++;
        _counters.OffersRescinded++;
        _allocator.Release(entry.Framework.Id, entry.Agent.Id, entry.Offer.Resources);
        Send(entry.Framework, new SchedulerEvent.Rescind([entry.Offer.Id]));
    }

    private void RescindAll(IReadOnlyCollection<OfferEntry> offers)
    {
        foreach (var offer in offers.ToList())
            Rescind(offer);
    }

    private void Decline(FrameworkEntry framework, SchedulerCall.Decline decline)
    {
        var unknown = new List<OfferId>();
        foreach (var id in decline.Offers)
        {
            if (!framework.Offers.TryGetValue(id, out var entry))
            {
                unknown.Add(id);
                continue;
            }
            TakeOff(entry);
            framework.OffersDeclined++;
            _counters.OffersDeclined++;
            var agent = entry.Agent;
            if (decline.Reason.Length > 0)
                Remember(framework, new DeclineView(_now, agent.Info.Hostname, decline.Reason));
            _allocator.Release(framework.Id, agent.Id, entry.Offer.Resources);
            RefuseRest(framework, agent, entry.Offer.Resources, decline.Refuse);
        }
        // An offer may run out while its refusal is on the way: that is no fault, so it is not an error.
        if (unknown.Count > 0)
            Send(framework, new SchedulerEvent.Rescind(unknown));
    }

    private void RefuseRest(FrameworkEntry framework, AgentEntry agent, Resources rest, TimeSpan? refuse)
    {
        var time = refuse is { } given && given >= TimeSpan.Zero ? given : FrameworkFilters.DefaultRefusal;
        if (time == TimeSpan.Zero || rest.IsEmpty)
            return;
        _allocator.Refuse(framework.Id, agent.Id, rest,
            _now + (time < FrameworkFilters.LongestRefusal ? time : FrameworkFilters.LongestRefusal));
    }

    private void Remember(FrameworkEntry framework, DeclineView decline)
    {
        framework.Declines.AddFirst(decline);
        if (framework.Declines.Count > _options.Limits.DeclineReasonsMax)
            framework.Declines.RemoveLast();
    }

    private void Revive(FrameworkEntry framework) => _allocator.Revive(framework.Id);

    private void SetFilters(FrameworkEntry framework, FrameworkFilters filters)
    {
        if (Check(filters) is { } wrong)
            Refuse(framework, $"filters refused: {wrong}; the former ones stay");
        else
            _allocator.SetFilters(framework.Id, filters);
    }

    private void SetHints(FrameworkEntry framework, IReadOnlyList<Hint> hints)
    {
        if (Check(hints) is { } wrong)
            Refuse(framework, $"hints refused: {wrong}; the former ones stay");
        else
            _allocator.SetHints(framework.Id, hints);
    }

    private string? Check(FrameworkFilters filters) =>
        filters.OnlyAgents?.Count > _options.Limits.FilterAgentsMax
            ? $"the list names {filters.OnlyAgents.Count} agents, more than {_options.Limits.FilterAgentsMax}" : null;

    private string? Check(IReadOnlyList<Hint> hints) =>
        hints.Count > _options.Limits.HintsMax ? $"{hints.Count} hints, more than {_options.Limits.HintsMax}"
        : hints.Any(h => h.Count < 0) ? "a hint's count is negative"
        : null;
}
