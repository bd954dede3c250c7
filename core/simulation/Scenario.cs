using Agora.Cluster;

namespace Agora.Simulation;

/// <summary>
/// A random cluster with random frameworks under random faults, all drawn from one seed: first trouble, then quiet, by
/// the end of which everything must have come right; and then plenty of work for all, which must be shared fairly.
/// </summary>
public sealed class Scenario
{
    private static readonly TimeSpan TroubleTime = TimeSpan.FromMinutes(3), QuietMax = TimeSpan.FromHours(2), SettleMax = TimeSpan.FromMinutes(25);
    private static readonly TimeSpan FairAfter = TimeSpan.FromSeconds(100), FairMax = TimeSpan.FromMinutes(5);

    private readonly World _world;
    private readonly Dice _dice;
    private readonly List<WorkloadScheduler> _workloads = [];
    private readonly Trouble _trouble;

    /// <param name="faults">What may befall it; all kinds if null.</param>
    /// <param name="edges">With a bug in them, if any.</param>
    public Scenario(ulong seed, IReadOnlyList<Fault>? faults = null, Edges? edges = null)
    {
        Seed = seed;
        _dice = new Dice(seed ^ 0x5DEECE66D);
        var options = new MasterOptions
        {
            PingInterval = _dice.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15)),
            OfferTimeout = _dice.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30)),
            AllocationDelay = _dice.Between(TimeSpan.Zero, TimeSpan.FromMilliseconds(50)),
        };
        var masters = _dice.Chance(0.3) ? 1 : _dice.Between(2, 3);
        _world = new World(seed, options, null, masters, _dice.Between(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10)))
        {
            FindsByList = _dice.Chance(0.3),
            Edges = edges ?? new Edges(),
        };
        _world.Network.DelayMax = _dice.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(200));
        var agents = _dice.Between(1, 10);
        for (var i = 1; i <= agents; i++)
            _world.AddAgent($"node{i}", Resources.Of(_dice.Between(1, 8), _dice.Between(4, 32) * 256), $"rack{_dice.Between(1, 3)}");
        var frameworks = _dice.Between(1, 5);
        var schedulers = new List<(SimScheduler, SimScheduler)>();
        for (var i = 1; i <= frameworks; i++)
        {
            var workload = NewWorkload(i);
            _workloads.Add(workload);
            schedulers.Add((_world.AddScheduler(workload, isWatchedOver: true), _world.AddScheduler(workload, isWatchedOver: true)));
        }
        _trouble = new Trouble(_world, _dice, faults ?? Fault.All, schedulers);
    }

    public ulong Seed { get; }

    /// <summary>Told all that is said and done, a line at a time.</summary>
    public Action<string>? Trace { set => _world.Trace = value; }
    public long Events => _world.Events.Done;
    public long Tasks => _workloads.Sum(w => w.TasksEnded);
    public int Faults => _trouble.Struck;
    public TimeSpan Time => _world.Events.Now - EventQueue.Start;

    private WorkloadScheduler NewWorkload(int i)
    {
        // Every size fits the smallest agent beside everybody's executor, or a job could never end.
        var sizes = Enumerable.Range(0, _dice.Between(1, 3))
            .Select(_ => Resources.FromScalars(_dice.Between(1, 5) * 100, (long)_dice.Between(1, 3) * 256 << 20)).ToList();
        return new WorkloadScheduler(_world, new Workload($"framework{i}", $"role{_dice.Between(1, 3)}", sizes,
            _dice.Between(1, 40), _dice.Between(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(40)),
            OnExecutor: _dice.Chance(0.4), HoldChance: _dice.Chance(0.2) ? 0.3 : 0, DeclineChance: _dice.Chance(0.3) ? 0.4 : 0.02,
            KillChance: _dice.Chance(0.3) ? 0.2 : 0, FailChance: _dice.Chance(0.3) ? 0.2 : 0, Hints: _dice.Chance(0.5)));
    }

    /// <exception cref="BrokenInvariantException">A law was broken.</exception>
    public void Run()
    {
        foreach (var master in _world.Masters)
            master.Start();
        foreach (var agent in _world.Agents)
            _world.Events.After(_dice.Between(TimeSpan.Zero, TimeSpan.FromSeconds(2)), agent.Start);
        // The second of each pair stays in reserve, and either may have been started by then in place of one that fell.
        foreach (var pair in _world.Schedulers.Chunk(2))
            _world.Events.After(_dice.Between(TimeSpan.Zero, TimeSpan.FromSeconds(20)), () =>
            {
                if (!pair.Any(s => s.HasRun))
                    pair[0].Start();
            });
        _trouble.Plan(TroubleTime);
        _world.Run(TroubleTime);
        _world.RunUntil(QuietMax, TimeSpan.FromSeconds(1), () => _trouble.IsOver);
        if (_world.RunUntil(SettleMax, TimeSpan.FromSeconds(5), () => _world.Checker.IsQuiet))
            _world.Checker.CheckNothingLost();
        Finish("after the last fault");
        ShareFairly();
        Finish("after all was shared out");
        _world.RunUntil(SettleMax, TimeSpan.FromSeconds(5), () => _world.Checker.IsQuiet);
        _world.Checker.CheckQuiet();
        _world.Checker.CheckAllTold();
    }

    private void Finish(string since)
    {
        if (_world.Run(QuietMax, () => _workloads.All(w => w.IsDone)))
            return;
        var stuck = _workloads.First(w => !w.IsDone);
        var why = _world.Master.Machine?.ExplainFramework(stuck.Name)?.Summary
            ?? $"The master does not know it; its scheduler says: {_world.Schedulers[2 * _workloads.IndexOf(stuck)].Error ?? "nothing"}";
        throw new BrokenInvariantException($"{stuck.Name} is not done {QuietMax.TotalHours} h {since}: {stuck.State}. {why}");
    }

    /// <summary>
    /// Everybody wants more than there is. Who comes first may get more than its share at first, until the tasks of that time
    /// have ended.
    /// </summary>
    private void ShareFairly()
    {
        var size = Resources.Of(0.5m, 256);
        var fairness = new Fairness(_world, _workloads, size);
        if (!_world.RunUntil(SettleMax, TimeSpan.FromSeconds(5), () => _world.Checker.IsQuiet))
            return;
        fairness.SetWeights();
        foreach (var workload in _workloads)
            workload.Want(_world.Agents.Sum(a => (int)(a.Total.MilliCpus / size.MilliCpus)) * 20, size, TimeSpan.FromSeconds(20));
        foreach (var scheduler in _world.Schedulers)
            scheduler.Nudge();
        _world.Run(FairAfter);
        if (!_world.RunUntil(FairMax, TimeSpan.FromSeconds(5), () => fairness.Unfair() is null))
            throw new BrokenInvariantException($"shares are not fair: {fairness.Unfair()}");
        foreach (var workload in _workloads)
            workload.WantNoMore();
        foreach (var scheduler in _world.Schedulers)
            scheduler.Nudge();
    }
}
