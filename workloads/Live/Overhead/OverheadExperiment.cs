using Agora.Workloads.Mpi;
using Agora.Workloads.Reports;

namespace Agora.Workloads.Live.Overhead;

/// <summary>
/// The paper's section 7.2, small and for real: the same MPI program and the same MapReduce job directly and through Agora, in turn.
/// </summary>
internal sealed class OverheadExperiment : IExperiment
{
    private const string Paper = "Mesos paper, section 7.2", Name1 = "linpack", Name2 = "word-count";

    public string Name => "overhead";
    public Mode Mode => Mode.Live;

    public string Description => """
        What Agora costs: LINPACK by Open MPI's own mpiexec and by Agora's; a word count (the C# example of the Hadoop port) in
        one process, one task after the other, and as a job on an agent of one processor, so that its tasks come one after the
        other too. Medians of several runs, in turn; the whole command counts. Results are checked.

        Installs MPI and LINPACK from Debian's packages if they are missing.
        """;

    public async Task<Findings> RunAsync(RunOptions options, Progress progress, CancellationToken cancellation)
    {
        var runs = options.Seeds ?? (options.Quick ? 3 : 7);
        List<double> plainLinpack = [], linpack = [], plainWords = [], words = [];
        progress.Tell(0, "starting the cluster for LINPACK");
        await using (var cluster = await BenchCluster.StartAsync("--agents 1 --cpus 2 --mem 4096 --no-services", cancellation))
            await Task.Run(() => Linpack(cluster, options.Quick ? 2_500 : 4_000, runs, plainLinpack, linpack, progress), cancellation);
        progress.Tell(0.5, "starting the cluster for the word count");
        await using (var cluster = await BenchCluster.StartAsync("--agents 1 --cpus 1 --mem 4096 --services hadoop-jobtracker", cancellation))
            await Task.Run(() => WordCount(cluster, options.Quick ? 100 : 400, runs, plainWords, words, progress), cancellation);
        return Find(plainLinpack, linpack, plainWords, words);
    }

    private static void Linpack(BenchCluster cluster, int order, int runs, List<double> without, List<double> with, Progress progress)
    {
        var hpl = new Hpl(cluster);
        hpl.Prepare(order);
        Alternate(runs, without, with, () => hpl.Seconds(hpl.Plain(1, 2) + " -n 2"), () => hpl.Seconds("mpiexec -n 2"),
            run => progress.Tell(0.5 * run / runs, $"LINPACK, run {run + 1} of {runs}"));
    }

    private static void WordCount(BenchCluster cluster, int megabytes, int runs, List<double> without, List<double> with, Progress progress)
    {
        var run = 0;
        cluster.Shell($$"""
            for i in $(seq 200); do echo "the quick brown fox $i jumps over the lazy dog while $((i * 7919 % 997)) others look on"; done > part
            size=$(stat -c %s part); for i in $(seq $(({{megabytes}} * 1000000 / size))); do cat part; done > text
            awk '{ for (i = 1; i <= NF; i++) n[$i]++ } END { for (w in n) print w "\t" n[w] }' text | LC_ALL=C sort > expected
            """);

        double Seconds(string options)
        {
            var output = $"out{run++}";
            var seconds = cluster.Time($"hadoop jar hadoop-examples.jar wordcount {options} -D mapred.map.tasks=4 -D mapred.reduce.tasks=1 " +
                $"file:{cluster.Directory}/text file:{cluster.Directory}/{output}");
            cluster.Shell($"LC_ALL=C sort {output}/part-* | cmp - expected && rm -r {output}");
            return seconds;
        }

        Alternate(runs, without, with, () => Seconds("-jt local"), () => Seconds(""),
            i => progress.Tell(0.5 + 0.5 * i / runs, $"word count, run {i + 1} of {runs}"));
    }

    private static void Alternate(int runs, List<double> without, List<double> with, Func<double> plain, Func<double> agora, Action<int> tell)
    {
        tell(0);
        // The first run of each loads what the others find in memory.
        _ = (plain(), agora());
        for (var i = 0; i < runs; i++)
        {
            tell(i);
            without.Add(plain());
            with.Add(agora());
        }
    }

    internal static Findings Find(IReadOnlyList<double> plainLinpack, IReadOnlyList<double> linpack, IReadOnlyList<double> plainWords, IReadOnlyList<double> words)
    {
        (string Name, IReadOnlyList<double> Plain, IReadOnlyList<double> Agora, double Bare, double Mesos)[] jobs =
            [(Name1, plainLinpack, linpack, 50.9, 51.8), (Name2, plainWords, words, 160, 166)];
        List<Row> rows = [];
        foreach (var (name, plain, agora, bare, mesos) in jobs)
        {
            var (without, with) = (Measures.Median(plain), Measures.Median(agora));
            rows.Add(new Row($"{name}-directly", "s", without, bare, Paper));
            rows.Add(new Row($"{name}-through-agora", "s", with, mesos, Paper));
            rows.Add(new Row($"{name}-overhead", "%", 100 * (with / without - 1), Math.Round(100 * (mesos / bare - 1), 2), Paper));
        }
        return new Findings(rows,
            [new DataTable("runs", ["job", "way", "seconds"], [.. jobs.SelectMany(j =>
                j.Plain.Select(s => (IReadOnlyList<object>)[j.Name, "directly", s]).Concat(j.Agora.Select(s => (IReadOnlyList<object>)[j.Name, "agora", s])))])],
            [
                $"Medians of {linpack.Count} runs of each, in turn, after one that does not count. Other programs on the machine disturb them: with " +
                "runs this short a ratio is good to a few percent, see runs.csv for their spread.",
                "The word count's tasks run in a warm TaskTracker through Agora, and in a new process directly; that helps Agora by the time that " +
                "process takes to compile what it runs.",
            ])
        {
            Pictures =
            [
                Picture.Bars("overhead", "the same job directly and through Agora", "job", "running time in s", [.. jobs.Select(j => j.Name)],
                    [
                        ("directly", [.. jobs.Select(j => Measures.Median(j.Plain))]),
                        ("through Agora", [.. jobs.Select(j => Measures.Median(j.Agora))]),
                    ],
                    "Bars of a pair are to be of one height: the job's own work outweighs what offers and launches cost."),
            ],
        };
    }
}
