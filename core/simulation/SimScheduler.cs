using Agora.Sdk;
using Stream = Agora.Simulation.SimStream<Agora.SchedulerCall, Agora.SchedulerEvent>;

namespace Agora.Simulation;

/// <summary>
/// Lets a scheduler live in virtual time under the same <see cref="SchedulerSession"/> as live ones. A restart loses the
/// session but not the scheduler's own state, as a framework with a store would have it.
/// </summary>
public sealed class SimScheduler
{
    private readonly World _world;
    private readonly IScheduler _scheduler;
    private SchedulerSession? _session;
    private Stream? _stream;
    private long _connection;
    private readonly Alarm _alarm;

    public SimScheduler(World world, string host, IScheduler scheduler)
    {
        _world = world;
        _alarm = new Alarm(world.Events);
        Host = host;
        _scheduler = scheduler;
    }

    public string Host { get; }
    public IScheduler Scheduler => _scheduler;
    public bool IsSubscribed => _session is { IsSubscribed: true };

    /// <summary>The master ended it for good.</summary>
    public string? Error { get; private set; }

    public void Start()
    {
        _alarm.Reset();
        _session = new SchedulerSession(_scheduler, _world.Dice.Unit);
        Handle(new SessionInput.Tick());
    }

    public void Crash()
    {
        _session = null;
        _stream?.Break();
        _stream = null;
    }

    /// <summary>Makes calls of the framework's own accord.</summary>
    public void Call(SchedulerCall call) => Handle(new SessionInput.FromScheduler(call));

    /// <summary>Something that the master does not know of has happened to the scheduler: what it wants now, it does.</summary>
    public void Nudge() => Handle(new SessionInput.Tick());

    private void Handle(SessionInput input)
    {
        if (_session is not { } session)
            return;
        foreach (var output in session.Handle(_world.Events.Now, input))
        {
            switch (output)
            {
                case SessionOutput.Connect(var connection): Connect(session, connection); break;
                case SessionOutput.Send(var call): _stream?.SendUp(call); break;
                case SessionOutput.Close: _stream?.CloseClient(); break;
                case SessionOutput.Ended(var error):
                    Error = error ?? "ended";
                    _stream?.CloseClient();
                    break;
            }
        }
        Wake();
    }

    private void Connect(SchedulerSession session, long connection)
    {
        _connection = connection;
        void Tell(SessionInput input)
        {
            if (_session == session)
                Handle(input);
        }

        _world.Network.Carry(Host, SimMaster.Host, _world.Network.Delay(), () =>
        {
            if (_session != session || connection != _connection)
                return;
            if (_world.Master.Machine is null)
            {
                Tell(new SessionInput.Disconnected(connection, "refused"));
                return;
            }
            _stream = _world.Master.ConnectScheduler(Host,
                e => Tell(new SessionInput.FromMaster(connection, e)),
                () => Tell(new SessionInput.Disconnected(connection, "closed")));
            Tell(new SessionInput.Connected(connection));
        });
    }

    private void Wake() => _alarm.Set(_session?.NextDeadline, () => Handle(new SessionInput.Tick()));
}
