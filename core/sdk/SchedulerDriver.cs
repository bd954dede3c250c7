using System.Threading.Channels;
using Agora.Election;
using Agora.Protocol;
using Agora.Security;
using Grpc.Core;
using SchedulerLink = Agora.Sdk.GrpcLink<
    Agora.SchedulerCall, Agora.V1.SchedulerCall, Agora.V1.SchedulerCalls,
    Agora.SchedulerEvent, Agora.V1.SchedulerEvent, Agora.V1.SchedulerEvents>;

namespace Agora.Sdk;

/// <summary>
/// Runs an <see cref="IScheduler"/> against live masters. One loop owns the scheduler and its
/// <see cref="SchedulerSession"/>; all decisions are the session's.
/// </summary>
public sealed class SchedulerDriver
{
    private readonly TimeProvider _time;
    private readonly SchedulerDriverOptions _options;
    private readonly MasterLocation _masters;
    private readonly MasterAccess _access;
    private readonly SchedulerSession _session;
    private readonly Channel<Work> _inbox;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<SchedulerCall> _posted = [];
    private SchedulerLink? _link;
    private Task _linkRun = Task.CompletedTask;
    private Task _watching = Task.CompletedTask;
    private CancellationTokenSource? _watch;
    private readonly ILeaderFinder _finder;
    private CancellationToken _ending;
    private long _connection;
    private Uri? _leader;
    private int _started;
    private volatile bool _over, _isKnown;
    private (bool Happened, string? Error) _end;

    /// <param name="masters">Where the leader is found, again after each connection that ended.</param>
    public SchedulerDriver(IScheduler scheduler, MasterLocation masters, TimeProvider time,
        SchedulerDriverOptions? options = null)
    {
        _masters = masters;
        _finder = masters.CreateFinder();
        _time = new SteadyClock(time);
        _options = options ?? new SchedulerDriverOptions();
        _access = _options.Access ?? MasterAccess.Find(masters);
        _session = new SchedulerSession(scheduler, Random.Shared.NextDouble, _options.Session);
        _inbox = Channel.CreateBounded<Work>(new BoundedChannelOptions(_options.InboxMax) { SingleReader = true });
    }

    /// <summary>One thing for the loop: an input, an action of the framework's, or, with neither, the passing of time.</summary>
    private readonly record struct Work(
        SessionInput? Input, Action<DateTimeOffset, ICollection<SchedulerCall>>? Action = null,
        (long Connection, SchedulerLink Link)? Opened = null, SchedulerLink? Gone = null, Uri? Leader = null);

    /// <summary>
    /// Runs until <see cref="StopAsync"/>, teardown or cancellation, which ends it at once and without a word to the
    /// master. Lost connections are made anew without end. An exception of the scheduler's own, or of a posted action,
    /// is a fault in the framework and ends it too.
    /// </summary>
    /// <exception cref="SchedulerErrorException">The master sent a fatal Error, which the scheduler has seen too.</exception>
    public async Task RunAsync(CancellationToken cancellation = default)
    {
        if (Interlocked.Exchange(ref _started, 1) == 1)
            throw new InvalidOperationException("a driver runs once");
        using var ending = new CancellationTokenSource();
        _ending = ending.Token;
        try
        {
            await using var timer = _time.CreateTimer(
                _ => _inbox.Writer.TryWrite(default), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            while (!_end.Happened && await _inbox.Reader.WaitToReadAsync(cancellation))
            {
                while (!_end.Happened && _inbox.Reader.TryRead(out var work))
                    Handle(work);
                Arm(timer);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
        finally
        {
            _over = true;
            _inbox.Writer.TryComplete();
            await ending.CancelAsync();
            while (_inbox.Reader.TryRead(out var left))
                left.Opened?.Link.Close();
            _link?.Close();
            await _linkRun;
            await _watching;
            _link?.Dispose();
            await _finder.DisposeAsync();
            _ended.TrySetResult();
        }
        if (_end.Error is { } error)
            throw new SchedulerErrorException(error);
    }

    /// <summary>
    /// Runs an event of the framework's own (a job was submitted, say) on the scheduler's loop, with the current time
    /// and a list for the calls it leads to. Any thread; returns at once. After the driver's end it does nothing.
    /// </summary>
    /// <exception cref="InvalidOperationException">Too many wait already; refuse the event and have it tried later.</exception>
    public void Post(Action<DateTimeOffset, ICollection<SchedulerCall>> action)
    {
        if (!_inbox.Writer.TryWrite(new Work(null, action)) && !_over)
            throw new InvalidOperationException($"the scheduler is busy: {_options.InboxMax} events wait");
    }

    /// <summary>Ends the driver and waits for it, at most <see cref="SchedulerDriverOptions.StopTimeout"/>.</summary>
    /// <param name="teardown">
    /// Ends the framework too: the master kills its tasks and forgets it. Without it the tasks go on for the failover
    /// timeout, and the framework may come back.
    /// </param>
    /// <exception cref="TimeoutException">It has not ended in time (for a teardown: no master was reached).</exception>
    public async Task StopAsync(bool teardown)
    {
        SessionInput input = teardown
            ? new SessionInput.FromScheduler(new SchedulerCall.Teardown())
            : new SessionInput.Stop();
        await EnqueueAsync(new Work(input)).AsTask().WaitAsync(_options.StopTimeout, _time);
        await _ended.Task.WaitAsync(_options.StopTimeout, _time);
    }

    private void Handle(Work work)
    {
        var now = _time.GetUtcNow();
        _leader = work.Leader ?? _leader;
        if (work.Opened is var (connection, opened))
        {
            if (connection == _connection)
                _link = opened;
            else
                opened.Close();
        }
        if (work.Gone is { } gone)
        {
            if (_link == gone)
                _link = null;
            gone.Dispose();
        }
        if (work.Action is null)
        {
            Perform(_session.Handle(now, work.Input ?? new SessionInput.Tick()));
            return;
        }
        work.Action(now, _posted);
        foreach (var call in _posted)
            Perform(_session.Handle(now, new SessionInput.FromScheduler(call)));
        _posted.Clear();
        // The action may have moved the scheduler's deadline to now.
        Perform(_session.Handle(now, new SessionInput.Tick()));
    }

    private void Perform(IReadOnlyList<SessionOutput> outputs)
    {
        foreach (var output in outputs)
        {
            switch (output)
            {
                case SessionOutput.Connect c:
                    _connection = c.Connection;
                    _linkRun = RunLinkAsync(c.Connection, _leader);
                    _leader = null;
                    break;
                case SessionOutput.Send s:
                    _link?.Send(s.Call);
                    break;
                case SessionOutput.Close:
                    _link?.Close();
                    break;
                case SessionOutput.Ended e:
                    _end = (true, e.Error);
                    break;
            }
        }
    }

    private async Task RunLinkAsync(long connection, Uri? named)
    {
        if (await FindAsync(named) is not { } master)
        {
            await EnqueueAsync(new Work(new SessionInput.Disconnected(connection, $"no master of {_masters} leads")));
            return;
        }
        Metadata headers;
        try
        {
            headers = _access.Headers();
        }
        catch (SecurityFileException e)
        {
            await EnqueueAsync(new Work(new SessionInput.Connected(connection)));
            await DeniedAsync(connection, e.Message);
            await EnqueueAsync(new Work(new SessionInput.Disconnected(connection, e.Message)));
            return;
        }
        _options.Log?.Invoke($"connecting to master {master}");
        var link = new SchedulerLink(
            GrpcChannels.ToMaster(master, _options.Session.ConnectTimeout, _access.Tls),
            static (invoker, options) => new V1.SchedulerService.SchedulerServiceClient(invoker).Connect(options),
            static call => call.ToWire(), static e => e.ToDomain(),
            async e =>
            {
                _isKnown |= e is SchedulerEvent.Subscribed or SchedulerEvent.StandingBy;
                await EnqueueAsync(new Work(new SessionInput.FromMaster(connection, e)));
            },
            _options.Batches);
        link.Open(headers);
        if (!await EnqueueAsync(new Work(new SessionInput.Connected(connection), Opened: (connection, link))))
            link.Close();
        Watch(link, master);
        var end = await Task.Run(link.RunAsync);
        _options.Log?.Invoke($"connection to master {master} ended: {end.Reason}");
        if (end.IsDenied)
            await DeniedAsync(connection, end.Reason);
        await EnqueueAsync(new Work(new SessionInput.Disconnected(connection, end.Reason), Gone: link, Leader: end.Leader));
    }

    /// <summary>
    /// One who was never let in is told and ends; one who was may be let in again, as secrets are changed one after the other.
    /// </summary>
    private async ValueTask DeniedAsync(long connection, string reason)
    {
        _options.Log?.Invoke(reason);
        if (!_isKnown)
            await EnqueueAsync(new Work(new SessionInput.FromMaster(connection, new SchedulerEvent.Error(reason, Fatal: true))));
    }

    /// <summary>Watches the election until the next attempt, in place of watching it for the last.</summary>
    private void Watch(SchedulerLink link, Uri master)
    {
        var watch = CancellationTokenSource.CreateLinkedTokenSource(_ending);
        try
        {
            Interlocked.Exchange(ref _watch, watch)?.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // What it waited for has happened at this very moment.
        }
        _watching = WatchAsync(link, master, watch);
    }

    /// <summary>Leaves a master as soon as the election has another, which the former may be the last to know, and tries that soon.</summary>
    private async Task WatchAsync(SchedulerLink link, Uri master, CancellationTokenSource watch)
    {
        try
        {
            await _finder.AnotherLeadsAsync(master, watch.Token);
            _options.Log?.Invoke($"master {master} leads no more");
            link.Abort();
            await EnqueueAsync(new Work(new SessionInput.Elected()));
        }
        catch (OperationCanceledException)
        {
            // Another attempt has begun, or the driver ends.
        }
        finally
        {
            watch.Dispose();
        }
    }

    /// <summary>Waits for room in the inbox; does nothing once the driver has ended.</summary>
    /// <returns>False if it has.</returns>
    private async ValueTask<bool> EnqueueAsync(Work work)
    {
        try
        {
            await _inbox.Writer.WriteAsync(work);
            return true;
        }
        catch (ChannelClosedException)
        {
            // What still arrives after the end must not break the link, which may be busy sending the last calls.
            return false;
        }
    }

    private async ValueTask<Uri?> FindAsync(Uri? named)
    {
        try
        {
            return await _finder.FindAsync(named, _ending);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private void Arm(ITimer timer)
    {
        if (_end.Happened || _session.NextDeadline is not { } deadline)
            return;
        var wait = deadline - _time.GetUtcNow();
        // At least a moment: a scheduler whose deadline stays in the past must not keep the loop spinning.
        var shortest = TimeSpan.FromMilliseconds(1);
        var longest = TimeSpan.FromDays(1);
        timer.Change(wait < shortest ? shortest : wait > longest ? longest : wait, Timeout.InfiniteTimeSpan);
    }
}
