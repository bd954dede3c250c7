using System.Globalization;
using Agora.Workloads.Reports;

namespace Agora.Workloads.Live.Iterative;

/// <summary>
/// The paper's section 7.4, figure 8, small and for real: logistic regression over one text, by a Hadoop job an iteration, which
/// reads the text each time, and by Spark, which keeps the points in memory.
/// </summary>
internal sealed class IterativeExperiment : IExperiment
{
    private const int Dimensions = 10, SparkIterations = 30;
    private const string Paper = "Mesos paper, section 7.4";

    /// <summary>Sums in another order differ in their last digits.</summary>
    private const double Tolerance = 1e-9;

    private static readonly string SparkProgram =
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "spark-bench", "Agora.Spark.Bench.dll"));

    public string Name => "iterative";
    public Mode Mode => Mode.Live;

    public string Description => """
        Logistic regression over the same text, an iteration at a time: a Hadoop Streaming job for each iteration against a
        Spark program that keeps the points in memory. Both find the same weights, which is checked. On two agents of one
        processor each.
        """;

    public async Task<Findings> RunAsync(RunOptions options, Progress progress, CancellationToken cancellation)
    {
        var (points, iterations) = options.Quick ? (60_000, 5) : (200_000, 15);
        progress.Tell(0, "starting the cluster");
        await using var cluster = await BenchCluster.StartAsync("--agents 2 --cpus 1 --mem 4096 --services hadoop-jobtracker", cancellation);
        return await Task.Run(() => Run(cluster, points, iterations, progress), cancellation);
    }

    private static Findings Run(BenchCluster cluster, int points, int iterations, Progress progress)
    {
        Write(cluster.Directory);
        progress.Tell(0.05, "making the points");
        cluster.Shell($"python3 points.py {points} {Dimensions} > points && hadoop fs -D dfs.block.size=1048576 -put points /points");
        progress.Tell(0.1, "Spark");
        var spark = cluster.Shell($"spark-submit --master agora {SparkProgram} lr-text file://{cluster.Directory}/points {Dimensions} {SparkIterations}")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')).ToLookup(w => w[0], w => Number(w[1]));
        List<double> sparkSeconds = [.. spark["iteration"]];

        // As many iterations again, for the weights after as many as Hadoop gets.
        var same = cluster.Shell($"spark-submit --master agora {SparkProgram} lr-text file://{cluster.Directory}/points {Dimensions} {iterations}")
            .Split('\n').Where(l => l.StartsWith("w ", StringComparison.Ordinal)).Select(l => Number(l[2..])).ToArray();
        var (hadoopSeconds, weights) = Hadoop(cluster, iterations, progress);
        for (var i = 0; i < Dimensions; i++)
            if (Math.Abs(weights[i] - same[i]) > Tolerance * Math.Max(1, Math.Abs(same[i])))
                throw new WrongOutputException($"after {iterations} iterations weight {i} is {weights[i]:R} by Hadoop and {same[i]:R} by Spark");
        return Find(points, hadoopSeconds, sparkSeconds);
    }

    private static (List<double> Seconds, double[] Weights) Hadoop(BenchCluster cluster, int iterations, Progress progress)
    {
        var weights = new double[Dimensions];
        List<double> seconds = [];
        for (var i = 0; i < iterations; i++)
        {
            progress.Tell(0.2 + 0.8 * i / iterations, $"Hadoop, iteration {i + 1} of {iterations}");
            File.WriteAllText(Path.Combine(cluster.Directory, "weights"), string.Join(' ', weights.Select(w => w.ToString("R", CultureInfo.InvariantCulture))));
            seconds.Add(cluster.Time($"hadoop jar hadoop-streaming.jar -input /points -output /gradient{i} -numReduceTasks 1 " +
                "-file gradient.py -file weights -mapper 'python3 gradient.py map' -reducer 'python3 gradient.py reduce'"));
            var gradient = cluster.Shell($"hadoop fs -cat /gradient{i}/part-00000").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(Number).ToArray();
            // As Agora.Spark.Programs' LogisticRegression does it.
            for (var d = 0; d < Dimensions; d++)
                weights[d] -= 0.001 * gradient[d];
        }
        return (seconds, weights);
    }

    internal static Findings Find(int points, IReadOnlyList<double> hadoop, IReadOnlyList<double> spark)
    {
        var (perHadoop, perSpark) = (Measures.Median(hadoop), Measures.Median(spark.Skip(1)));
        double[] Cumulated(IReadOnlyList<double> seconds) => [.. seconds.Select((_, i) => seconds.Take(i + 1).Sum())];
        double[] Counts(IReadOnlyList<double> seconds) => [.. seconds.Select((_, i) => i + 1.0)];
        return new Findings(
            [
                new Row("hadoop-iteration", "s", perHadoop, 127, Paper),
                new Row("spark-first-iteration", "s", spark[0], 174, Paper),
                new Row("spark-later-iteration", "s", perSpark, 6, Paper),
                new Row("speed-up-of-an-iteration", "times", perHadoop / perSpark, 127 / 6.0, Paper),
                new Row($"speed-up-of-{spark.Count}-iterations", "times", perHadoop * spark.Count / spark.Sum(), 10, Paper),
            ],
            [
                new DataTable("iterations", ["framework", "iteration", "seconds"],
                [
                    .. hadoop.Select((s, i) => (IReadOnlyList<object>)["hadoop", i + 1, s]),
                    .. spark.Select((s, i) => (IReadOnlyList<object>)["spark", i + 1, s]),
                ]),
            ],
            [
                $"{points:N0} points of {Dimensions} coordinates, one text. A Hadoop iteration is a streaming job (Python) that parses the text; its time " +
                "is that of the command. Spark parses once; its first iteration has that in it, and the begin of its executors. Medians.",
                $"Hadoop ran {hadoop.Count} iterations, Spark {spark.Count}; the weights after {hadoop.Count} are the same.",
            ])
        {
            Pictures =
            [
                Picture.Lines("iterations", "logistic regression", "iterations", "running time in s",
                    [("Hadoop", Counts(hadoop), Cumulated(hadoop)), ("Spark", Counts(spark), Cumulated(spark))],
                    "Time until so many iterations are done (the paper's figure 8): Hadoop pays for the text each time, Spark once."),
            ],
        };
    }

    private static void Write(string directory)
    {
        File.WriteAllText(Path.Combine(directory, "points.py"), """
            import random, sys
            random.seed(42)
            for i in range(int(sys.argv[1])):
                label = -1 if i % 2 == 0 else 1
                print(label, *('%.6f' % (random.gauss(0, 1) + label * 0.7) for _ in range(int(sys.argv[2]))))

            """);
        File.WriteAllText(Path.Combine(directory, "gradient.py"), """
            import math, sys

            def add(rows):
                return [repr(sum(column)) for column in zip(*rows)]

            if sys.argv[1] == 'map':
                weights = [float(w) for w in open('weights').read().split()]
                total = [0.0] * len(weights)
                for line in sys.stdin:
                    label, *x = map(float, line.split())
                    scale = (1 / (1 + math.exp(-label * sum(map(float.__mul__, weights, x)))) - 1) * label
                    total = [t + scale * v for t, v in zip(total, x)]
                print('gradient', ' '.join(map(repr, total)), sep='\t')
            else:
                rows = [[float(v) for v in line.split('\t')[1].split()] for line in sys.stdin]
                print(' '.join(add(rows)))

            """);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
