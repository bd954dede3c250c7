using System.Globalization;
using System.Text;
using Agora.Sdk;
using Agora.Simulation;
using Agora.Torque.Jobs.Wire;
using Agora.Torque.Server.Nodes;
using Agora.Torque.Server.Queue;
using Agora.Torque.Server.Service;

namespace Agora.Workloads.Simulated.Torque;

/// <summary>
/// The real batch server with its queue in virtual time: its disk takes no time, its moms only let jobs take theirs.
/// </summary>
internal sealed class TorqueInstance : IScheduler
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(2), Linger = TimeSpan.FromSeconds(5);

    private static readonly Caller User = new(1000, "user", "users", "/home/user", IsRoot: false, "server");

    private readonly World _world;
    private readonly JobQueue _queue;
    private readonly BatchServer _server;
    private readonly SimScheduler _host;
    private readonly Dictionary<string, SimMom> _moms = [];
    private long _unique;

    public TorqueInstance(World world, FrameworkInfo framework)
    {
        _world = world;
        _queue = new JobQueue(new JobQueueOptions("server", nodes => _server!.IsFeasible(nodes))
        {
            TimeZone = TimeZoneInfo.Utc,
            ProcessId = 1,
            NewToken = () => "token",
        }, null, world.Events.Now);
        _server = new BatchServer(_queue, new NodePoolOptions(framework, ["mom"], new MomWelcome("", "", "server", 1, "token", "server"),
            Linger, SlotsMin: 0, () => $"u{++_unique}"), new Random((int)(world.Dice.Next() >> 1)));
        _host = world.AddScheduler(this);
    }

    /// <summary>When each job's end was known to the server.</summary>
    public Dictionary<string, DateTimeOffset> Ended { get; } = [];

    /// <summary>When each job began to run on its nodes.</summary>
    public Dictionary<string, DateTimeOffset> Began { get; } = [];

    /// <summary>Tasks are slots held on a node, for one job or several.</summary>
    public OfferCounts Counts { get; private set; }

    public SchedulerCall.Subscribe Subscription => _server.Subscription;

    public DateTimeOffset? NextDeadline => _server.NextDeadline;

    public void Start()
    {
        _host.Start();
        Poll();
    }

    /// <summary>What <c>qsub -l procs=SLOTS</c> does.</summary>
    /// <returns>The job's id.</returns>
    public string Submit(int slots, TimeSpan length)
    {
        var reply = _server.Handle(_world.Events.Now, User, new Request.Submit(null,
            [
                new("Job_Name", null, "job"),
                new("Resource_List", "procs", slots.ToString(CultureInfo.InvariantCulture)),
                new("Variable_List", null, "PBS_O_HOME=/home/user,PBS_O_WORKDIR=/home/user,PBS_O_HOST=server"),
            ],
            Encoding.ASCII.GetBytes(length.Ticks.ToString(CultureInfo.InvariantCulture))));
        if (reply.Id is not { } id)
            throw new WrongOutputException($"the batch server refused a job: {reply.Message ?? reply.Error.ToString()}");
        AfterStep();
        return id;
    }

    public ISimExecutor Mom(SimContainer container) => new SimMom(_world, this, container);

    public void Handle(DateTimeOffset now, SchedulerEvent e, ICollection<SchedulerCall> calls) =>
        Step(calls, made => _server.Handle(now, e, made));

    public void Tick(DateTimeOffset now, ICollection<SchedulerCall> calls) => Step(calls, made => _server.Tick(now, made));

    /// <returns>False if the server wants to know nothing of this mom.</returns>
    public bool Hello(SimMom mom, MomReport.Hello hello, string executor)
    {
        var isAccepted = _server.MomConnected(_world.Events.Now, hello, executor);
        if (isAccepted)
            _moms[hello.Node] = mom;
        AfterStep();
        return isAccepted;
    }

    public void Hear(SimMom mom, MomReport report)
    {
        if (_moms.GetValueOrDefault(mom.Node) != mom)
            return;
        if (report is MomReport.Started started)
            Began.TryAdd(started.JobId, _world.Events.Now);
        if (report is MomReport.Ended ended)
        {
            if (ended.ExitStatus != 0)
                throw new WrongOutputException($"job {ended.JobId} ended with {ended.ExitStatus}");
            Ended[ended.JobId] = _world.Events.Now;
        }
        _server.Handle(_world.Events.Now, mom.Node, report);
        AfterStep();
    }

    public void Gone(SimMom mom)
    {
        if (_moms.GetValueOrDefault(mom.Node) != mom)
            return;
        _moms.Remove(mom.Node);
        _server.MomDisconnected(mom.Node, mom.Executor);
        AfterStep();
    }

    /// <summary>The cluster's agents as the master lists them; the server asks from time to time.</summary>
    private void Poll()
    {
        _server.Learn(_world.Master.Machine!.Snapshot(withTasks: false).Agents);
        AfterStep();
        _world.Events.After(PollInterval, Poll);
    }

    private void Step(ICollection<SchedulerCall> calls, Action<ICollection<SchedulerCall>> step)
    {
        List<SchedulerCall> made = [];
        step(made);
        foreach (var call in made)
        {
            Counts = Counts.With(call);
            calls.Add(call);
        }
        CarryOut();
    }

    private void AfterStep()
    {
        CarryOut();
        _host.Nudge();
    }

    private void CarryOut()
    {
        // All of it is on the disk at once.
        _queue.TakeChanges();
        foreach (var effect in _server.TakeEffects())
        {
            var (node, order) = effect switch
            {
                ServerEffect.Order(var name, var what) => (name, what),
                ServerEffect.OfQueue(QueueEffect.Order(var name, var what)) => (name, what),
                _ => (null, null),
            };
            if (node is not null && _moms.GetValueOrDefault(node) is { } mom)
                _world.Events.After(_world.Network.Delay(), () => mom.Obey(order!));
        }
    }
}
