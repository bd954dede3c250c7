using Agora.Workloads.Reports;

namespace Agora.Workloads.Simulated.Locality;

/// <summary>The paper's section 7.3, figure 7, in virtual time.</summary>
internal sealed class LocalityExperiment : ISimulatedExperiment
{
    private const string Figure = "Mesos paper, figure 7", ReadOff = Figure + " (read off)";

    public string Name => "locality";

    public string Description => """
        Sixteen instances of Hadoop on 93 nodes of 4 processors, each with a map-only job over the blocks of a 100 GB
        file: on partitions of their own; sharing all nodes and waiting 0, 1 and 5 s for nodes with their data; and the
        same with hints to the master. Maps that run beside their data, time of a job, and offers declined for each
        task launched.
        """;

    public Findings Run(RunOptions options, Progress progress)
    {
        var maps = options.Quick ? LocalitySetup.FullMaps / 4 : LocalitySetup.FullMaps;
        var (one, five) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));
        Bar[] bars =
        [
            new Bar(new LocalitySetup("static", true, TimeSpan.Zero, false, maps), 0.18, Figure, 565),
            new Bar(new LocalitySetup("no-delay", false, TimeSpan.Zero, false, maps), 0.50, ReadOff, 487),
            new Bar(new LocalitySetup("1-s", false, one, false, maps), 0.92, ReadOff, 368),
            new Bar(new LocalitySetup("5-s", false, five, false, maps), 0.95, Figure, 338),
            new Bar(new LocalitySetup("hints-no-delay", false, TimeSpan.Zero, true, maps), null, "", null),
            new Bar(new LocalitySetup("hints-1-s", false, one, true, maps), null, "", null),
            new Bar(new LocalitySetup("hints-5-s", false, five, true, maps), null, "", null),
        ];
        // Three as in the paper.
        var runs = options.Seeds ?? (options.Quick ? 1 : 3);
        var all = Runs.Of(bars.Length * runs, i => LocalityWorld.Run(bars[i / runs].Setup, Runs.Seed(options.Seed, i % runs)),
            progress, "sixteen instances on 93 nodes");
        List<Row> rows = [];
        List<IReadOnlyList<object>> data = [];
        var isFull = maps == LocalitySetup.FullMaps;
        for (var b = 0; b < bars.Length; b++)
        {
            var (setup, local, source, seconds) = bars[b];
            var jobs = all.Skip(b * runs).Take(runs).SelectMany(r => r).ToList();
            rows.Add(new Row($"{setup.Name}-local-maps", "", jobs.Average(j => j.Local), local, source));
            rows.Add(new Row($"{setup.Name}-job-time", "s", jobs.Average(j => j.Seconds), isFull ? seconds : null, isFull && seconds is not null ? ReadOff : ""));
            rows.Add(new Row($"{setup.Name}-declined-per-task", "", jobs.Average(j => j.Declined)));
            data.AddRange(jobs.Select((j, i) => (IReadOnlyList<object>)
                [setup.Name, i / LocalitySetup.Instances, j.Instance, j.Local, j.Seconds, j.Declined]));
        }
        return new Findings(rows, [new DataTable("jobs", ["setup", "run", "instance", "local", "seconds", "declinedPerTask"], data)],
        [
            $"{maps} maps a job, {LocalitySetup.Replicas} copies of each block on nodes by chance, means of {runs} runs. Real: JobTracker with " +
            "its delay scheduling, master, allocator, agents. Simulated: what a map takes, normally distributed around " +
            $"{LocalitySetup.LocalMap.TotalSeconds} s beside its data and {LocalitySetup.RemoteMap.TotalSeconds} s elsewhere. These two come from " +
            "the paper's own job times for static partitions and for 5 s, so that those two times are no finding; the others, and all of locality, are.",
            "On static partitions a map can be local only if one of the copies is on the instance's five or six nodes: one in six. Without " +
            "delay ours are local more often than the paper's, since the JobTracker looks for a local map among all that wait before it " +
            "takes another; what the paper's did is not said there. A quick run has a quarter of the blocks, so that its jobs are for longer at their end, " +
            "where few maps wait and few nodes have their data: less local, and more declined.",
        ])
        { Pictures = [Share(bars, rows), Time(bars, rows)] };
    }

    private static Picture Share(IReadOnlyList<Bar> bars, IReadOnlyList<Row> rows) => Picture.Bars("local-maps", "figure 7, maps beside their data",
        "set-up: wait for a local node", "local maps (part of all)", [.. bars.Select(b => b.Setup.Name)],
        [("paper", [.. bars.Select(b => b.Local ?? double.NaN)]), ("Agora", [.. bars.Select(b => Of(rows, b, "local-maps"))])],
        "On partitions of its own an instance finds few blocks; waiting one second for the right node brings nearly all maps to their data.");

    private static Picture Time(IReadOnlyList<Bar> bars, IReadOnlyList<Row> rows) => Picture.Bars("job-time", "figure 7, time of a job",
        "set-up: wait for a local node", "job time (s)", [.. bars.Select(b => b.Setup.Name)],
        [("paper", [.. bars.Select(b => rows.First(r => r.Metric == $"{b.Setup.Name}-job-time").Anchor ?? double.NaN)]), ("Agora", [.. bars.Select(b => Of(rows, b, "job-time"))])],
        "Reading over the network costs more than the wait for a local node.");

    private static double Of(IReadOnlyList<Row> rows, Bar bar, string what) => rows.First(r => r.Metric == $"{bar.Setup.Name}-{what}").Agora;

    /// <summary>A set-up and the paper's figures for it.</summary>
    private sealed record Bar(LocalitySetup Setup, double? Local, string LocalSource, double? Seconds);
}
