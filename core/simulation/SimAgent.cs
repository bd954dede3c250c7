using Agora.Cluster;
using Stream = Agora.Simulation.SimStream<Agora.AgentCall, Agora.AgentCommand>;

namespace Agora.Simulation;

/// <summary>
/// Lets an <see cref="Agent"/> live in virtual time, with containers and executors that only pass time. When its process
/// alone is killed, they go on, and the next process takes them up by what the former has written down. A crash of its
/// machine takes all with it, and it comes back knowing its id and what it wrote.
/// </summary>
public sealed class SimAgent(World world, AgentInfo info, AgentOptions options)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10), RestartDelay = TimeSpan.FromSeconds(5);

    private readonly Dictionary<ContainerId, SimContainer> _containers = [];
    private readonly SimFinder _finder = new(world, info.Hostname);
    private Stream? _stream;
    private SimMaster? _server;
    private long _connection;
    private readonly Alarm _alarm = new(world.Events);
    private int _life;
    private ulong _tokens;
    private readonly List<AgentRecord> _records = [];

    /// <summary>Ends of containers, kept beside them until the agent has written them down.</summary>
    private readonly Dictionary<ContainerId, AgentEvent> _ended = [];
    private readonly List<ContainerId> _lost = [];
    private AgentId? _id;

    /// <summary>The latest epoch that this process has met.</summary>
    private long _newestEpoch;

    /// <summary>After how many effects of the next step the process is killed; null for not.</summary>
    private int? _killAfter;

    /// <summary>Null while it is down.</summary>
    public Agent? Machine { get; private set; }
    public string Host => info.Hostname;
    public Resources Total => info.Resources;
    public AgentId? Id => _id;

    /// <summary>A connection to a master is being made; it has not failed yet.</summary>
    public bool IsConnecting { get; private set; }
    public SimClock Clock { get; } = new(world);
    public IReadOnlyCollection<SimContainer> Containers => _containers.Values;

    /// <summary>What all that runs here holds.</summary>
    public Resources Running => _containers.Values.Aggregate(Resources.Empty, (sum, c) => sum + c.Holds);

    public void Start()
    {
        if (Machine is not null)
            return;
        _alarm.Reset();
        Clock.Restart();
        _killAfter = null;
        _newestEpoch = 0;
        // Its id is on its disk.
        Machine = new Agent(info with { Id = _id }, options with { Seed = world.Dice.Next() }, () => $"token-{++_tokens}", Clock.Now,
            world.Edges.Read(_records));
        _records.Clear();
        _records.AddRange(Machine.Records);
        var ended = _ended.ToList();
        var lost = world.Edges.Lost(_lost);
        Handle(new AgentEvent.ContainersFound([.. _containers.Keys, .. ended.Select(c => c.Key), .. _lost.Except(lost)], [.. lost]));
        _lost.Clear();
        foreach (var (_, end) in ended)
            Handle(end);
        foreach (var container in _containers.Values.ToList())
            container.AgentIsBack();
    }

    /// <summary>The machine is lost, with all that runs on it.</summary>
    public void Crash()
    {
        Kill();
        LoseContainers();
    }

    /// <summary>The machine is lost, and does not even end its streams.</summary>
    /// <param name="noticed">When the other end finds out by itself; null for never.</param>
    public void Vanish(TimeSpan? noticed)
    {
        _stream?.LoseClient(noticed);
        _stream = null;
        Crash();
    }

    private void LoseContainers()
    {
        world.Checker.AgentCrashed(this);
        _lost.AddRange(_containers.Keys);
        _containers.Clear();
    }

    /// <summary>The agent's process alone is killed.</summary>
    public void Kill()
    {
        _life++;
        Machine = null;
        _stream?.Break();
        _stream = null;
    }

    /// <summary>Its process is killed in the middle of its next step.</summary>
    /// <param name="effects">How many effects of that are still carried out.</param>
    public void KillAfter(int effects) => _killAfter = effects;

    /// <summary>The stream to the master breaks.</summary>
    public void Break() => _stream?.Break();

    /// <summary>The stream to the master falls silent at both ends.</summary>
    public void Sever(TimeSpan? noticed) => _stream?.Sever(noticed);

    /// <summary>Somebody sets its clock.</summary>
    public void SetClock(TimeSpan by)
    {
        Clock.Jump(by);
        Wake();
    }

    /// <summary>Who watches the election leaves a master that leads no more.</summary>
    internal void LeaderIs(SimMaster leader)
    {
        if (_stream is not { ClientOpen: true } stream || _server == leader)
            return;
        stream.CloseClient();
        Handle(new AgentEvent.MasterDisconnected(_connection));
    }

    public void Handle(AgentEvent e)
    {
        if (Machine is not { } machine)
            return;
        var done = 0;
        foreach (var effect in world.Edges.FromAgent(machine.Handle(Clock.Now, e).ToList()))
        {
            if (_killAfter is { } most && done++ >= most)
            {
                Kill();
                return;
            }
            if (world.Trace is not null && effect is not AgentEffect.Write and not AgentEffect.ToMaster(_, AgentCall.Pong))
                world.Tell(Host, $"-> {effect}");
            switch (effect)
            {
                case AgentEffect.ConnectToMaster(var connection): Connect(connection); break;
                case AgentEffect.DisconnectFromMaster(var connection):
                    if (connection == _connection)
                        _stream?.CloseClient();
                    break;
                case AgentEffect.ToMaster(var connection, var call):
                    if (connection == _connection)
                        Send(call);
                    break;
                case AgentEffect.ToExecutor(var connection, var sent):
                    foreach (var container in _containers.Values)
                        if (container.Connection == connection)
                            container.FromAgent(sent);
                    break;
                case AgentEffect.LaunchContainer launch: Launch(launch); break;
                case AgentEffect.KillContainer(var container, var grace): Kill(container, grace); break;
                case AgentEffect.Write(var records): _records.AddRange(records); break;
                case AgentEffect.ForgetContainer(var container): _ended.Remove(container); break;
                case AgentEffect.Exit:
                    // Who watches over it starts it anew.
                    Kill();
                    world.Events.After(RestartDelay, Start);
                    return;
                case AgentEffect.CloseExecutor: break;
            }
        }
        _id = machine.Info.Id;
        world.Checker.AgentHandled(this);
        Wake();
    }

    private void Send(AgentCall call)
    {
        world.Checker.AgentTells(call);
        foreach (var passed in world.Edges.ToMaster(this, call))
            _stream?.SendUp(passed);
    }

    private void Connect(long connection)
    {
        _connection = connection;
        IsConnecting = true;
        var life = _life;
        void Tell(AgentEvent e)
        {
            if (life == _life)
                Handle(e);
        }

        void Fail()
        {
            IsConnecting &= life != _life || connection != _connection;
            Tell(new AgentEvent.MasterDisconnected(connection));
        }

        void GiveUp()
        {
            if (life == _life && connection == _connection && IsConnecting)
                Fail();
        }

        if (_finder.Find() is not { } master)
        {
            world.Events.After(world.Network.Delay(), Fail);
            return;
        }
        if (world.Network.IsPartitioned(Host, master.Name))
            world.Events.After(ConnectTimeout, GiveUp);
        world.Network.Carry(Host, master.Name, world.Network.Delay(), () =>
        {
            if (life != _life || connection != _connection || !IsConnecting)
                return;
            if (master.IsStopped)
            {
                world.Events.After(ConnectTimeout, GiveUp);
                return;
            }
            if (master.Machine is null)
            {
                _finder.Named = master.Names;
                Fail();
                return;
            }
            var epoch = master.Epoch;
            _server = master;
            _stream = master.ConnectAgent(Host,
                command =>
                {
                    if (life != _life)
                        return;
                    Checker.Fence(ref _newestEpoch, epoch, command is AgentCommand.Registered, Host, command);
                    foreach (var passed in world.Edges.ToAgent(this, command))
                        Tell(new AgentEvent.MasterCommanded(connection, passed));
                },
                Fail);
            IsConnecting = false;
            Tell(new AgentEvent.MasterConnected(connection));
        });
    }

    private void Launch(AgentEffect.LaunchContainer launch)
    {
        var container = new SimContainer(this, launch, world);
        _containers.Add(launch.Container, container);
        world.Checker.ContainerLaunched(this, container);
        container.Start();
    }

    private void Kill(ContainerId id, TimeSpan grace)
    {
        if (!_containers.TryGetValue(id, out var container))
            return;
        // Most processes end on SIGTERM at once, some use up their grace.
        var wait = world.Dice.Chance(0.8) ? TimeSpan.FromMilliseconds(1) : grace;
        world.Events.After(wait, () => container.End(128 + 15));
    }

    /// <summary>The container is done; tells the machine if it is still the same life.</summary>
    internal void Ended(SimContainer container, AgentEvent e)
    {
        if (_containers.GetValueOrDefault(container.Id) != container)
            return;
        _containers.Remove(container.Id);
        _ended.Add(container.Id, e);
        Handle(e);
    }

    internal void Told(SimContainer container, AgentEvent e)
    {
        if (_containers.GetValueOrDefault(container.Id) == container)
            Handle(e);
    }

    private void Wake() => _alarm.Set(Clock.InWorld(Machine?.NextDeadline), () => Handle(new AgentEvent.Tick()));
}
