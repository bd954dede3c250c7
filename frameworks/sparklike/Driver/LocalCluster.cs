using System.Threading.Channels;
using Agora.Sdk;
using Agora.Spark.Executor;
using Agora.Spark.Scheduling;

namespace Agora.Spark.Driver;

/// <summary>
/// <c>local[N]</c>: stands where the master would, offers the scheduler this process's processors and runs its tasks on
/// threads. The scheduler is the cluster's own, and so are the tasks.
/// </summary>
internal sealed class LocalCluster : ISchedulerLoop
{
    public static readonly AgentId Agent = new("local");

    private const string Host = "localhost";

    /// <summary>So that a refusal of no time does not keep the loop busy.</summary>
    private static readonly TimeSpan RefusalMin = TimeSpan.FromMilliseconds(1);

    // Bounded by tasks that run and by what the program itself asks for.
    private readonly Channel<Action<DateTimeOffset>> _inbox = Channel.CreateUnbounded<Action<DateTimeOffset>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Dictionary<TaskId, Resources> _running = [];
    private readonly List<SchedulerCall> _calls = [];
    private readonly Queue<SchedulerEvent> _events = new();
    private readonly IScheduler _scheduler;
    private readonly TaskEngine _engine;
    private readonly ExecutorId _executor;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Resources _total;
    private Resources _free;
    private Offer? _offer;
    private DateTimeOffset _refusedUntil;
    private long _offers, _sequence;
    private bool _isSuppressed;

    public LocalCluster(IScheduler scheduler, TaskEngine engine, ExecutorId executor, int cores, TimeProvider time)
    {
        _scheduler = scheduler;
        _engine = engine;
        _executor = executor;
        _time = time;
        _total = _free = Resources.Of(cores, 1 << 20);
        _timer = time.CreateTimer(_ => _inbox.Writer.TryWrite(_ => { }), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Completion = Task.Run(RunAsync);
    }

    public Task Completion { get; }

    public void Post(Action<DateTimeOffset, ICollection<SchedulerCall>> action) => _inbox.Writer.TryWrite(now => action(now, _calls));

    public async ValueTask DisposeAsync()
    {
        _inbox.Writer.TryComplete();
        await Completion;
        await _timer.DisposeAsync();
    }

    private async Task RunAsync()
    {
        _isSuppressed = _scheduler.Subscription.Suppressed;
        _events.Enqueue(new SchedulerEvent.Subscribed(new FrameworkId("local"), 1, TimeSpan.FromSeconds(15), Resources.Empty));
        Settle(_time.GetUtcNow());
        while (await _inbox.Reader.WaitToReadAsync())
        {
            while (_inbox.Reader.TryRead(out var work))
                work(_time.GetUtcNow());
            Settle(_time.GetUtcNow());
        }
        foreach (var task in _running.Keys)
            _engine.Kill(task);
    }

    /// <summary>Tells the scheduler all there is and does what it says, until there is nothing left.</summary>
    private void Settle(DateTimeOffset now)
    {
        if (_scheduler.NextDeadline <= now)
            _scheduler.Tick(now, _calls);
        while (true)
        {
            foreach (var call in _calls)
                Perform(now, call);
            _calls.Clear();
            if (!_events.TryDequeue(out var e) && (e = NextOffer(now)) is null)
                break;
            _scheduler.Handle(now, e, _calls);
        }
        var next = _scheduler.NextDeadline;
        if (!_isSuppressed && _refusedUntil > now && !(next < _refusedUntil))
            next = _refusedUntil;
        _timer.Change(next is { } due ? Longer(due - now, RefusalMin) : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private SchedulerEvent.Offers? NextOffer(DateTimeOffset now)
    {
        if (_isSuppressed || _offer is not null || _free.MilliCpus == 0 || now < _refusedUntil)
            return null;
        _offer = new Offer(new OfferId(1, ++_offers), new FrameworkId("local"), Agent, Host, Host, 0, _free, Attributes.Empty,
            _offers > 1 ? [_executor] : [], DateTimeOffset.MaxValue);
        return new SchedulerEvent.Offers([_offer]);
    }

    private void Perform(DateTimeOffset now, SchedulerCall call)
    {
        switch (call)
        {
            case SchedulerCall.Accept accept:
                Accept(now, accept);
                break;
            case SchedulerCall.Decline decline:
                if (decline.Offers.Contains(_offer?.Id ?? default))
                    Refuse(now, decline.Refuse);
                break;
            case SchedulerCall.Suppress:
                _isSuppressed = true;
                break;
            case SchedulerCall.Revive:
                (_isSuppressed, _refusedUntil) = (false, DateTimeOffset.MinValue);
                break;
            case SchedulerCall.Kill kill:
                _engine.Kill(kill.TaskId);
                break;
        }
    }

    private void Accept(DateTimeOffset now, SchedulerCall.Accept accept)
    {
        var isValid = _offer is { } offer && accept.Offers.Contains(offer.Id);
        foreach (var task in accept.Tasks)
        {
            if (!isValid || !_free.Contains(task.Resources))
            {
                Update(now, task.Id, TaskState.Dropped, default);
                continue;
            }
            _free -= task.Resources;
            _running.Add(task.Id, task.Resources);
            Update(now, task.Id, TaskState.Running, default);
            _engine.Start(task.Id, task.Data, report => _inbox.Writer.TryWrite(ended => Ended(ended, task.Id, report)));
        }
        if (isValid)
            Refuse(now, accept.Refuse);
    }

    private void Ended(DateTimeOffset now, TaskId task, TaskReport report)
    {
        _free += _running[task];
        _running.Remove(task);
        // What is free now is more than what was refused.
        _refusedUntil = DateTimeOffset.MinValue;
        Update(now, task, TaskEngine.StateOf(report), TaskReportForm.Write(report));
    }

    private void Refuse(DateTimeOffset now, TimeSpan? time)
    {
        _offer = null;
        _refusedUntil = now + Longer(time ?? FrameworkFilters.DefaultRefusal, RefusalMin);
    }

    private void Update(DateTimeOffset now, TaskId task, TaskState state, ReadOnlyMemory<byte> data) =>
        _events.Enqueue(new SchedulerEvent.Update(new TaskStatus(task, state, StatusSource.Executor, StatusReason.None, "", now,
            Agent, _executor, Sequence: ++_sequence, Data: data)));

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
