using System.Globalization;

namespace Agora.Workloads.Spark;

/// <summary>The measures, one after the other; each checks what its program found.</summary>
internal sealed class SparkBench(BenchCluster cluster, bool quick)
{
    private const int Dimensions = 10, Iterations = 10, Rounds = 3;

    private static readonly string Program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "spark-bench", "Agora.Spark.Bench.dll"));

    private readonly Measures _measures = new();

    private int Points => quick ? 1_000_000 : 4_000_000;

    /// <exception cref="WrongOutputException">A program did not find what it should have.</exception>
    public void Run()
    {
        Regression();
        Recovery();
        Words(quick ? 100 : 1000);
        Tasks();
        _measures.Print();
    }

    private void Regression()
    {
        var line = $"lr {Points} {Dimensions} {Iterations}";
        var (plain, ours, kept) = (new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < (quick ? 1 : Rounds); i++)
        {
            var reference = Values($"dotnet {Program} plain-{line}");
            var there = Values(OnCluster(line));
            var local = Values($"spark-submit --master 'local[2]' {Program} {line}");
            if (Math.Abs(reference["w0"] - there["w0"]) > 1e-5 || Math.Abs(reference["w0"] - local["w0"]) > 1e-5)
                throw new WrongOutputException($"the weights are {there["w0"]} on the cluster, {local["w0"]} in one process and {reference["w0"]} plainly");
            plain.Add(reference["later"]);
            ours.Add(there["later"]);
            kept.Add(local["later"]);
        }
        var (a, b, c) = (Measures.Median(ours) * 1000, Measures.Median(plain) * 1000, Measures.Median(kept) * 1000);
        _measures.Add($"logistic regression, {Points:N0} points: iteration over cached data (reference: PLINQ)", a, "ms", b, "<= 1.3", a <= 1.3 * b);
        _measures.Add("the same (reference: the same program in one process that keeps its processors)", a, "ms", c, "<= 1.1", a <= 1.1 * c);
    }

    /// <summary>The executor of one node is killed in the middle of the iterations.</summary>
    private void Recovery()
    {
        var line = OnCluster($"lr {Points} {Dimensions} {Iterations * 3}");
        var whole = Values(line)["all"];
        var broken = Values($"{{ sleep {(whole / 2).ToString("0.0", CultureInfo.InvariantCulture)}; pkill -9 -n -f 'lib/spark/[a]gora-spark-executor'; }} & {line}; wait")["all"];
        _measures.Add($"{Iterations * 3} iterations with an executor killed in the middle (reference: without)", broken, "s", whole, "<= 1.25", broken <= 1.25 * whole);
    }

    private void Words(int megabytes)
    {
        // Words by a power law from a fixed seed, so that there are frequent and rare ones.
        File.WriteAllText(Path.Combine(cluster.Directory, "text.py"), """
            import itertools, random, sys
            random.seed(42)
            words = [''.join(random.choices('abcdefghijklmnopqrstuvwxyz', k=random.randint(2, 9))) for _ in range(50000)]
            cumulated = list(itertools.accumulate(1 / (i + 1) for i in range(len(words))))
            picked = random.choices(words, cum_weights=cumulated, k=720000)
            block = '\n'.join(' '.join(picked[i:i + 12]) for i in range(0, len(picked), 12)) + '\n'
            left = int(sys.argv[1]) * 1000000
            while left > 0:
                sys.stdout.write(block)
                left -= len(block)

            """);
        var text = Path.Combine(cluster.Directory, "text");
        cluster.Shell($"python3 text.py {megabytes} > {text}");
        Values($"dotnet {Program} plain-words {text}");
        var plain = Values($"dotnet {Program} plain-words {text}");
        var ours = Values(OnCluster($"words file://{text}"));
        if (plain["words"] != ours["words"] || plain["most"] != ours["most"])
            throw new WrongOutputException($"{ours["words"]} words, the most frequent {ours["most"]} times, not {plain["words"]} and {plain["most"]}");
        _measures.Add($"word count of {megabytes} MB (reference: parallel C# by hand)", ours["seconds"], "s", plain["seconds"], "<= 1.5", ours["seconds"] <= 1.5 * plain["seconds"]);
    }

    private void Tasks()
    {
        var count = quick ? 2_000 : 10_000;
        var rate = Measures.Median(quick ? 1 : Rounds, () => count / Values(OnCluster($"tasks {count}", "--conf spark.task.cpus=0.02"))["seconds"]);
        _measures.Add($"{count:N0} tasks that do nothing, each a task of the cluster's", rate, "tasks/s", null, ">= 5000", rate >= 5_000);
    }

    private static string OnCluster(string line, string options = "") => $"spark-submit --master agora {options} {Program} {line}";

    private Dictionary<string, double> Values(string line) => cluster.Shell(line).Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(l => l.Split(' ')).ToDictionary(w => w[0], w => double.Parse(w[1], CultureInfo.InvariantCulture));
}
