using static Agora.Simulation.Checker;

namespace Agora.Simulation;

/// <summary>
/// What a master has on offer, reckoned from what it says and hears alone. Offers and what runs on an agent never make more than
/// the agent has, and an offer is answered by whom it was made to.
/// </summary>
internal sealed class OfferBook(World world)
{
    private readonly Dictionary<OfferId, (Offer Offer, long Connection)> _out = [];
    private readonly Dictionary<AgentId, Resources> _offered = [];

    public void Tells(long connection, SchedulerEvent e)
    {
        if (e is SchedulerEvent.Rescind(var rescinded))
            Remove(rescinded);
        else if (e is SchedulerEvent.Offers(var offers))
            foreach (var offer in offers)
                Add(connection, offer);
    }

    public void Hears(SchedulerCall call)
    {
        if (call is SchedulerCall.Accept accept)
            Remove(accept.Offers);
        else if (call is SchedulerCall.Decline decline)
            Remove(decline.Offers);
    }

    /// <summary>Offers die with the connection they were made on.</summary>
    public void Ends(long connection) => Remove([.. _out.Where(o => o.Value.Connection == connection).Select(o => o.Key)]);

    private void Add(long connection, Offer offer)
    {
        Require(_out.TryAdd(offer.Id, (offer, connection)), $"{offer.Id} is made twice, to {_out[offer.Id].Offer.FrameworkId} and to {offer.FrameworkId}");
        var offered = _offered[offer.AgentId] = _offered.GetValueOrDefault(offer.AgentId, Resources.Empty) + offer.Resources;
        if (world.Agents.Find(a => a.Id == offer.AgentId) is { } agent)
            Require(agent.Total.Contains(offered + agent.Running),
                $"{agent.Host} has [{agent.Total}], and [{offered}] of it are on offer while [{agent.Running}] are in use");
    }

    private void Remove(IReadOnlyList<OfferId> ids)
    {
        foreach (var id in ids)
            if (_out.Remove(id, out var made))
                _offered[made.Offer.AgentId] -= made.Offer.Resources;
    }
}
