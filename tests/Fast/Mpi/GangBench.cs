using System.Text.Json;
using Agora.Mpi.Scheduling;
using Agora.Tests.Fast.Cluster;
using Xunit;

namespace Agora.Tests.Fast.Mpi;

/// <summary>Gangs on the real master, in virtual time; agents start what they are told to and are ready at once.</summary>
internal sealed class GangBench
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private readonly List<BenchAgent> _agents = [];
    private readonly List<Gang> _gangs = [];

    public MasterBench Master { get; } = new();

    /// <summary>One job's scheduler and its connection.</summary>
    internal sealed class Gang
    {
        public required string Name { get; init; }
        public required GangScheduler Scheduler { get; init; }
        public required BenchScheduler Connection { get; init; }
        public List<GangEvent> Told { get; init; } = [];

        /// <summary>Where it runs; null before.</summary>
        public IReadOnlyList<GangHost>? Hosts => Told.OfType<GangEvent.Ready>().SingleOrDefault()?.Hosts;
    }

    public BenchAgent Agent(string name, string resources = "cpus:4;mem:4096")
    {
        var agent = Master.Register(name, resources);
        _agents.Add(agent);
        return agent;
    }

    public Gang Start(string name, int slots, Mapping mapping = Mapping.Slot, int seed = 1, double waitSeconds = 600,
        IReadOnlyList<string>? onlyHosts = null)
    {
        var told = new List<GangEvent>();
        var request = new GangRequest(name, "ann", "default", slots, Resources.Of(1, 256), mapping, onlyHosts,
            TimeSpan.FromSeconds(waitSeconds), ["agora-mpi", "host"], "token");
        var scheduler = new GangScheduler(request, new Random(seed), told.Add);
        var connection = Master.Connect();
        var gang = new Gang { Name = name, Scheduler = scheduler, Connection = connection, Told = told };
        _gangs.Add(gang);
        connection.Call(scheduler.Subscription);
        return gang;
    }

    /// <summary>The job is done: the framework ends.</summary>
    public void End(Gang gang)
    {
        gang.Connection.Call(new SchedulerCall.Teardown());
        _gangs.Remove(gang);
        Settle();
    }

    public void Advance(double seconds)
    {
        for (var end = Master.Now + TimeSpan.FromSeconds(seconds); Master.Now < end;)
        {
            Master.Advance(Step);
            Settle();
        }
    }

    /// <summary>Lets time pass until it is so; false if it is not within the given time.</summary>
    public bool AdvanceUntil(Func<bool> isSo, double seconds)
    {
        for (var end = Master.Now + TimeSpan.FromSeconds(seconds); !isSo() && Master.Now < end;)
            Advance(Step.TotalSeconds);
        return isSo();
    }

    private void Settle()
    {
        for (var busy = true; busy;)
        {
            busy = false;
            foreach (var gang in _gangs)
                busy |= Serve(gang);
            foreach (var agent in _agents)
                busy |= Serve(agent);
        }
    }

    private bool Serve(Gang gang)
    {
        var calls = new List<SchedulerCall>();
        var heard = gang.Connection.Take<SchedulerEvent>();
        foreach (var e in heard)
        {
            gang.Scheduler.Handle(Master.Now, e, calls);
            if (e is SchedulerEvent.Update({ Sequence: > 0 } status))
                gang.Connection.Acknowledge(status);
        }
        if (gang.Scheduler.NextDeadline <= Master.Now)
            gang.Scheduler.Tick(Master.Now, calls);
        foreach (var call in calls)
            gang.Connection.Call(call);
        return heard.Count > 0 || calls.Count > 0;
    }

    private bool Serve(BenchAgent agent)
    {
        var runs = agent.Take<AgentCommand.RunTasks>();
        foreach (var (run, task) in runs.SelectMany(r => r.Tasks.Select(t => (r, t))))
        {
            var framework = _gangs.Single(g => g.Connection.Id == run.Framework.Id).Connection;
            Assert.NotNull(task.Executor);
            agent.Call(new AgentCall.Update(framework.Id, new TaskStatus(task.Id, TaskState.Running, StatusSource.Executor,
                StatusReason.None, "", Master.Now, agent.Id, Sequence: 1,
                Data: JsonSerializer.SerializeToUtf8Bytes(new HostReady(4000), MpiJson.Default.HostReady)), TaskState.Running));
        }
        return runs.Count > 0;
    }
}
