using Agora.Cluster;
using Agora.Cluster.Allocation;

namespace Agora.Simulation;

/// <summary>A simulated cluster: virtual time, a network, masters, agents and schedulers, and what is checked of them.</summary>
public sealed class World
{
    private long _executorConnections;

    /// <param name="masters">One is alone; several elect a leader.</param>
    /// <param name="lease">Of each master, where they are several.</param>
    public World(ulong seed, MasterOptions options, Func<IAllocator>? allocator = null, int masters = 1, TimeSpan lease = default)
    {
        Dice = new Dice(seed);
        Events = new EventQueue();
        Network = new Network(Events, Dice);
        Checker = new Checker(this);
        Masters = [.. Enumerable.Range(1, masters).Select(i =>
            new SimMaster(this, i == 1 ? SimMaster.Host : $"{SimMaster.Host}{i}", options, allocator ?? (() => new DrfAllocator())))];
        Election = masters > 1 ? new SimElection(this, lease) : null;
    }

    public EventQueue Events { get; }
    public Dice Dice { get; }
    public Network Network { get; }
    public Checker Checker { get; }
    public IReadOnlyList<SimMaster> Masters { get; }

    /// <summary>The one that leads, of several the newest; the first if none does.</summary>
    public SimMaster Master => Masters.Count == 1 ? Masters[0] : Masters.Where(m => m.Machine is not null).MaxBy(m => m.Epoch) ?? Masters[0];

    /// <summary>Null for a master that is alone.</summary>
    public SimElection? Election { get; }

    /// <summary>What operators have decided, as it is stored where the next leader finds it.</summary>
    public Registry Registry { get; internal set; } = Registry.Empty;

    /// <summary>Agents and schedulers know all masters and try one after the other, in place of asking the election who leads.</summary>
    public bool FindsByList { get; init; }

    public List<SimAgent> Agents { get; } = [];
    public List<SimScheduler> Schedulers { get; } = [];

    /// <summary>
    /// Checks all that the master holds after each of its events. Not for large clusters, where one check takes longer than
    /// the event.
    /// </summary>
    public bool ChecksMaster { get; init; } = true;

    /// <summary>What lies between the machines and their hosts; with a fault in it, to see that the checks find it.</summary>
    public Edges Edges { get; init; } = new();

    /// <summary>Told all that is said and done, a line at a time; null for nobody.</summary>
    public Action<string>? Trace { get; set; }

    /// <summary>
    /// What the master is taken to need for each thing it handles; what comes meanwhile waits its turn. Zero for none.
    /// </summary>
    public TimeSpan MasterServiceTime { get; init; }

    /// <summary>How the master is given an event; to be replaced by who wants to see or to time that.</summary>
    public Func<Master, DateTimeOffset, MasterEvent, IReadOnlyList<MasterEffect>> MasterStep { get; init; } =
        (master, now, e) => master.Handle(now, e);

    /// <summary>How long a command runs, and what it exits with; as a rule its arguments say so.</summary>
    public Func<CommandSpec, TaskBody> Commands { get; init; } = command => TaskBody.Parse(command.Arguments);

    /// <summary>Makes the executor that runs in a container; null, itself or what it gives, for one that only passes time.</summary>
    public Func<SimContainer, ISimExecutor?>? Executors { get; init; }

    public SimAgent AddAgent(string hostname, Resources resources, string rack, AgentOptions? options = null)
    {
        // Ports too: what belongs to one agent must not get mixed up with another's.
        resources += Resources.Parse("ports:[31000-31999]");
        var agent = new SimAgent(this,
            new AgentInfo(null, hostname, hostname, 1, resources, Attributes.Parse($"rack:{rack}")), options ?? new AgentOptions());
        Agents.Add(agent);
        return agent;
    }

    /// <param name="isWatchedOver">It is started anew when a master has ended it.</param>
    public SimScheduler AddScheduler(Sdk.IScheduler scheduler, bool isWatchedOver = false)
    {
        var added = new SimScheduler(this, $"scheduler{Schedulers.Count + 1}", scheduler) { IsWatchedOver = isWatchedOver };
        Schedulers.Add(added);
        return added;
    }

    /// <summary>Runs until the virtual time, or until the condition holds.</summary>
    /// <returns>False if the time ran out.</returns>
    public bool Run(TimeSpan time, Func<bool>? until = null)
    {
        var end = Events.Now + time;
        while (until is null || !until())
        {
            if (!Events.Step(end))
                return until is null;
        }
        return true;
    }

    /// <summary>Runs until the condition holds, looking at it now and then.</summary>
    /// <returns>False if the time ran out.</returns>
    public bool RunUntil(TimeSpan time, TimeSpan every, Func<bool> holds)
    {
        for (var end = Events.Now + time; !holds(); Run(every))
            if (Events.Now >= end)
                return false;
        return true;
    }

    /// <summary>An operator gives the leader an order; lost if nobody leads, or the leader stands still.</summary>
    internal void Order(OperatorCommand order)
    {
        if (!Master.IsStopped)
            Master.Handle(new MasterEvent.Ordered(0, order));
    }

    internal void Tell(string who, string what) => Trace?.Invoke($"{Events.Now - EventQueue.Start:hh\\:mm\\:ss\\.fff} {who}: {what}");

    internal long NewExecutorConnection() => ++_executorConnections;

    /// <summary>The election has another leader: those that watch it hear so, each after a time.</summary>
    internal void TellLeader(SimMaster leader)
    {
        if (FindsByList)
            return;
        foreach (var agent in Agents)
            Network.Carry(SimElection.Host, agent.Host, Network.Delay(), () => agent.LeaderIs(leader));
        foreach (var scheduler in Schedulers)
            Network.Carry(SimElection.Host, scheduler.Host, Network.Delay(), () => scheduler.LeaderIs(leader));
    }
}
