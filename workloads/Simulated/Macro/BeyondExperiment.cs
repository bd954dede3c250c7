using Agora.Cluster.Allocation;
using Agora.Workloads.Reports;

namespace Agora.Workloads.Simulated.Macro;

/// <summary>The mix of <see cref="MacroExperiment"/> shared in other ways than the paper shared it.</summary>
internal sealed class BeyondExperiment : ISimulatedExperiment
{
    private const string BesideStatic = "static partitions of the same run";

    /// <summary>Kinds of job that the paper found slower on the shared cluster.</summary>
    private static readonly string[] SmallTypes = ["selection-1", "text-search-2", "aggregation-3"];

    public string Name => "beyond";

    public string Description => """
        The mix of 'bench macro' beyond the paper: with strict priorities, with guaranteed allocations and revocation,
        without hints and with minimum offer sizes instead, and with the smallest Hadoop jobs in a framework of their own,
        at fair shares and at the highest priority. Speed-ups over static partitions, locality, offers declined for each task.
        """;

    public Findings Run(RunOptions options, Progress progress) =>
        Run(options, progress, options.Quick ? MacroSetup.QuickScale : 1, options.Seeds ?? 1);

    internal static Findings Run(RunOptions options, Progress progress, int scale, int seeds)
    {
        var quarter = Resources.Of(MacroSetup.Node.MilliCpus / 1000 * MacroSetup.FullNodes / scale / MacroSetup.Partitions, 0);
        MacroSetup[] setups =
        [
            new("static", scale) { IsStatic = true },
            new("fair", scale),
            new("no-hints", scale) { Hints = false },
            new("minimum-offers", scale) { Hints = false, MinimumOffers = true },
            new("priorities", scale)
            {
                Allocator = () => new PriorityAllocator(),
                Roles = [Priority(MacroWorld.Torque, 3), Priority(MacroWorld.Facebook, 2), Priority(MacroWorld.Spark, 1)],
            },
            new("guarantees", scale) { Roles = [Guarantee(MacroWorld.Torque, quarter), Guarantee(MacroWorld.Facebook, quarter)] },
            new("small-apart", scale) { IsSmallApart = true },
            new("small-first", scale)
            {
                IsSmallApart = true,
                Allocator = () => new PriorityAllocator(),
                Roles = [Priority(MacroWorld.Small, 1)],
            },
        ];
        var runs = MacroWorld.Run(setups, options.Seed, seeds, progress);
        var apart = runs[0];
        List<Row> rows = [];
        foreach (var shared in runs.Skip(1))
        {
            var name = shared[0].Setup.Name;
            foreach (var framework in MacroWorld.Frameworks)
                rows.Add(new Row($"{name}-{framework}-speed-up", "", apart.Average(r => r.Sum(framework)) / shared.Average(r => r.Sum(framework)), 1, BesideStatic));
            foreach (var type in SmallTypes)
                rows.Add(new Row($"{name}-{type}-speed-up", "", apart.Average(r => r.Mean(type)) / shared.Average(r => r.Mean(type)), 1, BesideStatic));
            rows.Add(new Row($"{name}-local-maps", "", shared.Average(r => r.LocalShare)));
            rows.Add(new Row($"{name}-declined-per-task", "", shared.Average(r => r.Counts.DeclinedPerTask)));
            rows.Add(new Row($"{name}-parallel-job-wait", "s", shared.Average(r => r.Waits.Average())));
            rows.Add(new Row($"{name}-revoked-tasks", "", shared.Average(r => r.Counts.Revoked)));
            rows.Add(new Row($"{name}-makespan", "s", shared.Average(r => r.Makespan)));
        }
        List<string> names = [.. setups.Skip(1).Select(s => s.Name)];
        return new Findings(rows, [MacroData.Jobs(runs), MacroData.Samples(runs)], Notes)
        {
            Pictures =
            [
                Compare(rows, names, "speed-ups", "speed-up of each framework", MacroWorld.Frameworks,
                    "Priorities and guarantees move time from one framework to another: what the first gains, the last pays for."),
                Compare(rows, names, "small-jobs", "speed-up of the smallest jobs", SmallTypes,
                    "A framework of their own gives the smallest jobs a share that they never use up, so that the next slot anywhere is theirs."),
                Picture.Bars("declined", "offers declined for each task", "how the cluster is shared", "declined offers per task", Labels(names),
                    [("declined", Values(rows, names, "declined-per-task"))],
                    "A scheduler that tells where and how large its tasks are is asked about little else."),
                .. runs.Skip(1).Where(r => r[0].Setup.Name is "priorities" or "guarantees").Select(r => MacroPictures.Shares(r[0],
                    $"cpu-shares-{r[0].Setup.Name}", $"who holds the processors, {r[0].Setup.Name}", "processors (% of all)", s => s.Cpu,
                    "As figure 4, shared in another way.")),
            ],
        };
    }

    private static OperatorCommand.SetRole Priority(string role, int priority) => new(role, null, priority, null);

    private static OperatorCommand.SetRole Guarantee(string role, Resources guaranteed) => new(role, null, null, guaranteed);

    private static Picture Compare(IReadOnlyList<Row> rows, IReadOnlyList<string> setups, string name, string title,
        IReadOnlyList<string> series, string caption) => Picture.Bars(name, title, "how the cluster is shared",
            "speed-up over static partitions", Labels(setups), [.. series.Select(s => (s, Values(rows, setups, $"{s}-speed-up")))], caption);

    private static string[] Labels(IReadOnlyList<string> setups) => [.. setups.Select(s => s.Replace('-', '\n'))];

    private static double[] Values(IReadOnlyList<Row> rows, IReadOnlyList<string> setups, string metric) =>
        [.. setups.Select(s => rows.First(r => r.Metric == $"{s}-{metric}").Agora)];

    private static IReadOnlyList<string> Notes { get; } =
    [
        "The jobs, nodes and times of tasks of 'bench macro'; its notes hold here too. 'fair' is how the mix is shared there.",
        "'no-hints': frameworks do not say where and how large their tasks are to be, and have to refuse what is of no use to them. 'minimum-offers': instead, both " +
        "Hadoops say once that nothing smaller than a map is of use, the second filter of the paper. Locality stays the same, since delay " +
        "scheduling sees to it; hints and minimum sizes spare offers.",
        "'priorities': torque before the Facebook mix before Spark before the large mix. 'guarantees': torque and the Facebook mix are each guaranteed a quarter of the processors; while one of them " +
        "has less and wants more, others beyond their guarantee are warned, and after ten seconds lose their newest tasks, which are run again.",
        "'small-apart': jobs of at most ten maps have a Hadoop of their own and share as a framework of their own; the first cure that the paper names for slow small jobs. 'small-first': " +
        "it also goes before all others, which cost these little, as so few tasks are concerned. The paper's other cure, a lottery among frameworks, is not built: with it a small job would wait for luck.",
    ];
}
