namespace Agora.Cluster;

public sealed partial class Agent
{
    private long _lastConnection;
    private long? _master;
    private bool _registered;
    private bool _restarted;
    private long _epoch;
    private int _failures;
    private DateTimeOffset? _connectDue;
    private DateTimeOffset? _pingDue;
    private TimeSpan _pingTimeout;

    private readonly PriorityQueue<(AgentTask Task, long Sequence), DateTimeOffset> _retries = new();
    private readonly Queue<(AgentExecutor Executor, DateTimeOffset Due)> _executorDeadlines = new();

    /// <summary>When <see cref="AgentEvent.Tick"/> is wanted next; null for never.</summary>
    public DateTimeOffset? NextDeadline
    {
        get
        {
            var next = _connectDue ?? DateTimeOffset.MaxValue;
            if (_pingDue is { } ping && ping < next)
                next = ping;
            if (_retries.TryPeek(out _, out var retry) && retry < next)
                next = retry;
            if (_executorDeadlines.TryPeek(out var executor) && executor.Due < next)
                next = executor.Due;
            return next == DateTimeOffset.MaxValue ? null : next;
        }
    }

    private void RunDeadlines()
    {
        if (_connectDue <= _now)
        {
            _connectDue = null;
            _effects.Add(new AgentEffect.ConnectToMaster(++_lastConnection));
        }
        if (_pingDue <= _now && _master is { } silent)
        {
            _effects.Add(new AgentEffect.DisconnectFromMaster(silent));
            MasterDisconnected(silent);
        }
        RetryUpdates();
        EndLateExecutors();
    }

    private void MasterConnected(long connection)
    {
        if (connection != _lastConnection)
        {
            _effects.Add(new AgentEffect.DisconnectFromMaster(connection));
            return;
        }
        _master = connection;
        _registered = false;
        _pingDue = _now + _options.RegistrationTimeout;
        _effects.Add(new AgentEffect.ToMaster(connection, new AgentCall.Register(Info, [.. _frameworks.Values],
            [.. _tasks.Values.Select(t => new TaskReport(t.Framework.Id!.Value, t.Spec, t.State))],
            [.. _executors.Values.Select(e => new ExecutorReport(e.Framework.Id!.Value, e.Spec))], _restarted, _instance)));
    }

    private void MasterDisconnected(long connection)
    {
        if (connection != _lastConnection || _connectDue is not null)
            return;
        _master = null;
        _registered = false;
        _pingDue = null;
        if (_unwanted is not null)
            return;
        var wait = _options.Reconnect * Math.Pow(2, Math.Min(_failures++, 16));
        if (wait > _options.ReconnectMax)
            wait = _options.ReconnectMax;
        _connectDue = _now + wait * (1 + Chance(_options.Seed + (ulong)_lastConnection) / 2);
    }

    private void MasterElected()
    {
        _failures = 0;
        // Spread a little, as all agents learn of it in one moment.
        if (_connectDue is { } due && _now + _options.Reconnect * Chance(_options.Seed + (ulong)_lastConnection) is var soon && soon < due)
            _connectDue = soon;
    }

    /// <summary>A number from 0 to 1 for the seed (splitmix64, Steele et al. 2014): agents do not come back all at once.</summary>
    private static double Chance(ulong seed)
    {
        var z = seed + 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }

    private void Registered(AgentCommand.Registered registered)
    {
        if (registered.Epoch < _epoch)
        {
            // A former leader that does not know it yet.
            _effects.Add(new AgentEffect.DisconnectFromMaster(_master!.Value));
            MasterDisconnected(_master.Value);
            return;
        }
        _epoch = registered.Epoch;
        _registered = true;
        _restarted = false;
        _failures = 0;
        _pingTimeout = registered.PingTimeout;
        _pingDue = _now + _pingTimeout;
        Info = Info with { Id = registered.AgentId };
        foreach (var task in _tasks.Values)
            SendFirstUpdate(task);
    }

    private void Pinged(long number)
    {
        _pingDue = _now + _pingTimeout;
        ToMaster(new AgentCall.Pong(number));
    }
}
