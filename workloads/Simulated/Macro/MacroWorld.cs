using Agora.Cluster;
using Agora.Simulation;
using Agora.Workloads.Reports;

namespace Agora.Workloads.Simulated.Macro;

/// <summary>One run of the mix, or of one framework of it on its partition.</summary>
internal static class MacroWorld
{
    public const string Facebook = "facebook-hadoop", Large = "large-hadoop", Spark = "spark", Torque = "torque", Small = "small-hadoop";

    /// <summary>In the order of the paper's table 4.</summary>
    public static readonly IReadOnlyList<string> Frameworks = [Facebook, Large, Spark, Torque];

    /// <summary>Time for agents and frameworks to come.</summary>
    public static readonly TimeSpan Settle = TimeSpan.FromSeconds(5);

    private const double FacebookGap = 14, SampleSeconds = 5;
    private const int SparkJobs = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromHours(10);

    /// <summary>Several runs of each set-up, on all processors.</summary>
    /// <returns>By set-up and run.</returns>
    public static IReadOnlyList<IReadOnlyList<MacroRun>> Run(IReadOnlyList<MacroSetup> setups, ulong seed, int seeds, Progress progress)
    {
        // The long ones first, so that no processor is left with one at the end.
        var parts = (from setup in setups
                     from run in Enumerable.Range(0, seeds)
                     from only in setup.IsStatic ? Enumerable.Range(0, MacroSetup.Partitions).Select(p => (int?)p) : [null]
                     select (Setup: setup, Run: run, Only: only)).ToList();
        var done = Runs.Of(parts.Count, i => Run(parts[i].Setup, Runs.Seed(seed, parts[i].Run), parts[i].Only), progress, "runs of the mix");
        return [.. setups.Select(setup => (IReadOnlyList<MacroRun>)[.. Enumerable.Range(0, seeds).Select(run =>
            MacroRun.Join([.. done.Where((_, i) => parts[i].Setup == setup && parts[i].Run == run)]))])];
    }

    /// <summary>Of the frameworks, all or one.</summary>
    /// <param name="only">On its partition; null for all, on the shared cluster.</param>
    private static MacroRun Run(MacroSetup setup, ulong seed, int? only)
    {
        Dictionary<string, Func<SimContainer, ISimExecutor>> executors = [];
        var world = new World(seed, new MasterOptions(), setup.Allocator)
        {
            ChecksMaster = false,
            Executors = container => executors.GetValueOrDefault(container.Launch.Framework.Name)?.Invoke(container),
        };
        var size = setup.Nodes / (only is null ? 1 : MacroSetup.Partitions);
        List<string> hosts = [.. Enumerable.Range(1 + (only ?? 0) * size, size).Select(n => $"node{n}")];
        world.Master.Start();
        foreach (var command in setup.Roles)
            world.Master.Handle(new MasterEvent.Ordered(1, command));
        foreach (var host in hosts)
            world.AddAgent(host, MacroSetup.Node, "rack1").Start();
        var cluster = new MacroCluster(world, new Work(seed), setup, hosts, executors);
        List<IMix> mixes = [.. Frameworks.Where((_, i) => i == (only ?? i)).SelectMany(f => Make(cluster, f))];
        foreach (var mix in mixes)
            mix.Start();
        List<MacroSample> samples = [];
        cluster.At(0, () => Sample(cluster, mixes, samples));
        var end = EventQueue.Start + Patience;
        while (!mixes.TrueForAll(m => m.IsDone))
        {
            if (!world.Events.Step(end))
                throw new WrongOutputException($"a job does not end with {setup.Name}: {Unfinished(world, mixes)}");
        }
        var hadoop = mixes.OfType<HadoopMix>().ToList();
        return new MacroRun(setup, [.. mixes.Select(m => m.Name)], [.. mixes.SelectMany(m => m.Jobs)], samples)
        {
            Locality = (hadoop.Sum(h => h.Locality.Local), hadoop.Sum(h => h.Locality.All)),
            Counts = OfferCounts.Sum(mixes.Select(m => m.Counts)),
            Waits = [.. mixes.OfType<TorqueMix>().SelectMany(m => m.Waits)],
        };
    }

    private static IEnumerable<IMix> Make(MacroCluster cluster, string framework) => framework switch
    {
        Facebook => FacebookMixes(cluster),
        Large => [new HadoopMix(cluster, Large, Large, [.. Enumerable.Range(0, HadoopType.Large.Jobs)
            .Select(i => new HadoopMix.Submission(i, HadoopType.Large, 0))], isOneByOne: true)],
        Spark => [new SparkMix(cluster, SparkJobs)],
        _ => [new TorqueMix(cluster)],
    };

    private static IEnumerable<IMix> FacebookMixes(MacroCluster cluster)
    {
        var all = Timetable();
        if (!cluster.Setup.IsSmallApart)
            return [new HadoopMix(cluster, Facebook, Facebook, all, isOneByOne: false)];
        return [new HadoopMix(cluster, Facebook, Facebook, [.. all.Where(s => !s.Type.IsSmall)], isOneByOne: false),
            new HadoopMix(cluster, Small, Facebook, [.. all.Where(s => s.Type.IsSmall)], isOneByOne: false)];
    }

    /// <summary>
    /// The hundred jobs of the Facebook mix in a random order at random times, the same in every run as in the paper. Of forty
    /// such draws the one under which a static partition comes nearest to table 5.
    /// </summary>
    private static List<HadoopMix.Submission> Timetable()
    {
        var dice = new Dice(2015);
        var types = HadoopType.Facebook.SelectMany(t => Enumerable.Repeat(t, t.Jobs)).ToList();
        for (var i = types.Count - 1; i > 0; i--)
        {
            var other = dice.Between(0, i);
            (types[i], types[other]) = (types[other], types[i]);
        }
        List<double> at = [0];
        while (at.Count < types.Count)
            at.Add(at[^1] - Math.Log(1 - dice.Unit()));
        return [.. types.Select((type, i) => new HadoopMix.Submission(i, type, at[i] / at[^1] * FacebookGap * (types.Count - 1)))];
    }

    private static void Sample(MacroCluster cluster, IReadOnlyList<IMix> mixes, List<MacroSample> samples)
    {
        var total = MacroSetup.Node.ScalarsTimes(cluster.Setup.Nodes);
        var used = cluster.World.Master.Machine!.Snapshot(withTasks: false).Frameworks.GroupBy(f => f.Info.Role)
            .ToDictionary(g => g.Key, g => g.Aggregate(Resources.Empty, (sum, f) => sum + f.Used));
        samples.Add(new MacroSample(cluster.Now,
            [.. mixes.Select(m => used.GetValueOrDefault(m.Name, Resources.Empty).MilliCpus / (double)total.MilliCpus)],
            [.. mixes.Select(m => used.GetValueOrDefault(m.Name, Resources.Empty).MemBytes / (double)total.MemBytes)]));
        cluster.At(cluster.Now + SampleSeconds, () => Sample(cluster, mixes, samples));
    }

    private static string Unfinished(World world, IEnumerable<IMix> mixes) => string.Join("; ", mixes.Where(m => !m.IsDone)
        .Select(m => $"{m.Name} after {m.Jobs.Count} jobs: {world.Master.Machine!.ExplainFramework(m.Name)?.Summary}"));
}
