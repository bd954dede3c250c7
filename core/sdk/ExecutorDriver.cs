using System.Threading.Channels;
using Agora.Protocol;
using ExecutorLink = Agora.Sdk.GrpcLink<
    Agora.ExecutorCall, Agora.V1.ExecutorCall, Agora.V1.ExecutorCalls,
    Agora.ExecutorEvent, Agora.V1.ExecutorEvent, Agora.V1.ExecutorEvents>;

namespace Agora.Sdk;

/// <summary>
/// Runs an <see cref="IExecutor"/> under a live agent. One loop calls the executor and owns its
/// <see cref="ExecutorSession"/>, which decides; <see cref="Update"/>, <see cref="SendMessage"/> and
/// <see cref="Stop"/> may be called from any thread, the loop's included.
/// </summary>
public sealed class ExecutorDriver
{
    private readonly IExecutor _executor;
    private readonly TimeProvider _time;
    private readonly ExecutorDriverOptions _options;
    private readonly ExecutorSession _session;
    private readonly Channel<Work> _inbox;

    /// <summary>What the executor said from within a call of the loop's; only the loop touches it.</summary>
    private readonly Queue<ExecutorInput> _said = new();
    private ExecutorLink? _link;
    private Task _linkRun = Task.CompletedTask;
    private Thread? _loop;
    private int _started;
    private (bool Happened, string? Error) _end;

    /// <param name="options">Null takes <see cref="ExecutorDriverOptions.FromEnvironment"/>.</param>
    /// <exception cref="InvalidOperationException">No options, and the environment is not that of an executor.</exception>
    public ExecutorDriver(IExecutor executor, TimeProvider? time = null, ExecutorDriverOptions? options = null)
    {
        _executor = executor;
        _time = new SteadyClock(time ?? TimeProvider.System);
        _options = options ?? ExecutorDriverOptions.FromEnvironment();
        _session = new ExecutorSession(_options.FrameworkId, _options.ExecutorId, _options.Token,
            Random.Shared.NextDouble, _options.Session);
        _inbox = Channel.CreateBounded<Work>(new BoundedChannelOptions(_options.InboxMax) { SingleReader = true });
    }

    /// <summary>One thing for the loop: an input, or without one the passing of time; and a link that has ended.</summary>
    private readonly record struct Work(ExecutorInput? Input, ExecutorLink? Gone = null);

    /// <summary>
    /// Runs until the agent orders the end, <see cref="Stop"/>, or the agent stays away for
    /// <see cref="ExecutorSessionOptions.RecoveryTimeout"/>. Cancellation ends it at once.
    /// </summary>
    /// <returns>The exit code for the process: 0 after an end in good order, else 1.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation = default)
    {
        if (Interlocked.Exchange(ref _started, 1) == 1)
            throw new InvalidOperationException("a driver runs once");
        try
        {
            await using var timer = _time.CreateTimer(
                _ => _inbox.Writer.TryWrite(default), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
            while (!_end.Happened && await _inbox.Reader.WaitToReadAsync(cancellation))
            {
                _loop = Thread.CurrentThread;
                while (!_end.Happened && _inbox.Reader.TryRead(out var work))
                    Handle(work);
                _loop = null;
                Arm(timer);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            _end = (true, "cancelled");
        }
        finally
        {
            _loop = null;
            _inbox.Writer.TryComplete();
            _link?.Close();
            await _linkRun;
            _link?.Dispose();
        }
        if (_end.Error is not { } error)
            return 0;
        _options.Log?.Invoke($"executor ends: {error}");
        return 1;
    }

    /// <summary>
    /// Reports a task's state. The agent gets it even if it is away at the moment; waits if very many wait already.
    /// After the driver's end it does nothing.
    /// </summary>
    /// <param name="exitCode">Exit code, or 128 + signal, of a task that was a process.</param>
    public void Update(TaskId task, TaskState state, string message = "", ReadOnlyMemory<byte> data = default,
        StatusReason reason = StatusReason.None, int? exitCode = null) =>
        Say(new ExecutorInput.Update(new TaskStatus(
            task, state, StatusSource.Executor, reason, message, _time.GetUtcNow(), _options.AgentId,
            _options.ExecutorId, ExitCode: exitCode, Data: data)));

    /// <summary>Sends to the framework's scheduler, which gets it at most once.</summary>
    public void SendMessage(ReadOnlyMemory<byte> data) => Say(new ExecutorInput.Message(data));

    /// <summary>Ends the driver once the agent has acknowledged every update, or the time for that is over.</summary>
    public void Stop() => Say(new ExecutorInput.Stop());

    private void Say(ExecutorInput input)
    {
        // The loop must not wait for room in its own inbox.
        if (_loop == Thread.CurrentThread)
            _said.Enqueue(input);
        else if (!_inbox.Writer.TryWrite(new Work(input)))
            EnqueueAsync(new Work(input)).AsTask().GetAwaiter().GetResult();
    }

    private void Handle(Work work)
    {
        Perform(_session.Handle(_time.GetUtcNow(), work.Input ?? new ExecutorInput.Tick()));
        while (_said.TryDequeue(out var input))
            Perform(_session.Handle(_time.GetUtcNow(), input));
        if (work.Gone is not { } gone)
            return;
        if (_link == gone)
            _link = null;
        gone.Dispose();
    }

    private void Perform(IReadOnlyList<ExecutorOutput> outputs)
    {
        foreach (var output in outputs)
        {
            switch (output)
            {
                case ExecutorOutput.Connect c:
                    Connect(c.Connection);
                    break;
                case ExecutorOutput.Send s:
                    _link?.Send(s.Call);
                    break;
                case ExecutorOutput.Close:
                    _link?.Close();
                    break;
                case ExecutorOutput.Deliver d:
                    Tell(d.Event);
                    break;
                case ExecutorOutput.Ended e:
                    _end = (true, e.Error);
                    break;
            }
        }
    }

    private void Tell(ExecutorEvent e)
    {
        switch (e)
        {
            case ExecutorEvent.Subscribed s: _executor.Subscribed(this, s); break;
            case ExecutorEvent.Launch l: _executor.Launch(this, l.Task); break;
            case ExecutorEvent.Kill k: _executor.Kill(this, k.TaskId, k.Grace); break;
            case ExecutorEvent.Message m: _executor.Message(this, m.Data); break;
            case ExecutorEvent.Shutdown s: _executor.Shutdown(this, s.Grace); break;
            case ExecutorEvent.Error x: _options.Log?.Invoke($"agent: {x.Text}"); break;
        }
    }

    private void Connect(long connection)
    {
        var link = new ExecutorLink(
            GrpcChannels.ToSocket(_options.Socket, _options.Session.ConnectTimeout),
            static (invoker, options) => new V1.ExecutorService.ExecutorServiceClient(invoker).Connect(options),
            static call => call.ToWire(), static e => e.ToDomain(),
            e => EnqueueAsync(new Work(new ExecutorInput.FromAgent(connection, e))), _options.Batches);
        link.Open([]);
        _link = link;
        _linkRun = RunLinkAsync(link, connection);
    }

    private async Task RunLinkAsync(ExecutorLink link, long connection)
    {
        await EnqueueAsync(new Work(new ExecutorInput.Connected(connection)));
        var end = await Task.Run(link.RunAsync);
        _options.Log?.Invoke($"connection to the agent ended: {end.Reason}");
        await EnqueueAsync(new Work(new ExecutorInput.Disconnected(connection, end.Reason), link));
    }

    /// <summary>Waits for room in the inbox; does nothing once the driver has ended.</summary>
    private async ValueTask EnqueueAsync(Work work)
    {
        try
        {
            await _inbox.Writer.WriteAsync(work);
        }
        catch (ChannelClosedException)
        {
            // What still arrives after the end must not break the link, which may be busy sending the last calls.
        }
    }

    private void Arm(ITimer timer)
    {
        if (_end.Happened || _session.NextDeadline is not { } deadline)
            return;
        var wait = deadline - _time.GetUtcNow();
        timer.Change(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
