using System.Threading.Channels;
using Agora.Sdk;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;
using Agora.Torque.Server.Queue;
using Agora.Torque.Server.Store;

namespace Agora.Torque.Server.Service;

/// <summary>
/// The batch server with its disk and its wires: a scheduler for a driver, and what commands and moms say, from any
/// thread. What a step changes is written first; replies and orders go out when the disk has it. While one transaction is
/// being written the next one gathers, so that many small steps share one.
/// </summary>
internal sealed class ServerLoop : IScheduler, IAsyncDisposable
{
    /// <summary>Delivers an action to the loop that owns the server, as <see cref="SchedulerDriver.Post"/> does.</summary>
    public delegate void Poster(Action<DateTimeOffset, ICollection<SchedulerCall>> action);

    /// <summary>How often a disk that is full is tried again.</summary>
    private static readonly TimeSpan DiskRetry = TimeSpan.FromMilliseconds(500);

    private readonly BatchServer _server;
    private readonly JobQueue _queue;
    private readonly QueueStore _store;
    private readonly Action<ServerEffect> _perform;
    private readonly Action<string> _log;
    private readonly Channel<Batch> _toWrite = Channel.CreateUnbounded<Batch>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _writing;
    private List<Action> _replies = [];
    private bool _isWriting;
    private Poster _post = _ => throw new InvalidOperationException("the server has not been started");

    /// <param name="perform">Carries an effect out; called from one thread at a time, in order.</param>
    public ServerLoop(BatchServer server, JobQueue queue, QueueStore store, Action<ServerEffect> perform, Action<string> log)
    {
        (_server, _queue, _store, _perform, _log) = (server, queue, store, perform, log);
        _writing = Task.Run(WriteAsync);
    }

    private sealed record Batch(QueueChanges Changes, IReadOnlyList<ServerEffect> Effects, IReadOnlyList<Action> Replies);

    public SchedulerCall.Subscribe Subscription => _server.Subscription;
    public DateTimeOffset? NextDeadline => _server.NextDeadline;

    /// <summary>To be called before anything else with the driver's door, and again with that of a new driver.</summary>
    public void Use(Poster post) => _post = post;

    /// <summary>Shows the queue on the dashboard while a driver runs.</summary>
    public PagePublisher Show(SchedulerDriver driver) => new(driver.Post, TimeProvider.System, _queue.Page);

    public void Handle(DateTimeOffset now, SchedulerEvent e, ICollection<SchedulerCall> calls)
    {
        _server.Handle(now, e, calls);
        AfterStep();
    }

    public void Tick(DateTimeOffset now, ICollection<SchedulerCall> calls)
    {
        _server.Tick(now, calls);
        AfterStep();
    }

    /// <summary>Something that happened outside.</summary>
    public void Post(Action<BatchServer, DateTimeOffset> step) => _post((now, calls) =>
    {
        step(_server, now);
        // What it leads to is written in the same transaction: a job that is submitted and one that is started.
        _server.Tick(now, calls);
        AfterStep();
    });

    /// <summary>A command's request; the reply comes when what it says is on disk.</summary>
    public Task<Reply> AskAsync(Caller caller, Request request)
    {
        var reply = new TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously);
        _post((now, calls) =>
        {
            try
            {
                var answer = _server.Handle(now, caller, request);
                if (request is Request.Status or Request.Select or Request.Trace)
                    reply.SetResult(answer);
                else
                    _replies.Add(() => reply.SetResult(answer));
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // A fault in one request must not end the server, on which all jobs hang.
                _log($"a request of {caller.Name} failed: {e}");
                reply.SetResult(new Reply(PbsError.Internal, $"Internal server error MSG={e.Message}"));
            }
            _server.Tick(now, calls);
            AfterStep();
        });
        return reply.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _toWrite.Writer.TryComplete();
        await _stop.CancelAsync();
        await _writing;
        _stop.Dispose();
    }

    private void AfterStep()
    {
        if (_isWriting)
            return;
        var effects = _server.TakeEffects();
        var changes = _queue.TakeChanges();
        if (changes.IsEmpty && effects.Count == 0 && _replies.Count == 0)
            return;
        _isWriting = _toWrite.Writer.TryWrite(new Batch(changes, effects, _replies));
        _replies = [];
    }

    private async Task WriteAsync()
    {
        await foreach (var batch in _toWrite.Reader.ReadAllAsync())
        {
            if (!batch.Changes.IsEmpty && !await SaveAsync(batch.Changes))
                return;
            foreach (var effect in batch.Effects)
                _perform(effect);
            foreach (var reply in batch.Replies)
                reply();
            _post((_, _) =>
            {
                _isWriting = false;
                AfterStep();
            });
        }
    }

    /// <returns>False if the server ends before it has succeeded.</returns>
    private async Task<bool> SaveAsync(QueueChanges changes)
    {
        while (true)
        {
            try
            {
                _store.Save(changes);
                return true;
            }
            catch (IOException e)
            {
                _log($"the queue cannot be written, commands wait until it can: {e.Message}");
                if (_stop.IsCancellationRequested)
                    return false;
                await Task.Delay(DiskRetry, CancellationToken.None);
            }
        }
    }
}
