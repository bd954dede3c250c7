using System.Diagnostics;

namespace Agora.Protocol;

public static partial class DomainToWire
{
    private static readonly V1.Empty Empty = new();

    public static V1.SchedulerCall ToWire(this SchedulerCall call) => call switch
    {
        SchedulerCall.Subscribe c => new V1.SchedulerCall
        {
            Subscribe = new V1.SchedulerCall.Types.Subscribe
            {
                Framework = c.Framework.ToWire(),
                Suppressed = c.Suppressed,
                Filters = c.Filters?.ToWire(),
                Hints = c.Hints?.ToWire(),
                Standby = c.Standby,
            },
        },
        SchedulerCall.Accept c => new V1.SchedulerCall { Accept = Accept(c) },
        SchedulerCall.Decline c => new V1.SchedulerCall { Decline = Decline(c) },
        SchedulerCall.Revive => new V1.SchedulerCall { Revive = Empty },
        SchedulerCall.Suppress => new V1.SchedulerCall { Suppress = Empty },
        SchedulerCall.SetFilters c => new V1.SchedulerCall { SetFilters = c.Filters.ToWire() },
        SchedulerCall.Publish c => new V1.SchedulerCall { Publish = new V1.SchedulerCall.Types.Publish { Kind = c.Kind, Page = c.Page } },
        SchedulerCall.UpdateHints c => new V1.SchedulerCall { UpdateHints = c.Hints.ToWire() },
        SchedulerCall.Kill c => new V1.SchedulerCall { Kill = Kill(c) },
        SchedulerCall.Acknowledge c => new V1.SchedulerCall
        {
            Acknowledge = new V1.SchedulerCall.Types.Acknowledge
            {
                AgentId = c.AgentId.Value,
                TaskId = c.TaskId.Value,
                Sequence = c.Sequence,
            },
        },
        SchedulerCall.Reconcile c => new V1.SchedulerCall { Reconcile = Reconcile(c) },
        SchedulerCall.Message c => new V1.SchedulerCall
        {
            Message = new V1.SchedulerCall.Types.Message
            {
                AgentId = c.AgentId.Value,
                ExecutorId = c.ExecutorId.Value,
                Data = ToBytes(c.Data),
            },
        },
        SchedulerCall.AcceptInverse c => new V1.SchedulerCall { AcceptInverse = AcceptInverse(c) },
        SchedulerCall.DeclineInverse c => new V1.SchedulerCall { DeclineInverse = DeclineInverse(c) },
        SchedulerCall.Pong => new V1.SchedulerCall { Pong = Empty },
        SchedulerCall.Teardown => new V1.SchedulerCall { Teardown = Empty },
        _ => throw new UnreachableException($"no message for {call.GetType()}"),
    };

    private static V1.SchedulerCall.Types.Accept Accept(SchedulerCall.Accept call)
    {
        var wire = new V1.SchedulerCall.Types.Accept();
        Add(wire.Offers, call.Offers);
        Add(wire.Tasks, call.Tasks);
        if (call.Refuse is { } refuse)
            wire.RefuseMs = refuse.ToMilliseconds();
        return wire;
    }

    private static V1.SchedulerCall.Types.Decline Decline(SchedulerCall.Decline call)
    {
        var wire = new V1.SchedulerCall.Types.Decline { Reason = call.Reason };
        Add(wire.Offers, call.Offers);
        if (call.Refuse is { } refuse)
            wire.RefuseMs = refuse.ToMilliseconds();
        return wire;
    }

    private static V1.SchedulerCall.Types.AcceptInverse AcceptInverse(SchedulerCall.AcceptInverse call)
    {
        var wire = new V1.SchedulerCall.Types.AcceptInverse();
        Add(wire.Offers, call.Offers);
        return wire;
    }

    private static V1.SchedulerCall.Types.DeclineInverse DeclineInverse(SchedulerCall.DeclineInverse call)
    {
        var wire = new V1.SchedulerCall.Types.DeclineInverse { Reason = call.Reason };
        Add(wire.Offers, call.Offers);
        return wire;
    }

    private static V1.SchedulerCall.Types.Kill Kill(SchedulerCall.Kill call)
    {
        var wire = new V1.SchedulerCall.Types.Kill { TaskId = call.TaskId.Value };
        if (call.AgentId is { } agent)
            wire.AgentId = agent.Value;
        if (call.Grace is { } grace)
            wire.GraceMs = grace.ToMilliseconds();
        return wire;
    }

    private static V1.SchedulerCall.Types.Reconcile Reconcile(SchedulerCall.Reconcile call)
    {
        var wire = new V1.SchedulerCall.Types.Reconcile();
        for (var i = 0; i < call.Tasks.Count; i++)
        {
            var (task, agent) = call.Tasks[i];
            var reference = new V1.SchedulerCall.Types.TaskReference { TaskId = task.Value };
            if (agent is { } known)
                reference.AgentId = known.Value;
            wire.Tasks.Add(reference);
        }
        return wire;
    }

    public static V1.SchedulerEvent ToWire(this SchedulerEvent e) => e switch
    {
        SchedulerEvent.Subscribed s => new V1.SchedulerEvent
        {
            Subscribed = new V1.SchedulerEvent.Types.Subscribed
            {
                FrameworkId = s.FrameworkId.Value,
                Epoch = s.Epoch,
                HeartbeatIntervalMs = s.HeartbeatInterval.ToMilliseconds(),
                Guaranteed = s.Guaranteed.ToWire(),
            },
        },
        SchedulerEvent.Offers o => new V1.SchedulerEvent { Offers = Offers(o) },
        SchedulerEvent.Rescind r => new V1.SchedulerEvent { Rescind = Rescind(r.OfferIds) },
        SchedulerEvent.InverseOffers o => new V1.SchedulerEvent { InverseOffers = InverseOffers(o) },
        SchedulerEvent.RescindInverse r => new V1.SchedulerEvent { RescindInverse = Rescind(r.OfferIds) },
        SchedulerEvent.Update u => new V1.SchedulerEvent { Update = u.Status.ToWire() },
        SchedulerEvent.Message m => new V1.SchedulerEvent
        {
            Message = new V1.SchedulerEvent.Types.Message
            {
                AgentId = m.AgentId.Value,
                ExecutorId = m.ExecutorId.Value,
                Data = ToBytes(m.Data),
            },
        },
        SchedulerEvent.AgentLost l => new V1.SchedulerEvent
        {
            AgentLost = new V1.SchedulerEvent.Types.AgentLost
            {
                AgentId = l.AgentId.Value,
                Hostname = l.Hostname,
                Reason = l.Reason,
            },
        },
        SchedulerEvent.ExecutorLost l => new V1.SchedulerEvent { ExecutorLost = ExecutorLost(l) },
        SchedulerEvent.Heartbeat => new V1.SchedulerEvent { Heartbeat = Empty },
        SchedulerEvent.Takeover t => new V1.SchedulerEvent
        {
            Takeover = new V1.SchedulerEvent.Types.Takeover { FrameworkId = t.FrameworkId.Value },
        },
        SchedulerEvent.StandingBy s => new V1.SchedulerEvent
        {
            StandingBy = new V1.SchedulerEvent.Types.StandingBy
            {
                FrameworkId = s.FrameworkId.Value,
                Epoch = s.Epoch,
                HeartbeatIntervalMs = s.HeartbeatInterval.ToMilliseconds(),
            },
        },
        SchedulerEvent.Guarantee g => new V1.SchedulerEvent { Guarantee = g.Guaranteed.ToWire() },
        SchedulerEvent.RevocationWarning w => new V1.SchedulerEvent { RevocationWarning = RevocationWarning(w) },
        SchedulerEvent.Error x => new V1.SchedulerEvent
        {
            Error = new V1.SchedulerEvent.Types.Error { Text = x.Text, Fatal = x.Fatal },
        },
        _ => throw new UnreachableException($"no message for {e.GetType()}"),
    };

    private static V1.SchedulerEvent.Types.Offers Offers(SchedulerEvent.Offers e)
    {
        var wire = new V1.SchedulerEvent.Types.Offers();
        for (var i = 0; i < e.List.Count; i++)
            wire.List.Add(e.List[i].ToWire());
        return wire;
    }

    private static V1.SchedulerEvent.Types.Rescind Rescind(IReadOnlyList<OfferId> offers)
    {
        var wire = new V1.SchedulerEvent.Types.Rescind();
        Add(wire.OfferIds, offers);
        return wire;
    }

    private static V1.SchedulerEvent.Types.InverseOffers InverseOffers(SchedulerEvent.InverseOffers e)
    {
        var wire = new V1.SchedulerEvent.Types.InverseOffers();
        foreach (var offer in e.List)
            wire.List.Add(offer.ToWire());
        return wire;
    }

    private static V1.SchedulerEvent.Types.ExecutorLost ExecutorLost(SchedulerEvent.ExecutorLost e)
    {
        var wire = new V1.SchedulerEvent.Types.ExecutorLost
        {
            AgentId = e.AgentId.Value,
            ExecutorId = e.ExecutorId.Value,
            Reason = e.Reason,
        };
        if (e.ExitCode is { } exitCode)
            wire.ExitCode = exitCode;
        return wire;
    }

    private static V1.SchedulerEvent.Types.RevocationWarning RevocationWarning(SchedulerEvent.RevocationWarning e)
    {
        var wire = new V1.SchedulerEvent.Types.RevocationWarning
        {
            Amount = e.Amount.ToWire(),
            DeadlineUnixTicks = e.Deadline.ToUnixTicks(),
        };
        Add(wire.TaskIds, e.Tasks);
        return wire;
    }
}
