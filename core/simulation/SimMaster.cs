using Agora.Cluster;
using Agora.Cluster.Allocation;
using AgentStream = Agora.Simulation.SimStream<Agora.AgentCall, Agora.AgentCommand>;
using SchedulerStream = Agora.Simulation.SimStream<Agora.SchedulerCall, Agora.SchedulerEvent>;

namespace Agora.Simulation;

/// <summary>
/// Lets a <see cref="Master"/> live in virtual time. Where there is no election it leads as soon as it is started; else it
/// stands by until it is elected, and stops when its lease is over. Its process can be killed, and can be made to stand still.
/// </summary>
public sealed class SimMaster(World world, string name, MasterOptions options, Func<IAllocator> allocator)
{
    /// <summary>The host of the first master.</summary>
    public const string Host = "master";

    /// <summary>How long it takes until who watches over a master has started it anew.</summary>
    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(1);

    private readonly Dictionary<long, AgentStream> _agents = [];
    private readonly Dictionary<long, SchedulerStream> _schedulers = [];
    private readonly Alarm _alarm = new(world.Events);
    private readonly List<MasterEvent> _waiting = [];

    /// <summary>When it has done all that has come so far.</summary>
    private DateTimeOffset _free;

    private DateTimeOffset _leadsSince;
    private long _lastConnection;
    private bool _alarmMissed, _leaseOverUnseen;

    public string Name => name;
    public SimClock Clock { get; } = new(world);

    /// <summary>Null while it does not lead.</summary>
    public Master? Machine { get; private set; }

    public long Epoch { get; private set; }

    /// <summary>It has led long enough for all agents of a former leader that are alive to have come back; said of the last time that it led.</summary>
    public bool HasWaitedForAgents => world.Events.Now - _leadsSince >= options.PingInterval * options.PingsMissedMax;

    /// <summary>Counts its processes.</summary>
    public int Life { get; private set; }
    public bool IsUp { get; private set; }

    /// <summary>Its process stands still: what comes waits, and no timer rings.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>How long after its lease is over it takes to see that, at most, as long as this is set.</summary>
    public TimeSpan SlowToStepDown { get; set; }

    public void Start()
    {
        if (IsUp)
            return;
        IsUp = true;
        Life++;
        Clock.Restart();
        if (world.Election is { } election)
            election.Campaign(this);
        else
            Lead(world.Edges.EpochAfter(Epoch));
    }

    internal void Lead(long epoch)
    {
        _alarm.Reset();
        Epoch = epoch;
        _leadsSince = world.Events.Now;
        Machine = new Master(options with { Epoch = epoch }, allocator(), Clock.Now, world.Registry);
        Wake();
    }

    /// <summary>Its process is killed: all streams end with it.</summary>
    public void Crash() => End(_ => { }, s => s.BreakServer(), s => s.BreakServer());

    /// <summary>Its machine is lost, and does not even end its streams.</summary>
    /// <param name="noticed">When the other ends find out by themselves; null for never.</param>
    public void Vanish(TimeSpan? noticed) => End(_ => { }, s => s.LoseServer(noticed), s => s.LoseServer(noticed));

    /// <summary>It is told to end, and gives its lease back.</summary>
    public void Resign() => End(election => election.Resigned(this), s => s.CloseServer(), s => s.CloseServer());

    private void End(Action<SimElection> leave, Action<AgentStream> endAgent, Action<SchedulerStream> endScheduler)
    {
        Machine = null;
        IsUp = IsStopped = _alarmMissed = _leaseOverUnseen = false;
        _waiting.Clear();
        if (world.Election is { } election)
        {
            leave(election);
            election.Died(this);
        }
        Life++;
        foreach (var stream in _agents.Values)
            endAgent(stream);
        foreach (var stream in _schedulers.Values)
            endScheduler(stream);
        _agents.Clear();
        _schedulers.Clear();
        world.Checker.MasterEnded(this);
    }

    /// <summary>As SIGSTOP does.</summary>
    public void Stop()
    {
        if (!IsUp || IsStopped)
            return;
        IsStopped = true;
        world.Election?.FellSilent(this);
    }

    /// <summary>As SIGCONT does. A leader that slept through the end of its lease works off what has come before it sees that.</summary>
    public void Continue()
    {
        if (!IsStopped)
            return;
        IsStopped = false;
        world.Election?.IsWell(this);
        var (waiting, life) = (_waiting.ToList(), Life);
        _waiting.Clear();
        foreach (var e in waiting)
            if (life == Life && !IsStopped)
                Handle(e);
        if (_alarmMissed)
            Handle(new MasterEvent.Tick());
        _alarmMissed = false;
        if (_leaseOverUnseen || world.Election?.Holds(this) == false)
            LeaseIsOver();
    }

    /// <summary>By its own reckoning its lease has ended: it stops, and stands for election anew.</summary>
    internal void LeaseIsOver()
    {
        if (IsStopped)
        {
            _leaseOverUnseen = true;
            return;
        }
        _leaseOverUnseen = false;
        if (SlowToStepDown > TimeSpan.Zero)
        {
            var life = Life;
            world.Events.After(world.Dice.Between(TimeSpan.Zero, SlowToStepDown), () =>
            {
                if (life == Life)
                    StepDown();
            });
            return;
        }
        StepDown();
    }

    private void StepDown()
    {
        if (IsStopped)
        {
            _leaseOverUnseen = true;
            return;
        }
        Crash();
        world.Events.After(RestartDelay, Start);
    }

    /// <summary>Somebody sets its clock.</summary>
    public void SetClock(TimeSpan by)
    {
        Clock.Jump(by);
        Wake();
    }

    /// <summary>Whom it names to those that take it for the leader.</summary>
    internal SimMaster? Names => world.Network.IsPartitioned(name, SimElection.Host) || world.Election?.Leader == this ? null : world.Election?.Leader;

    public AgentStream ConnectAgent(string host, Action<AgentCommand> atClient, Action closed)
    {
        var number = ++_lastConnection;
        var stream = new AgentStream(world.Network, world.Events, host, name)
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
        var stream = new SchedulerStream(world.Network, world.Events, host, name)
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
        if (IsStopped)
        {
            _waiting.Add(e);
            return;
        }
        world.Checker.MasterHandles(this, e);
        if (world.Trace is not null && e is not MasterEvent.Tick and not MasterEvent.AgentCalled(_, AgentCall.Pong))
            world.Tell($"{name} ({Epoch})", $"{e}");
        (long Number, Registry Registry)? store = null;
        // The list is the machine's own, and closing a stream may come back here.
        foreach (var effect in world.Edges.FromMaster(world.MasterStep(machine, Clock.Now, e).ToList()))
        {
            world.Checker.MasterTells(this, effect);
            if (world.Trace is not null && effect is not MasterEffect.ToAgent(_, AgentCommand.Ping))
                world.Tell($"{name} ({Epoch})", $"-> {effect}");
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
                case MasterEffect.Store(var order, var registry): store = (order, registry); break;
            }
        }
        world.Checker.MasterHandled(machine, e);
        if (store is var (number, next))
        {
            // As etcd and ZooKeeper do: what a former leader writes does not count.
            var isRefused = world.Election is { } election && election.Leader != this;
            if (!isRefused)
                world.Registry = next;
            Handle(new MasterEvent.Stored(number, isRefused ? "another master leads" : null));
            return;
        }
        Wake();
    }

    private void Wake() => _alarm.Set(Clock.InWorld(Machine?.NextDeadline), () =>
    {
        if (IsStopped)
        {
            _alarmMissed = true;
            return;
        }
        Occupy();
        Handle(new MasterEvent.Tick());
    });
}
