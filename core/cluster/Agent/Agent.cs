using System.Diagnostics;

namespace Agora.Cluster;

/// <summary>
/// The agent: a state machine that runs tasks its master sends, in containers or through frameworks' executors, and
/// reports what becomes of them. No I/O, clock or thread.
/// <para>Laws: each task ends with exactly one terminal update; a task's updates are delivered in order, each again and
/// again until acknowledged; tasks go on while no master is connected; a command of an older connection is ignored; what the next process
/// of this agent must know is written down before anything else is done.</para>
/// </summary>
public sealed partial class Agent
{
    private readonly AgentOptions _options;
    private readonly Func<string> _newToken;
    private readonly List<AgentEffect> _effects = [];
    private readonly SortedDictionary<FrameworkId, FrameworkInfo> _frameworks = [];
    private readonly Dictionary<(FrameworkId, TaskId), AgentTask> _tasks = [];
    private readonly Dictionary<(FrameworkId, ExecutorId), AgentExecutor> _executors = [];
    private readonly Dictionary<ContainerId, AgentTask> _taskContainers = [];
    private readonly Dictionary<ContainerId, AgentExecutor> _executorContainers = [];
    private readonly Dictionary<long, AgentExecutor> _executorConnections = [];
    private DateTimeOffset _now;
    private long _lastContainer;
    private long _lastTask;
    private readonly string _instance;
    private bool _shuttingDown;

    /// <summary>Why the master wants no more of it; null while it does.</summary>
    private string? _unwanted;

    /// <param name="info">With the id it had, if it was registered before it was started anew.</param>
    /// <param name="newToken">Gives a fresh secret for each executor, and the name of this process to the master.</param>
    /// <param name="records">What its former process wrote down, in that order; then <see cref="AgentEvent.ContainersFound"/> is awaited first.</param>
    public Agent(AgentInfo info, AgentOptions options, Func<string> newToken, DateTimeOffset now, IEnumerable<AgentRecord>? records = null)
    {
        Info = info;
        _options = options;
        _newToken = newToken;
        _now = now;
        _connectDue = now;
        _instance = newToken();
        _restarted = info.Id is not null;
        if (records is not null)
            Restore(records);
    }

    /// <summary>As the master knows the agent; the id is set with the first registration.</summary>
    public AgentInfo Info { get; private set; }

    /// <summary>What its executors and unfinished tasks have been given.</summary>
    public Resources InUse
    {
        get
        {
            var sum = Resources.Empty;
            foreach (var executor in _executors.Values)
                sum += executor.Spec.Resources;
            foreach (var task in _tasks.Values)
                if (!task.State.IsTerminal())
                    sum += task.Spec.Resources;
            return sum;
        }
    }

    /// <summary>Updates that nobody has acknowledged.</summary>
    public int UnacknowledgedUpdates => _tasks.Values.Sum(t => t.Updates.Count);

    /// <summary>Handles one event and returns what is to be done, in order. The list is valid until the next call.</summary>
    public IReadOnlyList<AgentEffect> Handle(DateTimeOffset now, AgentEvent e)
    {
        _now = now > _now ? now : _now;
        _effects.Clear();
        switch (e)
        {
            case AgentEvent.MasterConnected(var connection): MasterConnected(connection); break;
            case AgentEvent.MasterDisconnected(var connection): MasterDisconnected(connection); break;
            case AgentEvent.MasterElected: MasterElected(); break;
            case AgentEvent.MasterCommanded(var connection, var command):
                if (connection == _master)
                    Handle(command);
                break;
            case AgentEvent.ExecutorCalled(var connection, var call): Handle(connection, call); break;
            case AgentEvent.ExecutorDisconnected(var connection): ExecutorDisconnected(connection); break;
            case AgentEvent.ContainerStarted(var container): ContainerStarted(container); break;
            case AgentEvent.ContainerFailed(var container, var reason, var message):
                ContainerFailed(container, reason, message);
                break;
            case AgentEvent.ContainerExited(var container, var result): ContainerExited(container, result); break;
            case AgentEvent.ContainersFound(var found, var lost): ContainersFound(found, lost); break;
            case AgentEvent.ShutdownRequested: Shutdown(); break;
            case AgentEvent.Tick: break;
            default: throw new UnreachableException(e.GetType().Name);
        }
        RunDeadlines();
        Record();
        return _effects;
    }

    private void Handle(AgentCommand command)
    {
        switch (command)
        {
            case AgentCommand.Registered registered: Registered(registered); break;
            case AgentCommand.Refused(var reason): _effects.Add(new AgentEffect.Exit($"the master refused: {reason}")); break;
            case AgentCommand.Shutdown(var reason):
                _unwanted = reason;
                Shutdown();
                break;
            case AgentCommand.RunTasks(var framework, var tasks): RunTasks(framework, tasks); break;
            case AgentCommand.KillTask kill: KillTask(kill); break;
            case AgentCommand.Acknowledge acknowledge: Acknowledged(acknowledge); break;
            case AgentCommand.ShutdownFramework(var framework): ShutdownFramework(framework); break;
            case AgentCommand.Message message: PassOn(message); break;
            case AgentCommand.Ping(var number): Pinged(number); break;
            default: throw new UnreachableException(command.GetType().Name);
        }
    }

    private void Handle(long connection, ExecutorCall call)
    {
        if (call is ExecutorCall.Subscribe subscribe)
        {
            Subscribe(connection, subscribe);
            return;
        }
        if (!_executorConnections.TryGetValue(connection, out var executor))
        {
            _effects.Add(new AgentEffect.ToExecutor(connection,
                new ExecutorEvent.Error($"{call.GetType().Name} before Subscribe", Fatal: true)));
            _effects.Add(new AgentEffect.CloseExecutor(connection));
            return;
        }
        switch (call)
        {
            case ExecutorCall.Update(var status): ExecutorUpdate(executor, status); break;
            case ExecutorCall.Message(var data):
                ToMaster(new AgentCall.Message(executor.Framework.Id!.Value, executor.Spec.Id, data));
                break;
            default: throw new UnreachableException(call.GetType().Name);
        }
    }

    private void ToMaster(AgentCall call)
    {
        if (_registered && _master is { } connection)
            _effects.Add(new AgentEffect.ToMaster(connection, call));
    }

    /// <summary>Kills everything, reports it and takes leave of the master.</summary>
    private void Shutdown()
    {
        _shuttingDown = true;
        foreach (var task in _tasks.Values.Where(t => !t.State.IsTerminal()))
        {
            task.KillReason ??= StatusReason.AgentRemoved;
            _changed.Add(task);
            if (task.Container is { } container)
                _effects.Add(new AgentEffect.KillContainer(container, (task.Spec.Kill ?? KillPolicy.Default).Grace));
        }
        foreach (var executor in _executors.Values)
            ShutDown(executor);
        LeaveIfDone();
    }

    private void LeaveIfDone()
    {
        if (!_shuttingDown || _taskContainers.Count > 0 || _executorContainers.Count > 0)
            return;
        if (_unwanted is null)
            ToMaster(new AgentCall.Unregister());
        _effects.Add(new AgentEffect.Exit(_unwanted is null ? null : $"the master wants no more of it: {_unwanted}"));
    }
}
