using Agora.Sdk;
using Stream = Agora.Simulation.SimStream<Agora.SchedulerCall, Agora.SchedulerEvent>;

namespace Agora.Simulation;

/// <summary>
/// Lets a scheduler live in virtual time under the same <see cref="SchedulerSession"/> as live ones. A restart loses the
/// session but not the scheduler's own state, as a framework with a store would have it. Two of the same scheduler are two
/// processes with one store.
/// </summary>
public sealed class SimScheduler
{
    private static readonly TimeSpan RestartDelay = TimeSpan.FromSeconds(5);

    private readonly World _world;
    private readonly IScheduler _scheduler;
    private readonly SimFinder _finder;
    private SchedulerSession? _session;
    private Stream? _stream;
    private SimMaster? _server;
    private long _connection;
    private readonly Alarm _alarm;

    /// <summary>The latest epoch that this process has met.</summary>
    private long _newestEpoch;

    public SimScheduler(World world, string host, IScheduler scheduler)
    {
        _world = world;
        _alarm = new Alarm(world.Events);
        _finder = new SimFinder(world, host);
        Clock = new SimClock(world);
        Host = host;
        _scheduler = scheduler;
    }

    public string Host { get; }
    public SimClock Clock { get; }
    public IScheduler Scheduler => _scheduler;
    public bool IsSubscribed => _session is { IsSubscribed: true };

    /// <summary>A process of it has run at some time.</summary>
    public bool HasRun { get; private set; }

    /// <summary>Its process runs, has not been ended by the master, and has its store.</summary>
    public bool IsUp => _session is not null && Error is null && !_fenced;

    /// <summary>Another process has taken the store: the next thing that this one would do is its end.</summary>
    private bool _fenced;

    /// <summary>Somebody starts it anew when the master has ended it, as a call of a former process that was long under way may make it do.</summary>
    public bool IsWatchedOver { get; init; }

    /// <summary>The master ended it for good.</summary>
    public string? Error { get; private set; }

    /// <summary>A new process of it begins; if one ran, that is gone.</summary>
    public void Start()
    {
        Crash();
        HasRun = true;
        _alarm.Reset();
        Clock.Restart();
        Error = null;
        _newestEpoch = 0;
        _fenced = false;
        _world.Checker.ProcessStarted(_scheduler);
        _session = new SchedulerSession(new EdgedScheduler(_scheduler, _world.Edges), _world.Dice.Unit);
        Handle(new SessionInput.Tick());
    }

    private void StartAgain()
    {
        if (_session is not null && Error is not null && !_fenced)
            Start();
    }

    public void Crash()
    {
        _session = null;
        _stream?.Break();
        _stream = null;
    }

    /// <summary>Another process of the framework has taken the store that both write to.</summary>
    public void Fence() => _fenced = true;

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

    /// <summary>Makes calls of the framework's own accord.</summary>
    public void Call(SchedulerCall call) => Handle(new SessionInput.FromScheduler(call));

    /// <summary>Something that the master does not know of has happened to the scheduler: what it wants now, it does.</summary>
    public void Nudge() => Handle(new SessionInput.Tick());

    /// <summary>Who watches the election leaves a master that leads no more.</summary>
    internal void LeaderIs(SimMaster leader)
    {
        if (_stream is not { ClientOpen: true } stream || _server == leader)
            return;
        stream.CloseClient();
        Handle(new SessionInput.Disconnected(_connection, "another leads"));
    }

    private void Handle(SessionInput input)
    {
        if (_session is not { } session)
            return;
        if (_fenced)
        {
            Crash();
            return;
        }
        foreach (var output in session.Handle(Clock.Now, input))
        {
            switch (output)
            {
                case SessionOutput.Connect(var connection): Connect(session, connection); break;
                case SessionOutput.Send(var call): _stream?.SendUp(call); break;
                case SessionOutput.Close: _stream?.CloseClient(); break;
                case SessionOutput.Ended(var error):
                    Error = error ?? "ended";
                    _stream?.CloseClient();
                    if (IsWatchedOver && error is not null)
                        _world.Events.After(RestartDelay, StartAgain);
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

        if (_finder.Find() is not { } master)
        {
            _world.Events.After(_world.Network.Delay(), () => Tell(new SessionInput.Disconnected(connection, "nobody leads")));
            return;
        }
        _world.Network.Carry(Host, master.Name, _world.Network.Delay(), () =>
        {
            // A master that stands still does not answer; the session has its own time for that.
            if (_session != session || connection != _connection || master.IsStopped)
                return;
            if (master.Machine is null)
            {
                _finder.Named = master.Names;
                Tell(new SessionInput.Disconnected(connection, "refused"));
                return;
            }
            var epoch = master.Epoch;
            _server = master;
            _stream = master.ConnectScheduler(Host,
                e =>
                {
                    if (_session != session)
                        return;
                    _world.Checker.SchedulerHears(_scheduler, epoch);
                    Checker.Fence(ref _newestEpoch, epoch, e is SchedulerEvent.Subscribed or SchedulerEvent.Takeover, Host, e);
                    foreach (var passed in _world.Edges.ToSession(this, e))
                        Tell(new SessionInput.FromMaster(connection, passed));
                },
                () => Tell(new SessionInput.Disconnected(connection, "closed")));
            Tell(new SessionInput.Connected(connection));
        });
    }

    private void Wake() => _alarm.Set(Clock.InWorld(_session?.NextDeadline), () => Handle(new SessionInput.Tick()));
}
