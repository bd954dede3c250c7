namespace Agora.Cluster;

public sealed partial class Master
{
    /// <summary>Each kind of timer has one length, so its queue is in order of time by itself.</summary>
    private readonly Queue<(OfferEntry Offer, DateTimeOffset Due)> _offerEnds = new();
    private readonly Queue<(AgentEntry Agent, long Connection, DateTimeOffset Due)> _pings = new();
    private readonly Queue<(long Connection, DateTimeOffset Due)> _heartbeats = new();
    private readonly PriorityQueue<(FrameworkEntry Framework, int Subscription), DateTimeOffset> _failovers = new();
    private readonly Queue<(AgentEntry Agent, DateTimeOffset Since, DateTimeOffset Due)> _absences = new();

    /// <summary>Agents that were away for too long and wait for their turn to be unreachable.</summary>
    private readonly Queue<(AgentEntry Agent, DateTimeOffset Since)> _removals = new();
    private DateTimeOffset _nextRemoval = DateTimeOffset.MinValue;
    private DateTimeOffset? _allocationDue;

    /// <summary>When <see cref="MasterEvent.Tick"/> is wanted next; null for never.</summary>
    public DateTimeOffset? NextDeadline
    {
        get
        {
            var next = DateTimeOffset.MaxValue;
            if (_allocationDue is { } allocation)
                next = allocation;
            if (_allocator.NextRefusalEnd is { } refusal && refusal < next)
                next = refusal;
            if (_offerEnds.TryPeek(out var offer) && offer.Due < next)
                next = offer.Due;
            if (_pings.TryPeek(out var ping) && ping.Due < next)
                next = ping.Due;
            if (_heartbeats.TryPeek(out var heartbeat) && heartbeat.Due < next)
                next = heartbeat.Due;
            if (_failovers.TryPeek(out _, out var failover) && failover < next)
                next = failover;
            if (_absences.TryPeek(out var absence) && absence.Due < next)
                next = absence.Due;
            if (_revocationDue is { } revocation && revocation < next)
                next = revocation;
            if (_removals.Count > 0 && _nextRemoval < next)
                next = _nextRemoval;
            if (_challenges.TryPeek(out var challenge) && challenge.Due < next)
                next = challenge.Due;
            if (_drains.TryPeek(out _, out var drain) && drain < next)
                next = drain;
            if (_windowsDue is { } window && window < next)
                next = window;
            if (_earlyKills.Count > 0 && RejoinEnd < next)
                next = RejoinEnd;
            return next == DateTimeOffset.MaxValue ? null : next;
        }
    }

    private void RunDeadlines()
    {
        EndOffers();
        SendPings();
        SendHeartbeats();
        EndChallenges();
        EndAbsences();
        EndFailovers();
        EndRejoining();
        EndDrains();
        TurnWindows();
        StoreNext();
        SendInverseOffers();
        RunRevocation();
        RunAllocation();
    }

    private void EndOffers()
    {
        while (_offerEnds.TryPeek(out var end) && (end.Due <= _now || !IsOut(end.Offer)))
        {
            _offerEnds.Dequeue();
            if (!IsOut(end.Offer))
                continue;
            var (offer, framework) = (end.Offer.Offer, end.Offer.Framework);
            Rescind(end.Offer);
            _allocator.Refuse(framework.Id, offer.AgentId, offer.Resources, _now + _options.UnansweredRefusal);
        }
    }

    private static bool IsOut(OfferEntry offer) => offer.Framework.Offers.ContainsKey(offer.Offer.Id);

    private void SendPings()
    {
        while (_pings.TryPeek(out var ping) && ping.Due <= _now)
        {
            _pings.Dequeue();
            var agent = ping.Agent;
            if (agent.Connection != ping.Connection)
                continue;
            if (agent.PingsMissed >= _options.PingsMissedMax)
            {
                DropConnection(agent);
                BecomeAbsent(agent);
                _removals.Enqueue((agent, _now));
                GiveWay(agent);
                continue;
            }
            agent.PingsMissed++;
            Send(ping.Connection, new AgentCommand.Ping(agent.PingsMissed));
            _pings.Enqueue((agent, ping.Connection, _now + _options.PingInterval));
        }
    }

    private void SendHeartbeats()
    {
        while (_heartbeats.TryPeek(out var heartbeat) && heartbeat.Due <= _now)
        {
            _heartbeats.Dequeue();
            if (!_schedulers.ContainsKey(heartbeat.Connection) && !_standbys.ContainsKey(heartbeat.Connection) || IsReplaced(heartbeat.Connection))
            {
                _unanswered.Remove(heartbeat.Connection);
                continue;
            }
            Send(heartbeat.Connection, new SchedulerEvent.Heartbeat());
            _heartbeats.Enqueue(heartbeat with { Due = _now + _options.HeartbeatInterval });
        }
    }

    /// <summary>An agent whose connection broke has the time of all its pings to come back.</summary>
    private TimeSpan AbsenceMax => _options.PingInterval * _options.PingsMissedMax;

    private void EndAbsences()
    {
        while (_absences.TryPeek(out var absence) && absence.Due <= _now)
        {
            _absences.Dequeue();
            if (IsAbsent(absence.Agent, absence.Since))
                _removals.Enqueue((absence.Agent, absence.Since));
        }
        while (_removals.TryPeek(out var removal))
        {
            var absent = IsAbsent(removal.Agent, removal.Since);
            if (absent && _nextRemoval > _now)
                break;
            _removals.Dequeue();
            if (!absent)
                continue;
            BecomeUnreachable(removal.Agent);
            _nextRemoval = _now + _options.RemovalInterval;
        }
    }

    /// <summary>True if it has been away since then without a break.</summary>
    private bool IsAbsent(AgentEntry agent, DateTimeOffset since) => agent.Condition == AgentCondition.Disconnected &&
        agent.DisconnectedSince == since && _agents.GetValueOrDefault(agent.Id) == agent;

    private void EndFailovers()
    {
        while (_failovers.TryPeek(out var failover, out var due) && due <= _now)
        {
            _failovers.Dequeue();
            var framework = failover.Framework;
            if (framework.Connection is null && framework.Subscriptions == failover.Subscription &&
                _frameworks.ContainsKey(framework.Id))
                RemoveFramework(framework, $"its scheduler did not come back within {framework.Info.FailoverTimeout}");
        }
    }

    private void RunAllocation()
    {
        if (_allocator.NextRefusalEnd <= _now)
            _allocationDue = _now;
        else if (_allocationDue is null && _allocator.HasWork)
            _allocationDue = _now + _options.AllocationDelay;
        if (_allocationDue is null || _allocationDue > _now)
            return;
        _allocationDue = null;
        MakeOffers();
    }
}
