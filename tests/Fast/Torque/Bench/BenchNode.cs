using Agora.Tests.Fast.Cluster;

namespace Agora.Tests.Fast.Torque;

/// <summary>
/// An agent that keeps to its protocol: updates are said again until they are acknowledged, and all it has is told when it
/// comes back. Command tasks run as many seconds as their first argument says.
/// </summary>
internal sealed class BenchNode(BatchServerBench bench, string name, string resources)
{
    private static readonly TimeSpan Resend = TimeSpan.FromSeconds(10), Return = TimeSpan.FromSeconds(1);

    private readonly Dictionary<TaskId, Running> _tasks = [];
    private readonly Dictionary<ExecutorId, BenchMom> _moms = [];
    private readonly Dictionary<ExecutorId, (FrameworkId Framework, ExecutorSpec Spec)> _executors = [];
    private readonly Dictionary<FrameworkId, FrameworkInfo> _frameworks = [];
    private BenchAgent? _agent;
    private AgentId? _id;
    private DateTimeOffset? _returnAt;
    private bool _isCutOff, _restarted;

    private sealed class Running(FrameworkId framework, TaskSpec spec)
    {
        public FrameworkId Framework { get; } = framework;
        public TaskSpec Spec { get; } = spec;
        public TaskState State { get; set; } = TaskState.Staging;
        public List<TaskStatus> Unacknowledged { get; } = [];
        public long Sequence { get; set; }
        public DateTimeOffset? EndsAt { get; set; }
        public DateTimeOffset ResendAt { get; set; }
    }

    public string Name { get; } = name;
    public AgentId? Id => _id;
    public bool IsAlive { get; private set; } = true;
    public IEnumerable<BenchMom> Moms => _moms.Values;

    /// <summary>Milli-processors of the framework's tasks here.</summary>
    public long Cpus(FrameworkId framework) => _tasks.Values.Where(t => t.Framework == framework && !t.State.IsTerminal())
        .Sum(t => t.Spec.Resources.MilliCpus);

    public DateTimeOffset? NextDeadline
    {
        get
        {
            DateTimeOffset? next = _returnAt;
            void Consider(DateTimeOffset? at) => next = at is null || at >= next ? next : at;
            foreach (var task in _tasks.Values)
            {
                Consider(task.EndsAt);
                if (task.Unacknowledged.Count > 0 && _agent is not null)
                    Consider(task.ResendAt);
            }
            foreach (var mom in _moms.Values)
            {
                Consider(mom.NextDeadline);
                Consider(mom.Link?.NextDeadline);
            }
            return next;
        }
    }

    public void Register()
    {
        _returnAt = null;
        _agent = bench.Master.Register(Name, resources, _id, [.. _frameworks.Values],
            [.. _tasks.Values.Select(t => new TaskReport(t.Framework, t.Spec, t.State))],
            [.. _executors.Values.Select(e => new ExecutorReport(e.Framework, e.Spec))], _restarted);
        _id = _agent.Id;
        _restarted = false;
        foreach (var task in _tasks.Values)
            Send(task);
    }

    /// <summary>The machine fails, with all that runs there.</summary>
    public void Die()
    {
        IsAlive = false;
        Disconnect();
        _returnAt = null;
        foreach (var mom in _moms.Values.ToList())
            mom.Die();
        _moms.Clear();
        _executors.Clear();
        _tasks.Clear();
        _frameworks.Clear();
    }

    /// <summary>It is there again, with nothing on it.</summary>
    public void Revive()
    {
        (IsAlive, _restarted) = (true, true);
        Register();
    }

    /// <summary>No master is reached; what runs here goes on, and moms reach their server.</summary>
    public void CutOff()
    {
        _isCutOff = true;
        Disconnect();
        _returnAt = null;
    }

    public void Heal()
    {
        _isCutOff = false;
        Register();
    }

    /// <summary>The master it was connected to is gone; it finds the next one a little later.</summary>
    public void Disconnect()
    {
        _agent?.Disconnect();
        _agent = null;
        _returnAt = bench.Now + Return;
    }

    /// <summary>The same, when there is nothing left to say it to.</summary>
    public void Orphan()
    {
        _agent = null;
        _returnAt = IsAlive && !_isCutOff ? bench.Now + Return : null;
    }

    /// <summary>A mom's process is killed; its agent notices.</summary>
    public void KillMom(BenchMom mom)
    {
        mom.Die();
        Exited(mom);
    }

    /// <summary>The executor's process has ended; its tasks, if any are left, have failed.</summary>
    public void Exited(BenchMom mom)
    {
        if (!_moms.Remove(mom.Executor) || !_executors.Remove(mom.Executor, out var executor))
            return;
        foreach (var task in _tasks.Values.Where(t => t.Spec.Executor?.Id == mom.Executor && !t.State.IsTerminal()).ToList())
            Update(task.Spec.Id, TaskState.Failed, "its executor was killed");
        _agent?.Call(new AgentCall.ExecutorExited(executor.Framework, mom.Executor, 137, "it was killed"));
    }

    public void Update(TaskId id, TaskState state, string message = "")
    {
        if (!_tasks.TryGetValue(id, out var task) || task.State.IsTerminal())
            return;
        task.State = state;
        task.Unacknowledged.Add(new TaskStatus(id, state, StatusSource.Executor, StatusReason.None, message, bench.Now, _id,
            task.Spec.Executor?.Id, ++task.Sequence));
        if (task.Unacknowledged.Count == 1)
            Send(task);
    }

    public bool Tick()
    {
        var now = bench.Now;
        var isBusy = false;
        if (_agent is { Closed: true })
            Orphan();
        if (now >= _returnAt && !bench.IsMasterDown)
        {
            Register();
            isBusy = true;
        }
        while (_agent is { Inbox.Count: > 0 })
        {
            AgentCommand[] commands = [.. _agent.Inbox];
            _agent.Inbox.Clear();
            foreach (var command in commands)
                Obey(command);
            isBusy = true;
        }
        foreach (var task in _tasks.Values.ToList())
        {
            if (task.EndsAt <= now && !task.State.IsTerminal())
            {
                Update(task.Spec.Id, TaskState.Finished);
                isBusy = true;
            }
            if (task.Unacknowledged.Count > 0 && now >= task.ResendAt && _agent is not null)
                Send(task);
        }
        foreach (var mom in _moms.Values.ToList())
            isBusy |= mom.Tick();
        return isBusy;
    }

    private void Send(Running task)
    {
        if (task.Unacknowledged.Count == 0)
            return;
        task.ResendAt = bench.Now + Resend;
        _agent?.Call(new AgentCall.Update(task.Framework, task.Unacknowledged[0], task.State));
    }

    private void Obey(AgentCommand command)
    {
        switch (command)
        {
            case AgentCommand.RunTasks(var framework, var specs):
                _frameworks[framework.Id!.Value] = framework;
                foreach (var spec in specs)
                    Run(framework.Id.Value, spec);
                break;
            case AgentCommand.KillTask kill when _tasks.TryGetValue(kill.TaskId, out var task):
                if (task.Spec.Executor is { } executor)
                    _moms.GetValueOrDefault(executor.Id)?.Kill(kill.TaskId);
                else
                    Update(kill.TaskId, TaskState.Killed);
                break;
            case AgentCommand.Acknowledge ack when _tasks.TryGetValue(ack.TaskId, out var task):
                if (task.Unacknowledged.Count == 0 || task.Unacknowledged[0].Sequence != ack.Sequence)
                    break;
                task.Unacknowledged.RemoveAt(0);
                if (task.Unacknowledged.Count > 0)
                    Send(task);
                else if (task.State.IsTerminal())
                    _tasks.Remove(ack.TaskId);
                break;
            case AgentCommand.ShutdownFramework(var framework):
                foreach (var id in _executors.Where(e => e.Value.Framework == framework).Select(e => e.Key).ToList())
                {
                    if (_moms.Remove(id, out var mom))
                        mom.Die();
                    _executors.Remove(id);
                    _agent?.Call(new AgentCall.ExecutorExited(framework, id, 0, "its framework is gone"));
                }
                foreach (var id in _tasks.Where(t => t.Value.Framework == framework).Select(t => t.Key).ToList())
                    _tasks.Remove(id);
                _frameworks.Remove(framework);
                break;
        }
    }

    private void Run(FrameworkId framework, TaskSpec spec)
    {
        if (_tasks.ContainsKey(spec.Id))
            return;
        var task = new Running(framework, spec);
        _tasks.Add(spec.Id, task);
        if (spec.Executor is not { } executor)
        {
            task.EndsAt = bench.Now + TimeSpan.FromSeconds(double.Parse(spec.Command!.Arguments[0], null));
            Update(spec.Id, TaskState.Running);
            return;
        }
        if (!_moms.TryGetValue(executor.Id, out var mom))
        {
            _moms[executor.Id] = mom = new BenchMom(bench, this, executor.Id);
            _executors[executor.Id] = (framework, executor);
        }
        mom.Launch(spec);
    }
}
