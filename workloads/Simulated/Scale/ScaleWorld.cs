using System.Diagnostics;
using Agora.Cluster;
using Agora.Simulation;

namespace Agora.Workloads.Simulated.Scale;

/// <summary>A cluster that is always full, and probes that come to it.</summary>
internal sealed class ScaleWorld
{
    /// <summary>One way, between even ends: hosts of one data centre.</summary>
    public static readonly TimeSpan DelayMin = TimeSpan.FromMilliseconds(0.2), DelayMax = TimeSpan.FromMilliseconds(1);

    /// <summary>What the master is charged for each event.</summary>
    public static readonly TimeSpan ServiceTime = TimeSpan.FromMicroseconds(25);

    private static readonly TimeSpan BetweenProbes = TimeSpan.FromSeconds(2), Patience = TimeSpan.FromMinutes(5);

    private readonly ScaleOptions _options;
    private readonly World _world;
    private readonly List<BusyScheduler> _busy = [];
    private long _events, _ticks;

    public ScaleWorld(ScaleOptions options, ulong seed)
    {
        _options = options;
        _world = new World(seed, new MasterOptions())
        {
            ChecksMaster = false,
            MasterServiceTime = ServiceTime,
            MasterStep = (master, now, e) =>
            {
                var begun = Stopwatch.GetTimestamp();
                var effects = master.Handle(now, e);
                _ticks += Stopwatch.GetTimestamp() - begun;
                _events++;
                return effects;
            },
        };
        (_world.Network.DelayMin, _world.Network.DelayMax) = (DelayMin, DelayMax);
    }

    /// <summary>What the master handled, and how long that really took on this machine.</summary>
    public (long Events, TimeSpan Spent) Master => (_events, Stopwatch.GetElapsedTime(0, _ticks));

    /// <summary>Task ends per second of virtual time while probes ran.</summary>
    public double TasksPerSecond { get; private set; }

    /// <returns>What each probe's task took beyond its own length.</returns>
    public IReadOnlyList<TimeSpan> Run(Action<double> progress)
    {
        Fill();
        var end = _options.Filling + TimeSpan.FromSeconds(10);
        for (var at = TimeSpan.FromSeconds(1); at <= end; at += TimeSpan.FromSeconds(1))
        {
            _world.Run(EventQueue.Start + at - _world.Events.Now);
            progress(at / end * 0.7);
        }
        var free = _world.Master.Machine!.Snapshot(withTasks: false).Agents.Count;
        if (free != _options.Agents)
            throw new WrongOutputException($"{free} of {_options.Agents} agents have come");
        var (endedBefore, from) = (_busy.Sum(b => b.Ended), _world.Events.Now);
        List<(ProbeScheduler Scheduler, DateTimeOffset Came)> probes = [];
        for (var i = 1; i <= ScaleOptions.Probes; i++)
        {
            var probe = new ProbeScheduler($"probe{i}");
            probes.Add((probe, _world.Events.Now));
            _world.AddScheduler(probe).Start();
            _world.Run(BetweenProbes);
            progress(0.7 + 0.2 * i / ScaleOptions.Probes);
        }
        TasksPerSecond = (_busy.Sum(b => b.Ended) - endedBefore) / (_world.Events.Now - from).TotalSeconds;
        if (!_world.Run(Patience, () => probes.TrueForAll(p => p.Scheduler.Ended is not null)))
            throw new WrongOutputException("a probe's task does not end");
        return [.. probes.Select(p => p.Scheduler.Ended!.Value - p.Came - ScaleOptions.ProbeTask)];
    }

    private void Fill()
    {
        _world.Master.Start();
        var lengths = new TaskLengths(_world.Dice);
        // Agents of a data centre do not all start in one instant; frameworks are there before them.
        for (var i = 1; i <= _options.Frameworks; i++)
        {
            var busy = new BusyScheduler($"framework{i}", ScaleOptions.Task, lengths.On);
            _busy.Add(busy);
            _world.AddScheduler(busy).Start();
        }
        for (var i = 1; i <= _options.Agents; i++)
        {
            var agent = _world.AddAgent($"node{i}", ScaleOptions.Agent, $"rack{i % 40}");
            _world.Events.After(_options.Filling * 0.9 * _world.Dice.Unit(), agent.Start);
        }
    }
}
