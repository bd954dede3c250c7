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
    private readonly Dictionary<ContainerId, SimContainer> _containers = [];
    private Stream? _stream;
    private long _connection;
    private readonly Alarm _alarm = new(world.Events);
    private int _life;
    private ulong _tokens;
    private readonly List<AgentRecord> _records = [];
    private readonly List<(SimContainer Container, AgentEvent End)> _endedUnheard = [];
    private readonly List<ContainerId> _lost = [];
    private AgentId? _id;

    /// <summary>Null while it is down.</summary>
    public Agent? Machine { get; private set; }
    public string Host => info.Hostname;
    public Resources Total => info.Resources;
    public IReadOnlyCollection<SimContainer> Containers => _containers.Values;

    public void Start()
    {
        _alarm.Reset();
        // Its id is on its disk.
        Machine = new Agent(info with { Id = _id }, options with { Seed = world.Dice.Next() }, () => $"token-{++_tokens}", world.Events.Now, _records);
        _records.Clear();
        _records.AddRange(Machine.Records);
        var unheard = _endedUnheard.ToList();
        _endedUnheard.Clear();
        Handle(new AgentEvent.ContainersFound([.. _containers.Keys, .. unheard.Select(u => u.Container.Id)], [.. _lost]));
        _lost.Clear();
        foreach (var (_, end) in unheard)
            Handle(end);
        foreach (var container in _containers.Values.ToList())
            container.AgentIsBack();
    }

    /// <summary>The machine is lost, with all that runs on it.</summary>
    public void Crash()
    {
        Kill();
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

    public void Handle(AgentEvent e)
    {
        if (Machine is not { } machine)
            return;
        foreach (var effect in machine.Handle(world.Events.Now, e).ToList())
        {
            switch (effect)
            {
                case AgentEffect.ConnectToMaster(var connection): Connect(connection); break;
                case AgentEffect.DisconnectFromMaster(var connection):
                    if (connection == _connection)
                        _stream?.CloseClient();
                    break;
                case AgentEffect.ToMaster(var connection, var call):
                    if (connection == _connection)
                        _stream?.SendUp(call);
                    break;
                case AgentEffect.ToExecutor(var connection, var sent):
                    foreach (var container in _containers.Values)
                        if (container.Connection == connection)
                            container.FromAgent(sent);
                    break;
                case AgentEffect.LaunchContainer launch: Launch(launch); break;
                case AgentEffect.KillContainer(var container, var grace): Kill(container, grace); break;
                case AgentEffect.Write(var records): _records.AddRange(records); break;
                case AgentEffect.CloseExecutor or AgentEffect.ForgetContainer or AgentEffect.Exit: break;
            }
        }
        _id = machine.Info.Id;
        world.Checker.AgentHandled(this);
        Wake();
    }

    private void Connect(long connection)
    {
        _connection = connection;
        var life = _life;
        void Tell(AgentEvent e)
        {
            if (life == _life)
                Handle(e);
        }

        world.Network.Carry(Host, SimMaster.Host, world.Network.Delay(), () =>
        {
            if (life != _life || connection != _connection)
                return;
            if (world.Master.Machine is null)
            {
                Tell(new AgentEvent.MasterDisconnected(connection));
                return;
            }
            _stream = world.Master.ConnectAgent(Host,
                command => Tell(new AgentEvent.MasterCommanded(connection, command)),
                () => Tell(new AgentEvent.MasterDisconnected(connection)));
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
        if (Machine is null)
            _endedUnheard.Add((container, e));
        Handle(e);
    }

    internal void Told(SimContainer container, AgentEvent e)
    {
        if (_containers.GetValueOrDefault(container.Id) == container)
            Handle(e);
    }

    private void Wake() => _alarm.Set(Machine?.NextDeadline, () => Handle(new AgentEvent.Tick()));
}
