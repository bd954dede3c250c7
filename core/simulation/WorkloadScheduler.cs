using Agora.Sdk;

namespace Agora.Simulation;

/// <summary>How a simulated framework behaves.</summary>
/// <param name="Sizes">Task sizes it has.</param>
/// <param name="Tasks">Tasks it must bring to an end.</param>
/// <param name="OnExecutor">Runs them on one executor an agent instead of as commands.</param>
/// <param name="HoldChance">Part of offers it never answers.</param>
/// <param name="DeclineChance">Part of offers it declines though it could use them.</param>
/// <param name="KillChance">Part of tasks it kills before their time.</param>
/// <param name="FailChance">Part of tasks that exit with an error.</param>
/// <param name="Hints">Tells the master its task sizes.</param>
public sealed record Workload(
    string Name, string Role, IReadOnlyList<Resources> Sizes, int Tasks, TimeSpan Mean, bool OnExecutor,
    double HoldChance, double DeclineChance, double KillChance, double FailChance, bool Hints);

/// <summary>
/// A framework for the simulator: launches its tasks where they fit, runs again what was lost through no fault of its
/// own, and never takes a task for lost as long as it may run.
/// </summary>
public sealed class WorkloadScheduler : IScheduler
{
    private static readonly Resources ExecutorResources = Resources.Of(0.1m, 32);
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(90);

    private readonly World _world;
    private Workload _workload;
    private readonly Queue<Resources> _waiting = new();
    private readonly Dictionary<TaskId, Running> _running = [];
    private readonly PriorityQueue<TaskId, DateTimeOffset> _kills = new();
    private readonly Dictionary<TaskId, int> _exitCodes = [];
    private FrameworkId? _id;
    private int _launches;
    private bool _suppressed, _unsettled;
    private DateTimeOffset? _askDue;

    private sealed class Running
    {
        public required Resources Size { get; init; }
        public required AgentId Agent { get; init; }
    }

    public WorkloadScheduler(World world, Workload workload)
    {
        _world = world;
        _workload = workload;
        for (var i = 0; i < workload.Tasks; i++)
            _waiting.Enqueue(world.Dice.Of(workload.Sizes));
    }

    public bool IsDone => _waiting.Count == 0 && _running.Count == 0;
    public int TasksEnded { get; private set; }
    public Resources Held => _running.Values.Aggregate(Resources.Empty, (sum, r) => sum + r.Size);
    public string Name => _workload.Name;

    /// <summary>For reports.</summary>
    public string State => $"{_waiting.Count} tasks wait, {_running.Count} run ({string.Join(", ", _running.Keys.Take(3))})" +
        (_suppressed ? ", suppressed" : "");

    public SchedulerCall.Subscribe Subscription => new(new FrameworkInfo(_id, _workload.Name, Role: _workload.Role,
        FailoverTimeout: TimeSpan.FromHours(1)), _suppressed, Hints: CurrentHints);

    private IReadOnlyList<Hint> CurrentHints => _workload.Hints && _waiting.Count > 0
        ? [.. _workload.Sizes.Select(size => new Hint([], size, _waiting.Count, DateTimeOffset.MaxValue))] : [];

    /// <summary>It has subscribed, so that another process of it can take over.</summary>
    public bool IsKnown => _id is not null;

    /// <summary>Tasks it runs now.</summary>
    public int TasksRunning => _running.Count;
    public string Role => _workload.Role;

    /// <summary>From now on it has many tasks of one size, wants them all, and behaves.</summary>
    public void Want(int tasks, Resources size, TimeSpan mean)
    {
        _workload = _workload with
        {
            Sizes = [size],
            Mean = mean,
            OnExecutor = false,
            HoldChance = 0,
            DeclineChance = 0,
            KillChance = 0,
            FailChance = 0,
            Hints = true,
        };
        for (var i = 0; i < tasks; i++)
            _waiting.Enqueue(size);
        _unsettled = true;
    }

    /// <summary>What has not begun is called off.</summary>
    public void WantNoMore()
    {
        _waiting.Clear();
        _unsettled = true;
    }

    public DateTimeOffset? NextDeadline => _unsettled ? DateTimeOffset.MinValue :
        _kills.TryPeek(out _, out var kill) && (_askDue is null || kill < _askDue) ? kill : _askDue;

    public void Tick(DateTimeOffset now, ICollection<SchedulerCall> calls)
    {
        while (_kills.TryPeek(out var task, out var due) && due <= now)
        {
            _kills.Dequeue();
            if (!_running.ContainsKey(task))
                continue;
            _world.Checker.MayBeKilled(task);
            calls.Add(new SchedulerCall.Kill(task));
        }
        if (_askDue <= now)
            Ask(now, calls);
        if (_unsettled)
            Settle(calls);
        _unsettled = false;
    }

    /// <summary>Asks about all it believes to run, and goes on asking while there is any.</summary>
    private void Ask(DateTimeOffset now, ICollection<SchedulerCall> calls)
    {
        _askDue = _running.Count > 0 ? now + AskAgain : null;
        if (_running.Count > 0)
            calls.Add(new SchedulerCall.Reconcile([.. _running.Select(r => new TaskReference(r.Key, r.Value.Agent))]));
    }

    public void Handle(DateTimeOffset now, SchedulerEvent e, ICollection<SchedulerCall> calls)
    {
        switch (e)
        {
            case SchedulerEvent.Subscribed(var id, _, _, _):
                _id = id;
                Ask(now, calls);
                break;
            case SchedulerEvent.Offers(var offers):
                foreach (var offer in offers)
                    Answer(now, offer, calls);
                break;
            case SchedulerEvent.Update(var status): Updated(now, status, calls); break;
        }
    }

    private void Answer(DateTimeOffset now, Offer offer, ICollection<SchedulerCall> calls)
    {
        if (_world.Dice.Chance(_workload.HoldChance))
            return;
        var tasks = new List<TaskSpec>();
        var left = offer.Resources;
        var hasExecutor = offer.Executors.Count > 0;
        while (!_world.Dice.Chance(_workload.DeclineChance) && _waiting.TryPeek(out var size))
        {
            var needed = _workload.OnExecutor && !hasExecutor ? size + ExecutorResources : size;
            if (!left.Contains(needed))
                break;
            left -= needed;
            hasExecutor = true;
            _waiting.Dequeue();
            tasks.Add(NewTask(now, offer, size));
        }
        if (tasks.Count == 0)
            calls.Add(new SchedulerCall.Decline([offer.Id], _waiting.Count == 0 ? "nothing to run" : "not this one"));
        else
            calls.Add(new SchedulerCall.Accept([offer.Id], tasks));
        Settle(calls);
        _askDue ??= now + AskAgain;
    }

    private TaskSpec NewTask(DateTimeOffset now, Offer offer, Resources size)
    {
        var dice = _world.Dice;
        var id = new TaskId($"{_workload.Name}-{++_launches}");
        var body = new TaskBody(dice.Normal(_workload.Mean, _workload.Mean / 3, TimeSpan.FromMilliseconds(5)),
            dice.Chance(_workload.FailChance) ? 1 : 0);
        _running.Add(id, new Running { Size = size, Agent = offer.AgentId });
        _exitCodes.Add(id, body.ExitCode);
        if (dice.Chance(_workload.KillChance))
            _kills.Enqueue(id, now + body.Duration * dice.Unit());
        if (!_workload.OnExecutor)
            return new TaskSpec(id, id.Value, offer.AgentId, size, new CommandSpec(body.Words));
        var executor = new ExecutorSpec(new ExecutorId("executor"), "executor", new CommandSpec(["executor"]),
            ExecutorResources, TimeSpan.FromSeconds(1));
        return new TaskSpec(id, id.Value, offer.AgentId, size, Executor: executor,
            Data: System.Text.Encoding.UTF8.GetBytes(string.Join(' ', body.Words)));
    }

    private void Updated(DateTimeOffset now, TaskStatus status, ICollection<SchedulerCall> calls)
    {
        _world.Checker.Told(this, _id!.Value, status, _exitCodes.GetValueOrDefault(status.TaskId));
        if (!_running.TryGetValue(status.TaskId, out var task))
        {
            // It was given up for lost and is not: it must not run beside its successor.
            if (!status.State.IsTerminal() && status.State is not TaskState.Unknown and not TaskState.Unreachable)
            {
                _world.Checker.MayBeKilled(status.TaskId);
                calls.Add(new SchedulerCall.Kill(status.TaskId, status.AgentId));
            }
            return;
        }
        if (status.State == TaskState.Unknown)
        {
            _world.Checker.GivenUp(_id.Value, status.TaskId);
            RunAgain(status.TaskId, task, calls);
            return;
        }
        if (!status.State.IsTerminal())
            return;
        if (status.State is TaskState.Finished or TaskState.Killed ||
            status.State == TaskState.Failed && status.Reason is StatusReason.CommandFailed or StatusReason.None)
        {
            _running.Remove(status.TaskId);
            TasksEnded++;
            Settle(calls);
        }
        else
        {
            RunAgain(status.TaskId, task, calls);
        }
    }

    private void RunAgain(TaskId id, Running task, ICollection<SchedulerCall> calls)
    {
        _running.Remove(id);
        _waiting.Enqueue(task.Size);
        Settle(calls);
    }

    /// <summary>Wants offers while something waits, and none otherwise (the paper's setNeedsOffers).</summary>
    private void Settle(ICollection<SchedulerCall> calls)
    {
        var idle = _waiting.Count == 0;
        if (idle == _suppressed)
            return;
        _suppressed = idle;
        calls.Add(idle ? new SchedulerCall.Suppress() : new SchedulerCall.Revive());
        if (_workload.Hints)
            calls.Add(new SchedulerCall.UpdateHints(CurrentHints));
    }
}
