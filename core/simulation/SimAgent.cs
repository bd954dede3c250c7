using Agora.Cluster;
using Stream = Agora.Simulation.SimStream<Agora.AgentCall, Agora.AgentCommand>;

namespace Agora.Simulation;

/// <summary>
/// Lets an <see cref="Agent"/> live in virtual time, with containers and executors that only pass time. A crash takes
/// what runs on it with it; it comes back knowing its id and nothing else.
/// </summary>
public sealed class SimAgent(World world, AgentInfo info, AgentOptions options)
{
    private readonly Dictionary<ContainerId, SimContainer> _containers = [];
    private Stream? _stream;
    private long _connection;
    private readonly Alarm _alarm = new(world.Events);
    private int _life;
    private ulong _tokens;
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
        Machine = new Agent(info with { Id = _id }, options with { Seed = world.Dice.Next() }, () => $"token-{++_tokens}", world.Events.Now);
        Wake();
    }

    public void Crash()
    {
        _life++;
        Machine = null;
        world.Checker.AgentCrashed(this);
        _containers.Clear();
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
                case AgentEffect.CloseExecutor or AgentEffect.Exit: break;
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
        Handle(e);
    }

    internal void Told(SimContainer container, AgentEvent e)
    {
        if (_containers.GetValueOrDefault(container.Id) == container)
            Handle(e);
    }

    private void Wake() => _alarm.Set(Machine?.NextDeadline, () => Handle(new AgentEvent.Tick()));
}
