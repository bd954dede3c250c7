using System.Text;
using Agora.Sdk;
using Agora.Tests.Fast.Cluster;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;
using Agora.Torque.Server.Nodes;
using Agora.Torque.Server.Queue;
using Agora.Torque.Server.Service;
using Xunit;

namespace Agora.Tests.Fast.Torque;

/// <summary>
/// A batch server with a disk of memory, its session with the master, and the moms that are connected; as the program
/// wires them, without the wires.
/// </summary>
internal sealed class BenchServer
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(2);

    private readonly BatchServerBench _bench;
    private readonly int _seed, _slotsMin, _lingerSeconds;
    private readonly MemoryStore _store = new();
    private readonly Dictionary<string, MomLink> _links = [];
    private readonly HashSet<MomLink> _open = [];
    private SchedulerSession _session = null!;
    private long _number;
    private DateTimeOffset _pollAt;
    private (QueueChanges Changes, IReadOnlyList<ServerEffect> Effects, DateTimeOffset At)? _writing;
    private int _lives;
    private static int s_unique;

    public BenchServer(BatchServerBench bench, string name, string role, int seed, int slotsMin, int lingerSeconds)
    {
        (_bench, Name, Role, _seed, _slotsMin, _lingerSeconds) = (bench, name, role, seed, slotsMin, lingerSeconds);
        Start();
        // Whoever looks later sees the ends of all.
        Ask(new Request.Manage(ManageVerb.Set, StatusOf.Server, "", [new AttributeChange("keep_completed", null, "1000000", "=")]), "root");
    }

    public string Name { get; }
    public string Role { get; }
    public FrameworkId Id => new($"{Name}-framework");
    public JobQueue Queue { get; private set; } = null!;
    public BatchServer Server { get; private set; } = null!;
    public BenchScheduler? Connection { get; private set; }
    public bool IsAlive { get; private set; }

    /// <summary>How often the server has been woken by its own deadline.</summary>
    public int Ticks { get; private set; }

    /// <summary>How long a change takes to get on disk.</summary>
    public TimeSpan DiskTime { get; set; }

    /// <summary>When a job's script began, by job and run.</summary>
    public List<(string Job, int Run, DateTimeOffset At)> Starts { get; } = [];

    /// <summary>All lines of accounting that are on disk.</summary>
    public List<string> Accounting { get; } = [];

    public DateTimeOffset? NextDeadline
    {
        get
        {
            if (!IsAlive)
                return null;
            DateTimeOffset? next = _pollAt;
            foreach (var at in (DateTimeOffset?[])[_session.NextDeadline, _writing?.At])
                next = at is null || at >= next ? next : at;
            return next;
        }
    }

    public void Start()
    {
        IsAlive = true;
        Queue = new JobQueue(new JobQueueOptions(Name, nodes => Server.IsFeasible(nodes)) { TimeZone = TimeZoneInfo.Utc, ProcessId = 1 },
            _store.State, _bench.Now);
        Server = new BatchServer(Queue, new NodePoolOptions(
            new FrameworkInfo(Id, Name, Role: Role, FailoverTimeout: TimeSpan.FromDays(7)), ["mom"],
            new MomWelcome("", "", "host", 1, "token", Name), TimeSpan.FromSeconds(_lingerSeconds), _slotsMin, () => $"u{++s_unique}"),
            new Random(_seed + 1000 * _lives++));
        _session = new SchedulerSession(Server, new Random(_seed).NextDouble);
        _pollAt = _bench.Now;
    }

    /// <summary>kill -9: what is not on disk is lost, and all connections.</summary>
    public void Kill()
    {
        IsAlive = false;
        _writing = null;
        Disconnect();
        foreach (var link in _open.ToList())
            link.Close();
    }

    public void Disconnect()
    {
        Connection?.Disconnect();
        Connection = null;
    }

    /// <summary>The master is gone without a word.</summary>
    public void Orphan()
    {
        if (Connection is null)
            return;
        Connection = null;
        Input(new SessionInput.Disconnected(_number, "the master is gone"));
    }

    public void DropLink(string node) => _links.GetValueOrDefault(node)?.Close();

    public MomLink Accept(BenchMom mom)
    {
        var link = new MomLink(this, mom, _bench.Latency);
        _open.Add(link);
        return link;
    }

    public void Hear(MomLink link, MomReport report)
    {
        if (!IsAlive)
            return;
        if (report is MomReport.Hello hello)
        {
            var isAccepted = Server.MomConnected(_bench.Now, hello, hello.Token[(hello.Token.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
            if (isAccepted)
                _links[hello.Node] = link;
            AfterStep();
            if (!isAccepted)
                link.Close();
        }
        else
        {
            Server.Handle(_bench.Now, link.Mom.Node, report);
            AfterStep();
        }
    }

    public void Closed(MomLink link)
    {
        _open.Remove(link);
        if (!IsAlive)
        {
            _links.Clear();
            return;
        }
        if (_links.GetValueOrDefault(link.Mom.Node) != link)
            return;
        _links.Remove(link.Mom.Node);
        Server.MomDisconnected(link.Mom.Node, link.Mom.Executor.ToString());
        AfterStep();
    }

    /// <summary>The reply comes when all is on disk.</summary>
    public Reply Ask(Request request, string user = "alice")
    {
        var reply = Server.Handle(_bench.Now, user == "root" ? QueueHarness.Root : QueueHarness.User(user), request);
        AfterStep();
        while (_writing is not null)
            Commit();
        return reply;
    }

    /// <summary>Submits a job that runs for so long, and wants it to be taken.</summary>
    /// <param name="attributes">Such as <c>Priority=3</c>.</param>
    public string Submit(string nodes, double seconds, int? walltime = null, string user = "alice", string? array = null, int exit = 0,
        params string[] attributes)
    {
        var reply = Ask(Submission(nodes, seconds, walltime, array, exit, attributes), user);
        Assert.Equal((PbsError.None, null), (reply.Error, reply.Message));
        return reply.Id!;
    }

    public static Request.Submit Submission(string nodes, double seconds, int? walltime, string? array, int exit, params string[] attributes) =>
        new(null,
            [
                new("Job_Name", null, "job"),
                .. attributes.Select(QueueHarness.Attribute),
                new("Resource_List", "nodes", nodes),
                .. walltime is { } most ? (JobAttribute[])[new("Resource_List", "walltime", $"{most}")] : [],
                new("Variable_List", null, "PBS_O_HOME=/home/alice,PBS_O_WORKDIR=/home/alice,PBS_O_HOST=vm"),
            ],
            Encoding.ASCII.GetBytes(FormattableString.Invariant($"run {seconds} {exit}")), array);

    public IReadOnlyList<StatusRecord> Jobs => Ask(new Request.Status(StatusOf.Jobs, [], [], true), "root").Records!;

    public IReadOnlyList<StatusRecord> Nodes => Ask(new Request.Status(StatusOf.Nodes, [], [])).Records!;

    public StatusRecord Show(string id) => Assert.Single(Ask(new Request.Status(StatusOf.Jobs, [id], []), "root").Records!);

    public string? State(string id) => Show(id)["job_state"];

    public string? Comment(string id) => Show(id)["comment"];

    /// <summary>When its script first began; null before.</summary>
    public DateTimeOffset? Began(string id) => Starts.Where(s => s.Job == id).Select(s => (DateTimeOffset?)s.At).FirstOrDefault();

    /// <summary>Processors that the master says are held for it, moms left out.</summary>
    public Resources Held => _bench.Master.Snapshot.Frameworks.SingleOrDefault(f => f.Info.Id == Id)?.Used ?? Resources.Empty;

    public bool Tick()
    {
        if (!IsAlive)
            return false;
        var now = _bench.Now;
        var isBusy = false;
        if (_writing is { At: var at } && at <= now)
        {
            Commit();
            isBusy = true;
        }
        if (now >= _pollAt && !_bench.IsMasterDown)
        {
            Server.Learn(_bench.Master.Snapshot.Agents);
            _pollAt = now + PollInterval;
        }
        else if (now >= _pollAt)
        {
            _pollAt = now + PollInterval;
        }
        if (Connection is { Closed: true })
            Orphan();
        while (Connection is { Inbox.Count: > 0 })
        {
            SchedulerEvent[] events = [.. Connection.Inbox];
            Connection.Inbox.Clear();
            foreach (var e in events)
                Input(new SessionInput.FromMaster(_number, e));
            isBusy = true;
        }
        if (_session.NextDeadline <= now)
        {
            Ticks++;
            Input(new SessionInput.Tick());
        }
        return isBusy;
    }

    private void Input(SessionInput input)
    {
        foreach (var output in _session.Handle(_bench.Now, input))
        {
            switch (output)
            {
                case SessionOutput.Connect(var number):
                    _number = number;
                    if (_bench.IsMasterDown)
                    {
                        Input(new SessionInput.Disconnected(number, "no master"));
                        break;
                    }
                    Connection = _bench.Master.Connect();
                    Input(new SessionInput.Connected(number));
                    break;
                case SessionOutput.Send(var call): Connection?.Call(call); break;
                case SessionOutput.Close: Disconnect(); break;
                case SessionOutput.Ended(var error): Assert.Fail($"the master has ended {Name}: {error}"); break;
            }
        }
        AfterStep();
    }

    private void AfterStep()
    {
        if (_writing is not null)
            return;
        var effects = Server.TakeEffects();
        var changes = Queue.TakeChanges();
        if (changes.IsEmpty && effects.Count == 0)
            return;
        _writing = (changes, effects, _bench.Now + DiskTime);
        if (DiskTime == TimeSpan.Zero)
            Commit();
    }

    private void Commit()
    {
        var (changes, effects, _) = _writing!.Value;
        _writing = null;
        _store.Save(changes);
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case ServerEffect.Order(var node, var order): _links.GetValueOrDefault(node)?.Send(_bench.Now, order); break;
                case ServerEffect.OfQueue(QueueEffect.Order(var node, var order)): _links.GetValueOrDefault(node)?.Send(_bench.Now, order); break;
                case ServerEffect.OfQueue(QueueEffect.Account(_, var line)): Accounting.Add(line); break;
            }
        }
        AfterStep();
    }
}
