using Agora.Workloads.Reports;

namespace Agora.Workloads.Simulated.Iterative;

/// <summary>The paper's section 7.4, figure 8, in virtual time.</summary>
internal sealed class IterativeExperiment : ISimulatedExperiment
{
    private const string Text = "Mesos paper, section 7.4", ReadOff = "Mesos paper, figure 8 (read off)";
    private const int Iterations = 30;

    public string Name => "iterative";

    public string Description => """
        Logistic regression over 29 GB on 20 nodes of 4 processors, 1 to 30 iterations: with Hadoop, where each iteration is
        a job that reads everything anew, and with Spark, whose executors keep it in memory.
        """;

    public Findings Run(RunOptions options, Progress progress) =>
        Run(options, progress, options.Quick ? IterativeSetup.FullBlocks / 4 : IterativeSetup.FullBlocks);

    internal static Findings Run(RunOptions options, Progress progress, int blocks)
    {
        var seeds = options.Seeds ?? 1;
        // Fewer blocks leave the rest of a round idle, so that only the full number compares.
        double? Paper(double seconds) => blocks == IterativeSetup.FullBlocks ? seconds : null;

        var runs = Runs.Of(seeds * 2, i => i % 2 == 0 ? (Ends: IterativeWorld.Hadoop(Iterations, blocks, Runs.Seed(options.Seed, i / 2)), InMemory: 0)
            : IterativeWorld.Spark(Iterations, blocks, Runs.Seed(options.Seed, i / 2)), progress, "iterations");
        double[] hadoop = Mean(0), spark = Mean(1);
        List<Row> rows =
        [
            Of("hadoop-per-iteration", "s", hadoop[^1] / Iterations, Paper(127), Text),
            Of("spark-first-iteration", "s", spark[0], Paper(174), Text),
            Of("spark-per-further-iteration", "s", (spark[^1] - spark[0]) / (Iterations - 1), Paper(6), Text),
            Of("hadoop-10-iterations", "s", hadoop[9], Paper(1250), ReadOff),
            Of("hadoop-20-iterations", "s", hadoop[19], Paper(2560), ReadOff),
            Of("hadoop-30-iterations", "s", hadoop[29], Paper(3800), ReadOff),
            Of("spark-30-iterations", "s", spark[29], Paper(350), ReadOff),
            Of("speed-up-at-30-iterations", "", hadoop[29] / spark[29], Paper(10), Text),
            Of("speed-up-of-a-further-iteration", "", hadoop[^1] / Iterations / ((spark[^1] - spark[0]) / (Iterations - 1)), Paper(127.0 / 6), Text),
            new Row("spark-tasks-on-kept-blocks", "%", runs.Where((_, i) => i % 2 == 1).Average(r => r.InMemory) * 100),
        ];
        double[] numbers = [.. Enumerable.Range(1, Iterations).Select(i => (double)i)];
        return new Findings(rows, [new DataTable("iterations", ["iterations", "hadoopSeconds", "sparkSeconds"],
            [.. numbers.Select((n, i) => (IReadOnlyList<object>)[n, hadoop[i], spark[i]])])],
        [
            $"{blocks} blocks of 64 MB on the disks of {IterativeSetup.Nodes} nodes, means of {seeds} runs. Real: JobTracker and Spark's scheduler, master, " +
            "allocator, agents. Simulated: what a task takes, fitted to one iteration of each kind as the paper gives them: " +
            $"{IterativeSetup.Map.TotalSeconds} s for a map, {IterativeSetup.Task.Fresh.TotalSeconds} s to read and parse a block, " +
            $"{IterativeSetup.Task.Again.TotalSeconds} s to go over it again. So these three are no finding. What is found: that iterations add up without loss, " +
            "and that the scheduler brings nearly every task of a further iteration to the executor that has kept its block; each that it does not costs " +
            $"{IterativeSetup.Task.Fresh.TotalSeconds} s.",
        ])
        {
            Pictures =
            [
                Picture.Lines("iterations", "figure 8, logistic regression", "iterations", "time (s)",
                    [("Hadoop", numbers, hadoop), ("Spark", numbers, spark)],
                    "Both grow by the same step with each iteration, but Spark's is twenty times smaller once the data is in memory."),
            ],
        };

        static Row Of(string metric, string unit, double value, double? paper, string source) =>
            new(metric, unit, value, paper, paper is null ? "" : source);

        double[] Mean(int kind) => [.. Enumerable.Range(0, Iterations).Select(i => runs.Where((_, r) => r % 2 == kind).Average(r => r.Ends[i]))];
    }
}
