using Agora.Cluster;
using Agora.Cluster.Allocation;
using Xunit;

namespace Agora.Tests.Fast.Cluster;

/// <summary>
/// A master, a clock to advance and numbered connections. The master's invariants are checked after every event.
/// </summary>
internal sealed class MasterBench
{
    private readonly Dictionary<long, BenchScheduler> _schedulers = [];
    private readonly Dictionary<long, BenchAgent> _agents = [];
    private readonly Dictionary<long, string?> _answers = [];
    private long _connections, _requests;

    public MasterBench(MasterOptions? options = null, IAllocator? policy = null)
    {
        Options = options ?? new MasterOptions();
        Machine = new Master(Options, policy ?? new DrfAllocator(), Now);
    }

    public MasterOptions Options { get; private set; }
    public Master Machine { get; private set; }

    /// <summary>What the next leader finds stored.</summary>
    public Registry Registry { get; private set; } = Registry.Empty;

    /// <summary>What is asked for is stored when <see cref="Store"/> says so, not at once.</summary>
    public bool HoldsStores { get; set; }

    /// <summary>What waits to be stored.</summary>
    public MasterEffect.Store? Held { get; private set; }
    public DateTimeOffset Now { get; private set; } = DateTimeOffset.UnixEpoch;
    public ClusterSnapshot Snapshot => Machine.Snapshot(withTasks: true);

    public void Handle(MasterEvent e)
    {
        var pings = new List<(BenchAgent Agent, long Number)>();
        var beaten = new List<BenchScheduler>();
        MasterEffect.Store? store = null;
        foreach (var effect in Machine.Handle(Now, e).ToList())
        {
            switch (effect)
            {
                case MasterEffect.ToScheduler(var connection, var sent):
                    _schedulers[connection].Receive(sent);
                    if (sent is SchedulerEvent.Heartbeat && _schedulers[connection].AnswersHeartbeats)
                        beaten.Add(_schedulers[connection]);
                    break;
                case MasterEffect.ToAgent(var connection, var command):
                    _agents[connection].Inbox.Add(command);
                    if (command is AgentCommand.Ping(var number) && _agents[connection].AnswersPings)
                        pings.Add((_agents[connection], number));
                    break;
                case MasterEffect.Close(var connection):
                    if (_schedulers.TryGetValue(connection, out var scheduler))
                        scheduler.Closed = true;
                    else
                        _agents[connection].Closed = true;
                    break;
                case MasterEffect.Answer(var request, var refused): _answers.Add(request, refused); break;
                case MasterEffect.Store asked:
                    Assert.Null(store ?? Held);
                    store = asked;
                    break;
            }
        }
        Machine.CheckInvariants();
        Held = store ?? Held;
        if (!HoldsStores && store is not null)
            Store();
        foreach (var (agent, number) in pings)
            agent.Call(new AgentCall.Pong(number));
        foreach (var scheduler in beaten)
            scheduler.Call(new SchedulerCall.Pong());
    }

    /// <summary>Stores what waits for it, or fails to.</summary>
    /// <param name="heard">The master hears of it; else it is lost before.</param>
    public void Store(string? failed = null, bool heard = true)
    {
        var (number, registry) = Held!;
        Held = null;
        if (failed is null)
            Registry = registry;
        if (heard)
            Handle(new MasterEvent.Stored(number, failed));
    }

    /// <summary>The master is lost with all its connections; another leads, which has read what was stored.</summary>
    public void Failover()
    {
        Held = null;
        _schedulers.Clear();
        _agents.Clear();
        Options = Options with { Epoch = Options.Epoch + 1 };
        Machine = new Master(Options, new DrfAllocator(), Now, Registry);
        Machine.CheckInvariants();
    }

    /// <summary>Lets time pass; the master is woken whenever it asked to be.</summary>
    public void Advance(TimeSpan time)
    {
        var end = Now + time;
        for (var steps = 0; Machine.NextDeadline is { } due && due <= end; steps++)
        {
            Assert.True(steps < 100_000, $"a deadline at {due} is never met");
            Now = due > Now ? due : Now;
            Handle(new MasterEvent.Tick());
        }
        Now = end;
    }

    /// <summary>Long enough for one allocation pass.</summary>
    public void Pass() => Advance(Options.AllocationDelay);

    /// <summary>A new connection from which nothing has come yet.</summary>
    public BenchScheduler Connect()
    {
        var scheduler = new BenchScheduler(this, ++_connections);
        _schedulers.Add(scheduler.Connection, scheduler);
        return scheduler;
    }

    public BenchScheduler Subscribe(string name = "f", string role = "default", FrameworkId? id = null,
        TimeSpan failover = default, FrameworkCapabilities capabilities = FrameworkCapabilities.PartitionAware,
        bool suppressed = false, FrameworkFilters? filters = null, IReadOnlyList<Hint>? hints = null, bool standby = false)
    {
        var scheduler = Connect();
        scheduler.AnswersHeartbeats = standby;
        scheduler.Call(new SchedulerCall.Subscribe(new FrameworkInfo(id, name, Role: role, FailoverTimeout: failover,
            Capabilities: capabilities), suppressed, filters, hints, standby));
        return scheduler;
    }

    public BenchAgent ConnectAgent()
    {
        var agent = new BenchAgent(this, ++_connections);
        _agents.Add(agent.Connection, agent);
        return agent;
    }

    public BenchAgent Register(string hostname = "node1", string resources = "cpus:4;mem:1024", AgentId? id = null,
        IReadOnlyList<FrameworkInfo>? frameworks = null, IReadOnlyList<TaskReport>? tasks = null,
        IReadOnlyList<ExecutorReport>? executors = null, bool restarted = false, string instance = "")
    {
        var agent = ConnectAgent();
        agent.Call(new AgentCall.Register(new AgentInfo(id, hostname, hostname, 5051, Resources.Parse(resources),
            Attributes.Empty), frameworks ?? [], tasks ?? [], executors ?? [], restarted, instance));
        if (agent.Inbox.OfType<AgentCommand.Registered>().FirstOrDefault() is { } registered)
            agent.Id = registered.AgentId;
        return agent;
    }

    /// <summary>Orders something as an operator; null if it was done, else why not.</summary>
    public string? Order(OperatorCommand command)
    {
        var request = Ask(command);
        return _answers[request];
    }

    /// <summary>Orders something whose answer may come later.</summary>
    public long Ask(OperatorCommand command)
    {
        Handle(new MasterEvent.Ordered(++_requests, command));
        return _requests;
    }

    /// <summary>Null if there is no answer yet, else what it is, empty if the order was carried out.</summary>
    public string? AnswerTo(long request) => _answers.TryGetValue(request, out var refused) ? refused ?? "" : null;

    public AgentView View(BenchAgent agent) => Snapshot.Agents.Single(a => a.Info.Id == agent.Id);

    public FrameworkView View(BenchScheduler framework) => Snapshot.Frameworks.Single(f => f.Info.Id == framework.Id);

    /// <summary>The task as the master knows or remembers it.</summary>
    public TaskView? Task(string id) => Snapshot.Tasks.SingleOrDefault(t => t.Id.Value == id);

    /// <summary>All that is free, offered and used, and by whom; what a refused call must leave as it was.</summary>
    public string Books()
    {
        var snapshot = Snapshot;
        var lines = snapshot.Agents.Select(a => $"{a.Info.Id} {a.Condition} used [{a.Used}] offered [{a.Offered}] tasks {a.Tasks}")
            .Concat(snapshot.Frameworks.Select(f => $"{f.Info.Id} {f.Condition} used [{f.Used}] offered [{f.Offered}] " +
                $"demand [{f.Demand}] suppressed {f.Suppressed} tasks {f.RunningTasks}"))
            .Concat(snapshot.Tasks.Select(t => $"{t.Id} {t.State} on {t.AgentId}"))
            .Concat(snapshot.Offers.Select(o => $"{o.Id} [{o.Resources}] to {o.FrameworkId}"))
            .Concat(snapshot.Roles.Select(r => $"{r.Name} weight {r.Weight} guaranteed [{r.Guaranteed}] holds [{r.Held}]"));
        return string.Join('\n', lines);
    }
}

/// <summary>A scheduler's end of a connection.</summary>
internal sealed class BenchScheduler(MasterBench bench, long connection)
{
    private readonly SortedDictionary<OfferId, Offer> _offers = [];

    public long Connection { get; } = connection;
    public FrameworkId Id { get; private set; }
    public bool Closed { get; set; }

    /// <summary>As those do that would stand by.</summary>
    public bool AnswersHeartbeats { get; set; }
    public List<SchedulerEvent> Inbox { get; } = [];

    /// <summary>Offers it holds.</summary>
    public IReadOnlyCollection<Offer> Offers => _offers.Values;

    public void Receive(SchedulerEvent e)
    {
        Inbox.Add(e);
        switch (e)
        {
            case SchedulerEvent.Subscribed subscribed: Id = subscribed.FrameworkId; break;
            case SchedulerEvent.StandingBy standing: Id = standing.FrameworkId; break;
            case SchedulerEvent.Offers(var offers):
                foreach (var offer in offers)
                    _offers.Add(offer.Id, offer);
                break;
            case SchedulerEvent.Rescind(var ids):
                foreach (var id in ids)
                    _offers.Remove(id);
                break;
        }
    }

    public void Call(SchedulerCall call)
    {
        var answered = call switch
        {
            SchedulerCall.Accept accept => accept.Offers,
            SchedulerCall.Decline decline => decline.Offers,
            _ => [],
        };
        foreach (var id in answered)
            _offers.Remove(id);
        bench.Handle(new MasterEvent.SchedulerCalled(Connection, call));
    }

    /// <summary>Its connection breaks.</summary>
    public void Disconnect()
    {
        _offers.Clear();
        bench.Handle(new MasterEvent.SchedulerDisconnected(Connection));
    }

    /// <summary>The only offer it holds.</summary>
    public Offer Offer => Assert.Single(Offers);

    /// <summary>What it was told of the kind since it was last asked.</summary>
    public IReadOnlyList<T> Take<T>() where T : SchedulerEvent
    {
        var taken = Inbox.OfType<T>().ToList();
        Inbox.RemoveAll(e => e is T);
        return taken;
    }

    /// <summary>The one update it was told since it was last asked.</summary>
    public TaskStatus Update() => Assert.Single(Take<SchedulerEvent.Update>()).Status;

    /// <summary>The text of the one error it was told since it was last asked.</summary>
    public string Error(bool fatal = false)
    {
        var error = Assert.Single(Take<SchedulerEvent.Error>());
        Assert.Equal(fatal, error.Fatal);
        return error.Text;
    }

    public void Decline(Offer offer, TimeSpan? refuse = null, string reason = "") =>
        Call(new SchedulerCall.Decline([offer.Id], reason, refuse));

    public void Accept(Offer offer, params TaskSpec[] tasks) => Call(new SchedulerCall.Accept([offer.Id], tasks));

    /// <summary>Launches a command task on the only offer it holds.</summary>
    public TaskSpec Launch(string id, string resources = "cpus:1;mem:128", bool revocable = true)
    {
        var task = Tasks.Command(id, Offer, resources) with { Revocable = revocable };
        Accept(Offer, task);
        return task;
    }

    public void Acknowledge(TaskStatus status) =>
        Call(new SchedulerCall.Acknowledge(status.AgentId!.Value, status.TaskId, status.Sequence));

    public void Kill(string task) => Call(new SchedulerCall.Kill(new TaskId(task)));
}

/// <summary>An agent's end of a connection.</summary>
internal sealed class BenchAgent(MasterBench bench, long connection)
{
    public long Connection { get; } = connection;
    public AgentId Id { get; set; }
    public bool Closed { get; set; }
    public bool AnswersPings { get; set; } = true;
    public List<AgentCommand> Inbox { get; } = [];

    public void Call(AgentCall call) => bench.Handle(new MasterEvent.AgentCalled(Connection, call));

    public void Disconnect() => bench.Handle(new MasterEvent.AgentDisconnected(Connection));

    public void Report(BenchScheduler framework, string task, TaskState state, long sequence = 1, TaskState? latest = null) =>
        Call(new AgentCall.Update(framework.Id, new TaskStatus(new TaskId(task), state, StatusSource.Agent,
            StatusReason.None, "", bench.Now, Id, Sequence: sequence), latest ?? state));

    public IReadOnlyList<T> Take<T>() where T : AgentCommand
    {
        var taken = Inbox.OfType<T>().ToList();
        Inbox.RemoveAll(c => c is T);
        return taken;
    }

    /// <summary>Tasks it was told to run since it was last asked.</summary>
    public IReadOnlyList<string> Launched() => [.. Take<AgentCommand.RunTasks>().SelectMany(r => r.Tasks).Select(t => t.Id.Value)];
}

/// <summary>Tasks as tests launch them.</summary>
internal static class Tasks
{
    public static readonly ExecutorSpec Executor = new(new ExecutorId("executor"), "executor",
        new CommandSpec(["executor"]), Resources.Parse("cpus:0.5;mem:64"), TimeSpan.FromSeconds(5));

    public static TaskSpec Command(string id, Offer offer, string resources = "cpus:1;mem:128") =>
        Command(id, offer.AgentId, resources);

    public static TaskSpec Command(string id, AgentId agent, string resources = "cpus:1;mem:128") =>
        new(new TaskId(id), id, agent, Resources.Parse(resources), new CommandSpec(["true"]));

    public static TaskSpec OnExecutor(string id, AgentId agent, string resources = "cpus:1;mem:128") =>
        new(new TaskId(id), id, agent, Resources.Parse(resources), Executor: Executor);
}
