using System.Diagnostics;

namespace Agora.Sdk;

/// <summary>Times and bounds of an <see cref="ExecutorSession"/>.</summary>
public sealed record ExecutorSessionOptions
{
    /// <summary>First wait before connecting again; doubles with each failure.</summary>
    public TimeSpan BackoffMin { get; init; } = TimeSpan.FromSeconds(0.1);

    public TimeSpan BackoffMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long making a connection, and then the agent's answer to Subscribe, may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the executor goes on without an agent; then it is told to shut down.</summary>
    public TimeSpan RecoveryTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time to end in where the agent has not said how much there is.</summary>
    public TimeSpan ShutdownGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Updates kept for the agent. Beyond that the oldest that does not end a task is dropped; of those that do there
    /// are no more than tasks, and no task comes while the agent is away.
    /// </summary>
    public int UnacknowledgedMax { get; init; } = 10_000;

    /// <summary>Messages that wait for a connection; the oldest are dropped, as messages may be.</summary>
    public int QueuedMessagesMax { get; init; } = 1_000;
}

/// <summary>
/// An executor's life with its agent, as a state machine without I/O. The agent may be restarted underneath: updates
/// are kept until it has acknowledged them and told again when it is back, together with the tasks that live.
/// <para>Laws: a task's updates are numbered from 1 in the order given; none is forgotten before the agent has it;
/// a task's terminal update is its last: what is said of a task that has ended or never was is ignored; a launch
/// repeated by the agent is delivered once; after Shutdown the session ends as soon as every task has ended
/// and the agent knows it, at the latest when the grace is over.</para>
/// </summary>
public sealed class ExecutorSession
{
    private enum Stage
    {
        Waiting,
        Connecting,
        Subscribing,
        Subscribed,
        Ended,
    }

    private readonly FrameworkId _frameworkId;
    private readonly ExecutorId _executorId;
    private readonly string _token;
    private readonly ExecutorSessionOptions _options;
    private readonly Backoff _backoff;

    /// <summary>Number of the last update of each task that lives or has updates the agent may not have.</summary>
    private readonly Dictionary<TaskId, long> _sequences = [];
    private readonly SortedSet<TaskId> _live = [];
    private readonly List<TaskStatus> _unacknowledged = [];
    private readonly Queue<ReadOnlyMemory<byte>> _messages = new();
    private List<ExecutorOutput> _outputs = [];
    private Stage _stage = Stage.Waiting;
    private DateTimeOffset _deadline = DateTimeOffset.MinValue;
    private DateTimeOffset? _recoverUntil;
    private DateTimeOffset? _endAt;
    private string? _error;
    private long _connection;

    /// <param name="token">From the environment; shows that the agent started this executor.</param>
    /// <param name="chance">Even numbers in [0, 1), for the jitter of waits.</param>
    public ExecutorSession(FrameworkId frameworkId, ExecutorId executorId, string token, Func<double> chance,
        ExecutorSessionOptions? options = null)
    {
        _frameworkId = frameworkId;
        _executorId = executorId;
        _token = token;
        _options = options ?? new ExecutorSessionOptions();
        _backoff = new Backoff(_options.BackoffMin, _options.BackoffMax, chance);
    }

    /// <summary>When <see cref="ExecutorInput.Tick"/> is wanted at the latest; null if nothing waits for time.</summary>
    public DateTimeOffset? NextDeadline
    {
        get
        {
            if (_stage == Stage.Ended)
                return null;
            var next = _stage == Stage.Subscribed ? null : (DateTimeOffset?)_deadline;
            foreach (var other in (ReadOnlySpan<DateTimeOffset?>)[_recoverUntil, _endAt])
                next = next is null || other < next ? other ?? next : next;
            return next;
        }
    }

    /// <summary>The one door. Begin with a <see cref="ExecutorInput.Tick"/>.</summary>
    public IReadOnlyList<ExecutorOutput> Handle(DateTimeOffset now, ExecutorInput input)
    {
        if (_stage == Stage.Ended)
            return [];
        _outputs = [];
        switch (input)
        {
            case ExecutorInput.Connected c when c.Connection == _connection && _stage == Stage.Connecting:
                Subscribe(now);
                break;
            case ExecutorInput.Disconnected d when d.Connection == _connection && HasConnection:
                Disconnected(now);
                break;
            case ExecutorInput.FromAgent a when a.Connection == _connection && HasConnection:
                Receive(now, a.Event);
                break;
            case ExecutorInput.Update u:
                Update(u.Status);
                break;
            case ExecutorInput.Message m:
                Message(m.Data);
                break;
            case ExecutorInput.Stop:
                EndWithin(now, _options.ShutdownGrace);
                break;
            case ExecutorInput.Tick or ExecutorInput.Connected or ExecutorInput.Disconnected or ExecutorInput.FromAgent:
                break;
            default:
                throw new UnreachableException($"no handling of {input.GetType()}");
        }
        RunDeadlines(now);
        return _outputs;
    }

    private bool HasConnection => _stage is Stage.Connecting or Stage.Subscribing or Stage.Subscribed;

    private void RunDeadlines(DateTimeOffset now)
    {
        if (_recoverUntil <= now)
            GiveUp(now, $"the agent was not reached for {_options.RecoveryTimeout.TotalSeconds:0} s");
        if (_endAt is { } end && (end <= now || _live.Count == 0 && _unacknowledged.Count == 0))
        {
            if (HasConnection)
                _outputs.Add(new ExecutorOutput.Close(_connection));
            _outputs.Add(new ExecutorOutput.Ended(_error));
            _stage = Stage.Ended;
            return;
        }
        if (_stage == Stage.Subscribed || _deadline > now)
            return;
        if (HasConnection)
        {
            _outputs.Add(new ExecutorOutput.Close(_connection));
            Disconnected(now);
        }
        else
        {
            _stage = Stage.Connecting;
            _deadline = now + _options.ConnectTimeout;
            if (_endAt is null)
                _recoverUntil ??= now + _options.RecoveryTimeout;
            _outputs.Add(new ExecutorOutput.Connect(++_connection));
        }
    }

    private void Send(ExecutorCall call) => _outputs.Add(new ExecutorOutput.Send(call));

    private void Deliver(ExecutorEvent e) => _outputs.Add(new ExecutorOutput.Deliver(e));

    private void Subscribe(DateTimeOffset now)
    {
        _stage = Stage.Subscribing;
        _deadline = now + _options.ConnectTimeout;
        Send(new ExecutorCall.Subscribe(_frameworkId, _executorId, _token, [.. _unacknowledged], [.. _live]));
        while (_messages.TryDequeue(out var data))
            Send(new ExecutorCall.Message(data));
    }

    private void Disconnected(DateTimeOffset now)
    {
        _stage = Stage.Waiting;
        _deadline = now + _backoff.Next();
    }

    private void Receive(DateTimeOffset now, ExecutorEvent e)
    {
        switch (e)
        {
            case ExecutorEvent.Subscribed:
                _stage = Stage.Subscribed;
                _recoverUntil = null;
                _backoff.Reset();
                Deliver(e);
                break;
            case ExecutorEvent.Launch l:
                if (_endAt is null && _sequences.TryAdd(l.Task.Id, 0))
                {
                    _live.Add(l.Task.Id);
                    Deliver(l);
                }
                break;
            case ExecutorEvent.Kill k:
                // Of a task that has ended the agent knows, or will soon.
                if (_live.Contains(k.TaskId))
                    Deliver(k);
                break;
            case ExecutorEvent.Acknowledged a:
                Acknowledged(a);
                break;
            case ExecutorEvent.Shutdown s:
                Deliver(s);
                EndWithin(now, s.Grace);
                break;
            case ExecutorEvent.Error x:
                Deliver(x);
                if (x.Fatal)
                    GiveUp(now, x.Text);
                break;
            default:
                Deliver(e);
                break;
        }
    }

    private void Acknowledged(ExecutorEvent.Acknowledged e)
    {
        var left = false;
        for (var i = 0; i < _unacknowledged.Count; i++)
        {
            var status = _unacknowledged[i];
            if (status.TaskId != e.TaskId)
                continue;
            if (status.Sequence <= e.Sequence)
                _unacknowledged.RemoveAt(i--);
            else
                left = true;
        }
        if (!left && !_live.Contains(e.TaskId))
            _sequences.Remove(e.TaskId);
    }

    private void Update(TaskStatus given)
    {
        if (!_live.Contains(given.TaskId))
            return;
        var sequence = ++_sequences[given.TaskId];
        var status = given with
        {
            Sequence = sequence,
            Source = StatusSource.Executor,
            ExecutorId = _executorId,
        };
        if (status.State.IsTerminal())
            _live.Remove(status.TaskId);
        _unacknowledged.Add(status);
        if (_unacknowledged.Count > _options.UnacknowledgedMax)
        {
            var oldest = _unacknowledged.FindIndex(s => !s.State.IsTerminal());
            if (oldest >= 0)
                _unacknowledged.RemoveAt(oldest);
        }
        if (_stage is Stage.Subscribing or Stage.Subscribed)
            Send(new ExecutorCall.Update(status));
    }

    private void Message(ReadOnlyMemory<byte> data)
    {
        if (_stage is Stage.Subscribing or Stage.Subscribed)
        {
            Send(new ExecutorCall.Message(data));
            return;
        }
        if (_messages.Count == _options.QueuedMessagesMax)
            _messages.Dequeue();
        _messages.Enqueue(data);
    }

    private void GiveUp(DateTimeOffset now, string error)
    {
        if (_endAt is not null)
            return;
        _error = error;
        Deliver(new ExecutorEvent.Shutdown(_options.ShutdownGrace));
        EndWithin(now, _options.ShutdownGrace);
    }

    private void EndWithin(DateTimeOffset now, TimeSpan grace)
    {
        _recoverUntil = null;
        var end = now + grace;
        if (_endAt is null || end < _endAt)
            _endAt = end;
    }
}
