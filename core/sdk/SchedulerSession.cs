using System.Diagnostics;

namespace Agora.Sdk;

/// <summary>
/// A scheduler's life with the masters, as a state machine without I/O: it owns the <see cref="IScheduler"/>, tells it
/// what happens and says, as data, what is to be sent. <see cref="SchedulerDriver"/> runs it over gRPC, the simulator
/// over virtual time.
/// <code>
///             back-off over          transport open           Subscribed
///   Waiting ───────────────► Connecting ───────► Subscribing ───────────► Subscribed
///      ▲                         │ timeout, refused   │ silence, broken        │ 5 heartbeats missed, broken
///      └─────────────────────────┴────────────────────┴────────────────────────┘
/// </code>
/// While another scheduler of the framework is the active one it stands by between Subscribing and Subscribed, until Takeover.
/// <para>Laws: an update is acknowledged after the scheduler has handled it, and handled once however often it comes;
/// of a task that has ended nothing is told but the same end;
/// offers die with their connection, and the scheduler is told so; a master of an older epoch than was heard is left; a task launched here is asked about after each
/// reconnection until the master has answered; calls that cannot be sent are folded into the next subscription,
/// queued, or answered with a Dropped update, never lost in silence.</para>
/// <para>Heartbeats are not passed on; inverse offers go to <see cref="IScheduler.Leave"/>. Acknowledge and Pong calls of the scheduler's own are not needed and are ignored.</para>
/// </summary>
public sealed class SchedulerSession
{
    private enum Stage
    {
        Waiting,
        Connecting,
        Subscribing,
        StandingBy,
        Subscribed,
        Ended,
    }

    private readonly IScheduler _scheduler;
    private readonly SchedulerSessionOptions _options;
    private readonly Backoff _backoff;
    private readonly Reconciliation _reconciliation;
    private readonly TaskLedger _tasks;
    private readonly PendingCalls _pending;
    private readonly HashSet<OfferId> _offers = [];
    private readonly Queue<SchedulerEvent> _events = new();
    private readonly List<SchedulerCall> _calls = [];
    private List<SessionOutput> _outputs = [];
    private Stage _stage = Stage.Waiting;
    private DateTimeOffset _deadline = DateTimeOffset.MinValue;
    private TimeSpan _heartbeatInterval;
    private long _connection;
    private long _epoch;
    private bool _delivering;
    private bool _overflowTold;

    /// <param name="chance">Even numbers in [0, 1), for the jitter of waits.</param>
    public SchedulerSession(IScheduler scheduler, Func<double> chance, SchedulerSessionOptions? options = null)
    {
        _scheduler = scheduler;
        _options = options ?? new SchedulerSessionOptions();
        _backoff = new Backoff(_options.BackoffMin, _options.BackoffMax, chance);
        _reconciliation = new Reconciliation(
            new Backoff(_options.ReconcileMin, _options.ReconcileMax, chance), _options.ReconcileTasksMax);
        _tasks = new TaskLedger(_options.EndedTaskKept, _options.EndedTasksMax);
        _pending = new PendingCalls(_options.QueuedCallsMax);
        _heartbeatInterval = _options.HeartbeatInterval;
        FrameworkId = scheduler.Subscription.Framework.Id;
    }

    /// <summary>Given by the master on first subscription, or by the scheduler that comes back.</summary>
    public FrameworkId? FrameworkId { get; private set; }

    public bool IsSubscribed => _stage == Stage.Subscribed;

    /// <summary>When <see cref="SessionInput.Tick"/> is wanted at the latest; null once the session has ended.</summary>
    public DateTimeOffset? NextDeadline =>
        _stage == Stage.Ended ? null
        : Earlier(_deadline, Earlier(_reconciliation.NextDeadline, _scheduler.NextDeadline));

    /// <summary>The one door. Begin with a <see cref="SessionInput.Tick"/>. Exceptions are the scheduler's own.</summary>
    public IReadOnlyList<SessionOutput> Handle(DateTimeOffset now, SessionInput input)
    {
        if (_stage == Stage.Ended)
            return [];
        _outputs = [];
        switch (input)
        {
            case SessionInput.Connected c when c.Connection == _connection && _stage == Stage.Connecting:
                Subscribe(now);
                break;
            case SessionInput.Disconnected d when d.Connection == _connection && HasConnection:
                Disconnected(now);
                break;
            case SessionInput.Elected:
                Elected(now);
                break;
            case SessionInput.FromMaster m when m.Connection == _connection && HasConnection:
                Receive(now, m.Event);
                break;
            case SessionInput.FromScheduler s:
                Perform(now, s.Call);
                break;
            case SessionInput.Stop:
                End(null);
                break;
            case SessionInput.Tick or SessionInput.Connected or SessionInput.Disconnected or SessionInput.FromMaster:
                break;
            default:
                throw new UnreachableException($"no handling of {input.GetType()}");
        }
        RunDeadlines(now);
        return _outputs;
    }

    private bool HasConnection => _stage is Stage.Connecting or Stage.Subscribing or Stage.StandingBy or Stage.Subscribed;

    private static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) =>
        a is null ? b : b is null || a < b ? a : b;

    private void RunDeadlines(DateTimeOffset now)
    {
        if (_stage != Stage.Ended && _deadline <= now)
        {
            if (HasConnection)
            {
                _outputs.Add(new SessionOutput.Close(_connection));
                Disconnected(now);
            }
            else
            {
                _stage = Stage.Connecting;
                _deadline = now + _options.ConnectTimeout;
                _outputs.Add(new SessionOutput.Connect(++_connection));
            }
        }
        if (_stage == Stage.Subscribed)
            foreach (var call in _reconciliation.Due(now))
                Send(call);
        if (_stage != Stage.Ended && _scheduler.NextDeadline <= now)
        {
            _scheduler.Tick(now, _calls);
            PerformAll(now);
        }
        _tasks.Forget(now);
    }

    private void Send(SchedulerCall call) => _outputs.Add(new SessionOutput.Send(call));

    private void Subscribe(DateTimeOffset now)
    {
        _stage = Stage.Subscribing;
        Heard(now);
        Send(_pending.Fold(_scheduler.Subscription, FrameworkId));
    }

    private void Heard(DateTimeOffset now) => _deadline = now + _heartbeatInterval * _options.HeartbeatsMissedMax;

    private void Disconnected(DateTimeOffset now)
    {
        // Else one that stands by would often come first to the next master and take over from the active one.
        var behind = _stage == Stage.StandingBy ? _options.StandbyWait : TimeSpan.Zero;
        _stage = Stage.Waiting;
        _deadline = now + behind + _backoff.Next();
        _reconciliation.Stop();
        if (_offers.Count == 0)
            return;
        OfferId[] gone = [.. _offers.Order()];
        _offers.Clear();
        Deliver(now, new SchedulerEvent.Rescind(gone));
    }

    private void Elected(DateTimeOffset now)
    {
        _backoff.Reset();
        // Not at once: all schedulers learn of it in one moment.
        if (_stage == Stage.Waiting && now + _backoff.Next() is var soon && soon < _deadline)
            _deadline = soon;
    }

    private void End(string? error)
    {
        if (HasConnection)
            _outputs.Add(new SessionOutput.Close(_connection));
        _outputs.Add(new SessionOutput.Ended(error));
        _stage = Stage.Ended;
    }

    private void Receive(DateTimeOffset now, SchedulerEvent e)
    {
        if (_stage == Stage.Connecting)
            return;
        Heard(now);
        switch (e)
        {
            case SchedulerEvent.Subscribed or SchedulerEvent.StandingBy when EpochOf(e) < _epoch:
                // A former leader that does not know it yet.
                _outputs.Add(new SessionOutput.Close(_connection));
                Disconnected(now);
                break;
            case SchedulerEvent.Subscribed s:
                Heed(now, s.Epoch, s.HeartbeatInterval);
                Subscribed(now, s.FrameworkId, s);
                break;
            case SchedulerEvent.StandingBy s:
                Heed(now, s.Epoch, s.HeartbeatInterval);
                FrameworkId = s.FrameworkId;
                _stage = Stage.StandingBy;
                _backoff.Reset();
                Deliver(now, s);
                break;
            case SchedulerEvent.Takeover t:
                Subscribed(now, t.FrameworkId, t);
                // What the former one launched is heard of in this way.
                if (IsSubscribed)
                    Send(new SchedulerCall.Reconcile([]));
                break;
            case SchedulerEvent.InverseOffers o:
                Answer(now, o.List);
                break;
            case SchedulerEvent.RescindInverse:
                break;
            case SchedulerEvent.Offers o:
                foreach (var offer in o.List)
                    _offers.Add(offer.Id);
                Deliver(now, o);
                break;
            case SchedulerEvent.Rescind r:
                _offers.ExceptWith(r.OfferIds);
                Deliver(now, r);
                break;
            case SchedulerEvent.Update u:
                Update(now, u);
                break;
            case SchedulerEvent.Error x:
                Deliver(now, x);
                if (x.Fatal && _stage != Stage.Ended)
                    End(x.Text);
                break;
            case SchedulerEvent.Heartbeat:
                if (_scheduler.Subscription.Standby)
                    Send(new SchedulerCall.Pong());
                break;
            default:
                Deliver(now, e);
                break;
        }
    }

    private static long EpochOf(SchedulerEvent e) => e switch
    {
        SchedulerEvent.Subscribed s => s.Epoch,
        SchedulerEvent.StandingBy s => s.Epoch,
        _ => throw new UnreachableException(e.GetType().Name),
    };

    private void Heed(DateTimeOffset now, long epoch, TimeSpan heartbeatInterval)
    {
        _epoch = epoch;
        if (heartbeatInterval > TimeSpan.Zero)
            _heartbeatInterval = heartbeatInterval;
        Heard(now);
    }

    private void Answer(DateTimeOffset now, IReadOnlyList<InverseOffer> offers)
    {
        foreach (var offer in offers)
        {
            var whyNot = _scheduler.Leave(now, offer, _calls);
            if (IsSubscribed)
                Send(whyNot is null ? new SchedulerCall.AcceptInverse([offer.Id]) : new SchedulerCall.DeclineInverse([offer.Id], whyNot));
            PerformAll(now);
        }
    }

    private void Subscribed(DateTimeOffset now, FrameworkId id, SchedulerEvent e)
    {
        FrameworkId = id;
        _stage = Stage.Subscribed;
        Heard(now);
        _backoff.Reset();
        _overflowTold = false;
        foreach (var call in _pending.Take())
            Perform(now, call);
        if (_stage == Stage.Ended)
            return;
        // Before the scheduler hears of it: what it launches now is not in doubt.
        _reconciliation.Start(now, _tasks.Live());
        Deliver(now, e);
    }

    private void Update(DateTimeOffset now, SchedulerEvent.Update e)
    {
        var status = e.Status;
        if (!_tasks.IsRepeated(status))
        {
            var isNews = _tasks.Note(now, status);
            _reconciliation.Answered(status.TaskId);
            if (isNews)
                Deliver(now, e);
        }
        if (status.Sequence > 0 && status.AgentId is { } agent && _stage != Stage.Ended)
            Send(new SchedulerCall.Acknowledge(agent, status.TaskId, status.Sequence));
    }

    /// <summary>
    /// Tells the scheduler and performs what it answers. What that leads to (a Dropped update for an Accept, say)
    /// is delivered after it, not inside it.
    /// </summary>
    private void Deliver(DateTimeOffset now, SchedulerEvent e)
    {
        _events.Enqueue(e);
        if (_delivering)
            return;
        _delivering = true;
        while (_events.TryDequeue(out var next))
        {
            _scheduler.Handle(now, next, _calls);
            PerformAll(now);
        }
        _delivering = false;
    }

    private void PerformAll(DateTimeOffset now)
    {
        if (_calls.Count == 0)
            return;
        SchedulerCall[] calls = [.. _calls];
        _calls.Clear();
        foreach (var call in calls)
            Perform(now, call);
    }

    private void Perform(DateTimeOffset now, SchedulerCall call)
    {
        if (_stage == Stage.Ended)
            return;
        switch (call)
        {
            case SchedulerCall.Subscribe:
                Deliver(now, new SchedulerEvent.Error("the session subscribes by itself; Subscribe was dropped", false));
                break;
            case SchedulerCall.Acknowledge or SchedulerCall.Pong:
                break;
            case SchedulerCall.Accept a:
                _offers.ExceptWith(a.Offers);
                Accept(now, a);
                break;
            case SchedulerCall.Decline d:
                _offers.ExceptWith(d.Offers);
                if (IsSubscribed)
                    Send(d);
                break;
            case SchedulerCall.Teardown:
                Teardown(call);
                break;
            default:
                _pending.Remember(call);
                if (IsSubscribed)
                    Send(call);
                else if (!_pending.TryQueue(call))
                    TellOverflow(now, call);
                break;
        }
    }

    private void Accept(DateTimeOffset now, SchedulerCall.Accept accept)
    {
        if (IsSubscribed)
        {
            foreach (var task in accept.Tasks)
                _tasks.Launched(task.Id, task.AgentId);
            Send(accept);
            return;
        }
        var state = TaskState.Dropped.For(_scheduler.Subscription.Framework.Capabilities);
        foreach (var task in accept.Tasks)
        {
            Deliver(now, new SchedulerEvent.Update(new TaskStatus(
                task.Id, state, StatusSource.Master, StatusReason.InvalidOffers,
                "the offer ended with the connection to the master", now, task.AgentId, task.Executor?.Id)));
        }
    }

    private void Teardown(SchedulerCall call)
    {
        if (IsSubscribed)
        {
            Send(call);
            End(null);
        }
        else if (FrameworkId is null && _stage != Stage.Subscribing || _stage == Stage.StandingBy)
        {
            // No master has heard of the framework, or another scheduler has it, who may end it.
            End(null);
        }
        else
        {
            _pending.OweTeardown();
        }
    }

    private void TellOverflow(DateTimeOffset now, SchedulerCall call)
    {
        if (_overflowTold)
            return;
        _overflowTold = true;
        Deliver(now, new SchedulerEvent.Error(
            $"not connected and {_options.QueuedCallsMax} calls wait: {call.GetType().Name} and what follows are dropped",
            false));
    }
}
