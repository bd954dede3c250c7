using System.Diagnostics;
using System.Text.RegularExpressions;
using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Web;

/// <summary>Real jobs of each port, and what its page on the dashboard says of them. Jobs wait at a gate while they are looked at.</summary>
public sealed partial class PortPagesTests(PortsCluster cluster) : IClassFixture<PortsCluster>
{
    [Fact]
    public async Task MapReduce_shows_attempts_where_their_data_is_and_what_became_of_the_job()
    {
        var gate = Path.Combine(cluster.Home, "hadoop-gate");
        // The first map's first attempt fails; the others wait.
        await File.WriteAllTextAsync(Path.Combine(cluster.Home, "mapper.sh"),
            $"case $mapred_task_id in *_m_000000_0) exit 3;; esac\nwhile [ ! -e {gate} ]; do sleep 0.05; done\nexec cat\n", TestContext.Current.CancellationToken);
        // 16,384 lines of 16 bytes: four blocks, in turn on four nodes.
        await cluster.Output("seq -f %015.0f 16384 >lines && hadoop fs -D dfs.block.size=65536 -put lines /pages/in");
        var run = cluster.Shell("hadoop jar hadoop-streaming.jar -D mapred.job.name=counted -input /pages/in -output /pages/out " +
            "-file mapper.sh -mapper 'sh mapper.sh' -reducer 'wc -l'");
        await using var looked = await LookedAt.Open(cluster, "/jobs/hadoop");
        var attempts = await Rows(looked, "Attempts of jobs that run", rows =>
            Maps(rows).Count(r => r[1].EndsWith("running", StringComparison.Ordinal)) == 4 && Maps(rows).Any(r => r[1].EndsWith("failed", StringComparison.Ordinal)));
        var maps = Maps(attempts).ToList();
        Assert.EndsWith("_m_000000_0", Assert.Single(maps, r => r[1].EndsWith("failed", StringComparison.Ordinal))[0], StringComparison.Ordinal);
        Assert.Single(maps, r => r[0].EndsWith("_m_000000_1", StringComparison.Ordinal));
        var first = maps.Where(r => r[0].EndsWith("_0", StringComparison.Ordinal)).ToList();
        Assert.Equal(["node1", "node2", "node3", "node4"], first.Select(r => r[2]).Order());
        Assert.All(first, r => Assert.Equal("node", r[3]));
        // Facts and rows are of one document; so they agree.
        var placed = attempts.Where(r => r[3].Length > 0).ToList();
        Assert.Equal($"{placed.Count(r => r[3] == "node")} of {placed.Count}", (await Facts(looked, _ => true))["On the node of their data"]);
        await Keep(looked, "port-hadoop");

        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
        Assert.Equal(0, (await run).ExitCode);
        var job = Assert.Single(await Rows(looked, "Jobs", rows => rows is [var only] && only[1].EndsWith("succeeded", StringComparison.Ordinal)));
        Assert.Equal("counted", job[2]);
        Assert.Matches("100.% of 4", job[5]);
        Assert.Matches("100.% of 1", job[6]);
        Assert.Equal("1", (await Facts(looked, f => f["Running"] == "0"))["Succeeded"]);
        looked.AssertNoComplaints();

        static IEnumerable<string[]> Maps(IEnumerable<string[]> rows) => rows.Where(r => r[0].Contains("_m_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_batch_queue_shows_each_job_with_its_nodes_and_the_scheduler_s_word()
    {
        var gate = Path.Combine(cluster.Home, "torque-gate");
        var works = await Submit($"echo 'while [ ! -e {gate} ]; do sleep 0.05; done; exit 3' | qsub -N works -l nodes=2:ppn=1,walltime=00:05:00");
        var held = await Submit("echo true | qsub -h -N held");
        await using var looked = await LookedAt.Open(cluster, "/jobs/torque");
        await Rows(looked, "Jobs", rows => rows.Any(r => r[0] == works && r[1].EndsWith("running", StringComparison.Ordinal)));
        // More than is left beside the first.
        var waits = await Submit("echo true | qsub -N waits -l nodes=4:ppn=2");
        var rows = await Rows(looked, "Jobs", rows => rows.Any(r => r[0] == waits && r[8].Length > 0));
        Assert.Equal([works, held, waits], rows.Select(r => r[0]));
        Assert.Equal([("works", "running"), ("held", "held"), ("waits", "queued")], rows.Select(r => (r[2], r[1][1..])));
        Assert.Equal(await Attribute(works, "exec_host"), rows[0][5]);
        Assert.Equal("00:05:00", rows[0][7]);
        Assert.Equal("wants 4:ppn=2", rows[2][5]);
        Assert.Equal(await Attribute(waits, "comment"), rows[2][8]);
        var facts = await Facts(looked, _ => true);
        Assert.Equal(("1", "1", "1"), (facts["Running"], facts["Queued"], facts["Held"]));
        await Keep(looked, "port-torque");

        await cluster.Output($"qdel {waits} {held}");
        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
        var over = await Rows(looked, "Jobs", rows => rows.Any(r => r[0] == works && r[1].EndsWith("complete", StringComparison.Ordinal)));
        Assert.Equal("exit status 3", over.Single(r => r[0] == works)[8]);
        looked.AssertNoComplaints();
    }

    [Fact]
    public async Task An_MPI_job_shows_which_ranks_are_on_which_node()
    {
        var gate = Path.Combine(cluster.Home, "mpi-gate");
        var said = Path.Combine(cluster.Home, "mpi-said");
        var run = cluster.Shell($"mpiexec --name ring -n 4 {cluster.Actor} 0 wait {gate} >{said}");
        var places = await Programs.Until("four ranks", () => Task.FromResult(File.Exists(said) ? Place().Matches(File.ReadAllText(said)) : Place().Matches("")),
            found => found.Count == 4 || run.IsCompleted, found => $"{found.Count}");
        Assert.Equal(4, places.Count);
        await using var looked = await LookedAt.Open(cluster, "/jobs/mpi");
        var nodes = await Rows(looked, "Nodes", rows => rows.Count > 0 && rows.All(r => r[1].EndsWith("running", StringComparison.Ordinal)));
        Assert.Equal(4, nodes.Sum(r => int.Parse(r[2])));
        // Only who is root gives nodes names of their own.
        if (Environment.IsPrivilegedProcess)
        {
            var told = places.GroupBy(p => p.Groups[2].Value, p => int.Parse(p.Groups[1].ValueSpan))
                .Select(g => (g.Key, g.Count() == 1 ? $"{g.Min()}" : $"{g.Min()}–{g.Max()}")).Order();
            Assert.Equal(told, nodes.Select(r => (r[0], r[3])).Order());
        }
        Assert.Equal("4", (await Facts(looked, _ => true))["Slots"]);
        await Keep(looked, "port-mpi");

        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
        Assert.Equal(0, (await run).ExitCode);
        await looked.Sees("1 ended");
        looked.AssertNoComplaints();
    }

    [Fact]
    public async Task A_Spark_application_shows_its_stages_and_what_its_executors_keep()
    {
        using var shell = StartSparkShell();
        await shell.StandardInput.WriteAsync("""
            var kept = sc.Parallelize(Enumerable.Range(0, 1000), 4).Map(x => x + 1).Cache();
            kept.Count()
            kept.Map(x => (x % 2, 1)).ReduceByKey((a, b) => a + b).Collect().Length

            """);
        await shell.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        await using var looked = await LookedAt.Open(cluster, "/jobs/spark");
        var jobs = await Rows(looked, "Jobs", rows => rows.Count == 2 && rows.All(r => r[1].EndsWith("finished", StringComparison.Ordinal)));
        Assert.All(jobs, r => Assert.Matches(@"^(\d+) of \1$", r[4]));
        // The count; then what goes through the shuffle, and what comes out of it.
        var stages = await Rows(looked, "Stages", rows => rows.Count == 3);
        Assert.All(stages, r => Assert.Equal("4 of 4", r[3]));
        // What reads the kept partitions runs where they are; what fetches through the shuffle need not.
        Assert.True(stages.Count(r => r[7] == "4 of 4") >= 2, string.Join('\n', stages.Select(r => string.Join(" | ", r))));
        var cached = Assert.Single(await Rows(looked, "Cached", rows => rows.Count > 0));
        Assert.Equal("4", cached[1]);
        // A thousand numbers are some kilobytes, and none of them on disk.
        Assert.Matches(@"^[1-9]\d*\.\d KiB$", cached[2]);
        Assert.Equal("0", cached[3]);
        var executors = await Rows(looked, "Executors", rows => rows.Count > 0);
        Assert.Equal(executors.Count(r => r[2] != "0"), int.Parse(cached[4]));
        await Keep(looked, "port-spark");

        shell.StandardInput.Close();
        var ended = await Programs.EndOf(shell);
        Assert.True(ended.ExitCode == 0 && ended.Text == "1000\n2\n", ended.ToString());
        // What it was when it ended stays to be seen.
        await looked.Page.GetByText("1 ended").ClickAsync();
        Assert.Equal(2, (await Rows(looked, "Jobs", rows => rows.Count > 0)).Length);
        looked.AssertNoComplaints();
    }

    private Process StartSparkShell()
    {
        var start = new ProcessStartInfo(Path.Combine(Programs.Bin, "spark-shell"), ["--master", "agora"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["AGORA_HOME"] = cluster.Home;
        return Process.Start(start)!;
    }

    /// <returns>The job's id as the page has it, without the server.</returns>
    private async Task<string> Submit(string line) => (await cluster.Output(line)).Split('.')[0];

    private async Task<string> Attribute(string job, string name) => (await cluster.Output($"qstat -f -1 {job}")).Split('\n')
        .First(l => l.StartsWith($"    {name} = ", StringComparison.Ordinal))[$"    {name} = ".Length..];

    /// <summary>Waits until a table of the page is as it should be.</summary>
    private static Task<string[][]> Rows(LookedAt looked, string table, Func<IReadOnlyList<string[]>, bool> good) => Programs.Until(table,
        () => looked.Page.Locator($"[aria-label='{table}'] tbody tr").EvaluateAllAsync<string[][]>("rows => rows.map(row => [...row.cells].map(cell => cell.textContent.trim()))"),
        good, rows => string.Join('\n', rows.Select(r => string.Join(" | ", r))));

    private static async Task<Dictionary<string, string>> Facts(LookedAt looked, Func<Dictionary<string, string>, bool> good) => await Programs.Until("facts",
        async () => (await looked.Page.Locator("dl.shown > div").EvaluateAllAsync<string[][]>("all => all.map(one => [...one.children].map(part => part.textContent.trim()))"))
            .DistinctBy(f => f[0]).ToDictionary(f => f[0], f => f[1]),
        good, facts => string.Join('\n', facts));

    /// <summary>Keeps pictures wide and narrow.</summary>
    private static async Task Keep(LookedAt looked, string name)
    {
        await looked.Keep($"{name}-1280-light");
        await looked.Page.SetViewportSizeAsync(400, 860);
        await looked.Keep($"{name}-400-light");
        await looked.AssertFits();
    }

    [GeneratedRegex(@"rank (\d+) pid \d+ on (\S+)\n")]
    private static partial Regex Place();
}
