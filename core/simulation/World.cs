using Agora.Cluster;
using Agora.Cluster.Allocation;

namespace Agora.Simulation;

/// <summary>A simulated cluster: virtual time, a network, a master, agents and schedulers, and what is checked of them.</summary>
public sealed class World
{
    private long _executorConnections;

    public World(ulong seed, MasterOptions options, Func<IAllocator>? allocator = null)
    {
        Dice = new Dice(seed);
        Events = new EventQueue();
        Network = new Network(Events, Dice);
        Checker = new Checker(this);
        Master = new SimMaster(this, options, allocator ?? (() => new DrfAllocator()));
    }

    public EventQueue Events { get; }
    public Dice Dice { get; }
    public Network Network { get; }
    public Checker Checker { get; }
    public SimMaster Master { get; }
    public List<SimAgent> Agents { get; } = [];
    public List<SimScheduler> Schedulers { get; } = [];

    /// <summary>
    /// Checks all that the master holds after each of its events. Not for large clusters, where one check takes longer than
    /// the event.
    /// </summary>
    public bool ChecksMaster { get; init; } = true;

    /// <summary>
    /// What the master is taken to need for each thing it handles; what comes meanwhile waits its turn. Zero for none.
    /// </summary>
    public TimeSpan MasterServiceTime { get; init; }

    /// <summary>How the master is given an event; to be replaced by who wants to see or to time that.</summary>
    public Func<Master, DateTimeOffset, MasterEvent, IReadOnlyList<MasterEffect>> MasterStep { get; init; } =
        (master, now, e) => master.Handle(now, e);

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

    public SimScheduler AddScheduler(Sdk.IScheduler scheduler)
    {
        var added = new SimScheduler(this, $"scheduler{Schedulers.Count + 1}", scheduler);
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

    internal long NewExecutorConnection() => ++_executorConnections;
}
