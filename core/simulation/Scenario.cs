using Agora.Cluster;

namespace Agora.Simulation;

/// <summary>
/// A random cluster with random frameworks under random faults, all drawn from one seed: first trouble, then quiet, by
/// the end of which everything must have come right.
/// </summary>
public sealed class Scenario
{
    private static readonly TimeSpan Trouble = TimeSpan.FromMinutes(3), QuietMax = TimeSpan.FromHours(2);

    private readonly World _world;
    private readonly Dice _dice;
    private readonly List<WorkloadScheduler> _workloads = [];

    public Scenario(ulong seed)
    {
        Seed = seed;
        _dice = new Dice(seed ^ 0x5DEECE66D);
        _world = new World(seed, new MasterOptions
        {
            PingInterval = _dice.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15)),
            OfferTimeout = _dice.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30)),
            AllocationDelay = _dice.Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(50)),
        });
        _world.Network.DelayMax = _dice.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(200));
        var agents = _dice.Between(1, 10);
        for (var i = 1; i <= agents; i++)
            _world.AddAgent($"node{i}", Resources.Of(_dice.Between(1, 8), _dice.Between(4, 32) * 256), $"rack{_dice.Between(1, 3)}");
        var frameworks = _dice.Between(1, 5);
        for (var i = 1; i <= frameworks; i++)
            AddFramework(i);
    }

    public ulong Seed { get; }
    public long Events => _world.Events.Done;
    public long Tasks => _workloads.Sum(w => w.TasksEnded);
    public TimeSpan Time => _world.Events.Now - EventQueue.Start;

    private void AddFramework(int i)
    {
        // Every size fits the smallest agent beside everybody's executor, or a job could never end.
        var sizes = Enumerable.Range(0, _dice.Between(1, 3))
            .Select(_ => Resources.FromScalars(_dice.Between(1, 5) * 100, (long)_dice.Between(1, 3) * 256 << 20)).ToList();
        var workload = new WorkloadScheduler(_world, new Workload($"framework{i}", $"role{_dice.Between(1, 3)}", sizes,
            _dice.Between(1, 40), _dice.Between(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(40)),
            OnExecutor: _dice.Chance(0.4), HoldChance: _dice.Chance(0.2) ? 0.3 : 0, DeclineChance: _dice.Chance(0.3) ? 0.4 : 0.02,
            KillChance: _dice.Chance(0.3) ? 0.2 : 0, FailChance: _dice.Chance(0.3) ? 0.2 : 0, Hints: _dice.Chance(0.5)));
        _workloads.Add(workload);
        _world.AddScheduler(workload);
    }

    /// <exception cref="BrokenInvariantException">A law was broken.</exception>
    public void Run()
    {
        _world.Master.Start();
        foreach (var agent in _world.Agents)
            _world.Events.After(_dice.Between(TimeSpan.Zero, TimeSpan.FromSeconds(2)), agent.Start);
        foreach (var scheduler in _world.Schedulers)
            _world.Events.After(_dice.Between(TimeSpan.Zero, TimeSpan.FromSeconds(20)), scheduler.Start);
        PlanFaults();
        _world.Run(Trouble);
        _world.Network.BreakChance = 0;
        if (!_world.Run(QuietMax, () => _workloads.All(w => w.IsDone)))
        {
            var stuck = _workloads.First(w => !w.IsDone);
            var why = _world.Master.Machine?.ExplainFramework(stuck.Name)?.Summary
                ?? $"The master does not know it; its scheduler says: {_world.Schedulers[_workloads.IndexOf(stuck)].Error ?? "nothing"}";
            throw new BrokenInvariantException($"{stuck.Name} is not done {QuietMax.TotalHours} h after the last fault: " +
                $"{stuck.State}. {why}");
        }
        // The last acknowledgements are still under way, and agents lost to a partition come back.
        _world.Run(TimeSpan.FromMinutes(25));
        _world.Checker.CheckQuiet();
    }

    private void PlanFaults()
    {
        if (_dice.Chance(0.5))
            _world.Network.BreakChance = _dice.Unit() * 0.01;
        Repeat(0.5, TimeSpan.FromSeconds(60), () =>
        {
            if (_world.Master.Machine is null)
                return;
            _world.Master.Crash();
            _world.Events.After(Downtime(20), _world.Master.Start);
        });
        Repeat(0.5, TimeSpan.FromSeconds(40), () =>
        {
            var agent = _dice.Of(_world.Agents);
            if (agent.Machine is null)
                return;
            if (_dice.Chance(0.5))
                agent.Crash();
            else
                agent.Kill();
            _world.Events.After(Downtime(30), agent.Start);
        });
        Repeat(0.4, TimeSpan.FromSeconds(40), () =>
        {
            var scheduler = _dice.Of(_world.Schedulers);
            scheduler.Crash();
            _world.Events.After(Downtime(20), scheduler.Start);
        });
        Repeat(0.5, TimeSpan.FromSeconds(40), () =>
        {
            var host = _dice.Chance(0.7) ? _dice.Of(_world.Agents).Host : _dice.Of(_world.Schedulers).Host;
            if (_world.Network.IsPartitioned(host, SimMaster.Host))
                return;
            _world.Network.Partition(host, SimMaster.Host);
            _world.Events.After(Downtime(120), () => _world.Network.Heal(host, SimMaster.Host));
        });
    }

    private TimeSpan Downtime(double secondsMax) => _dice.Between(TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(secondsMax));

    /// <summary>With the given chance this seed has such faults: again and again through the time of trouble.</summary>
    private void Repeat(double chance, TimeSpan meanWait, Action fault)
    {
        if (!_dice.Chance(chance))
            return;
        for (var at = meanWait * _dice.Unit(); at < Trouble; at += meanWait * (0.2 + 1.6 * _dice.Unit()))
            _world.Events.After(at, fault);
    }
}
