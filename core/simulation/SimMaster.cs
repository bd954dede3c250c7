using Agora.Cluster;
using Agora.Cluster.Allocation;
using AgentStream = Agora.Simulation.SimStream<Agora.AgentCall, Agora.AgentCommand>;
using SchedulerStream = Agora.Simulation.SimStream<Agora.SchedulerCall, Agora.SchedulerEvent>;

namespace Agora.Simulation;

/// <summary>Lets a <see cref="Master"/> live in virtual time; it can crash, and come back as the next leader.</summary>
public sealed class SimMaster(World world, MasterOptions options, Func<IAllocator> allocator)
{
    public const string Host = "master";

    private readonly Dictionary<long, AgentStream> _agents = [];
    private readonly Dictionary<long, SchedulerStream> _schedulers = [];
    private long _lastConnection;
    private readonly Alarm _alarm = new(world.Events);

    /// <summary>When it has done all that has come so far.</summary>
    private DateTimeOffset _free;

    /// <summary>Null while it is down.</summary>
    public Master? Machine { get; private set; }
    public long Epoch { get; private set; }

    /// <summary>What the next leader finds stored.</summary>
    public Registry Registry { get; private set; } = Registry.Empty;

    public void Start()
    {
        _alarm.Reset();
        Machine = new Master(options with { Epoch = ++Epoch }, allocator(), world.Events.Now, Registry);
        Wake();
    }

    public void Crash()
    {
        Machine = null;
        foreach (var stream in _agents.Values)
            stream.Break();
        foreach (var stream in _schedulers.Values)
            stream.Break();
        _agents.Clear();
        _schedulers.Clear();
    }

    public AgentStream ConnectAgent(string host, Action<AgentCommand> atClient, Action closed)
    {
        var number = ++_lastConnection;
        var stream = new AgentStream(world.Network, world.Events, host, Host)
        {
            AtServer = call => Serve(new MasterEvent.AgentCalled(number, call)),
            ServerClosed = () => Closed(_agents, number, new MasterEvent.AgentDisconnected(number)),
            AtClient = atClient,
            ClientClosed = closed,
        };
        _agents.Add(number, stream);
        return stream;
    }

    public SchedulerStream ConnectScheduler(string host, Action<SchedulerEvent> atClient, Action closed)
    {
        var number = ++_lastConnection;
        var stream = new SchedulerStream(world.Network, world.Events, host, Host)
        {
            AtServer = call => Serve(new MasterEvent.SchedulerCalled(number, call)),
            ServerClosed = () => Closed(_schedulers, number, new MasterEvent.SchedulerDisconnected(number)),
            AtClient = atClient,
            ClientClosed = closed,
        };
        _schedulers.Add(number, stream);
        return stream;
    }

    private void Closed<T>(Dictionary<long, T> streams, long number, MasterEvent e)
    {
        if (streams.Remove(number))
            Serve(e);
    }

    /// <summary>Handles an event once those before it have had their time.</summary>
    private void Serve(MasterEvent e)
    {
        if (world.MasterServiceTime == TimeSpan.Zero)
        {
            Handle(e);
            return;
        }
        var epoch = Epoch;
        world.Events.At(Occupy(), () =>
        {
            if (epoch == Epoch)
                Handle(e);
        });
    }

    /// <summary>Takes the master's time for one thing.</summary>
    /// <returns>When it is done.</returns>
    private DateTimeOffset Occupy()
    {
        _free = (_free > world.Events.Now ? _free : world.Events.Now) + world.MasterServiceTime;
        return _free;
    }

    /// <summary>Feeds the machine, carries out what it answers and has the invariants checked.</summary>
    public void Handle(MasterEvent e)
    {
        if (Machine is not { } machine)
            return;
        long? stored = null;
        // The list is the machine's own, and closing a stream may come back here.
        foreach (var effect in world.MasterStep(machine, world.Events.Now, e).ToList())
        {
            switch (effect)
            {
                case MasterEffect.ToAgent(var connection, var command):
                    _agents.GetValueOrDefault(connection)?.SendDown(command);
                    break;
                case MasterEffect.ToScheduler(var connection, var sent):
                    _schedulers.GetValueOrDefault(connection)?.SendDown(sent);
                    break;
                case MasterEffect.Close(var connection):
                    if (_agents.Remove(connection, out var agent))
                        agent.CloseServer();
                    else if (_schedulers.Remove(connection, out var scheduler))
                        scheduler.CloseServer();
                    break;
                case MasterEffect.Store(var number, var registry):
                    Registry = registry;
                    stored = number;
                    break;
            }
        }
        if (stored is { } done)
        {
            Handle(new MasterEvent.Stored(done, null));
            return;
        }
        world.Checker.MasterHandled(machine);
        Wake();
    }

    private void Wake() => _alarm.Set(Machine?.NextDeadline, () =>
    {
        Occupy();
        Handle(new MasterEvent.Tick());
    });
}
