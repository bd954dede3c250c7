using System.Diagnostics;
using System.Text.RegularExpressions;
using Xunit;

namespace Agora.Tests.Live.Hadoop;

/// <summary>Disks without room: what is said, what goes elsewhere, what is left behind, and that all goes on afterwards.</summary>
public sealed class FullDiskTests(FullDiskTests.SmallCluster small) : IClassFixture<FullDiskTests.SmallCluster>
{
    private const int SmallMib = 6, LargeMib = 24;

    public sealed class SmallCluster : IAsyncLifetime
    {
        public HadoopCluster Cluster { get; } = new(agents: 4)
        {
            SmallDisks =
            [
                ("hdfs/node1/blocks", SmallMib), ("hdfs/node2/blocks", SmallMib),
                ("hdfs/node3/blocks", LargeMib), ("hdfs/node4/blocks", LargeMib),
                ("node4/sandboxes", LargeMib), ("jobtracker", SmallMib),
            ],
        };

        public ValueTask InitializeAsync() => Cluster.InitializeAsync();

        public ValueTask DisposeAsync() => Cluster.DisposeAsync();
    }

    private HadoopCluster Cluster
    {
        get
        {
            Assert.SkipWhen(small.Cluster.NoSmallDisks is not null, $"no small disks: {small.Cluster.NoSmallDisks}");
            return small.Cluster;
        }
    }

    [Fact]
    public async Task A_file_that_fits_nowhere_is_refused_as_a_whole_and_one_that_fits_somewhere_is_put_there()
    {
        var others = await BlocksAsync();
        // Every file begins with another node, so that each of the four is the first to be asked.
        for (var file = 0; file < 4; file++)
        {
            // More than a small disk holds, less than a large one.
            await Cluster.OutputAsync($"head -c {SmallMib + 4}M /dev/urandom > f && hadoop fs -put f /full/fits && " +
                "hadoop fs -cat /full/fits | cmp - f && hadoop fs -rm /full/fits");
        }
        Assert.Equal(others, await BlocksAsync());
        var refused = await Cluster.RunAsync($"head -c {LargeMib + 10}M /dev/zero | hadoop fs -put - /full/large");
        Assert.Equal(255, refused.Code);
        Assert.StartsWith("put: File /full/large could only be replicated to 0 nodes, instead of 1 (", refused.Error, StringComparison.Ordinal);
        foreach (var node in new[] { "node1", "node2", "node3", "node4" })
            Assert.Contains($"{node}: No space left on device", refused.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await Cluster.RunAsync("hadoop fs -test -e /full/large")).Code);
        Assert.Equal(others, await BlocksAsync());
        // Of two copies there is room for one: that will do, as in HDFS, and says so.
        await Cluster.OutputAsync($"head -c {LargeMib - 2}M /dev/zero | hadoop fs -D dfs.replication=3 -put - /full/two");
        Assert.Matches(@"Under-replicated blocks:\t1 ", await Cluster.OutputAsync("hdfs fsck /full"));
        await Cluster.OutputAsync("hadoop fs -rm /full/two && echo small | hadoop fs -put - /full/small");
        Assert.Equal("small\n", await Cluster.OutputAsync("hadoop fs -cat /full/small"));
        await Cluster.OutputAsync("hadoop fs -rm /full/small");
    }

    [Fact]
    public async Task A_map_whose_nodes_disk_is_full_says_so_and_is_run_on_another_node()
    {
        // A map on each node; 8 bytes a line, so 30 MB, which the disk of one of them cannot hold.
        await Cluster.OutputAsync("printf 'a\\nb\\nc\\nd\\n' | hadoop fs -put - /spill/in");
        const string Options = "-D agora.map.cpus=2 -D agora.locality.wait.node.ms=0 -D agora.locality.wait.rack.ms=0 " +
            "-D mapred.map.tasks.speculative.execution=false -D io.sort.mb=8 -inputformat org.apache.hadoop.mapred.lib.NLineInputFormat " +
            "-input /spill/in -mapper 'seq 1000000 4750000' -reducer 'tail -n 1'";
        var run = await Cluster.RunAsync($"hadoop jar hadoop-streaming.jar {Options} -output /spill/out");
        Assert.True(run.Code == 0, run.Error);
        Assert.Equal("4750000\t\n", await Cluster.OutputAsync("hadoop fs -cat '/spill/out/part-*'"));
        var job = Regex.Match(run.Error, @"Running job: (job_\d+_\d{4})").Groups[1].Value;
        Assert.Matches("No space left on device : '[^']*/node4/sandboxes/[^']*spill", await TasksAsync(job));
        await NothingIsLeftAsync();

        var failed = await Cluster.RunAsync(
            $"hadoop jar hadoop-streaming.jar -D mapred.map.max.attempts=1 {Options} -output /spill/failed");
        Assert.Equal(1, failed.Code);
        Assert.Contains("No space left on device : '", failed.Error, StringComparison.Ordinal);
        Assert.EndsWith("Streaming Command Failed!\n", failed.Error, StringComparison.Ordinal);
        Assert.Equal("_logs\n", await Cluster.OutputAsync("hadoop fs -ls /spill/failed | grep -o '[^/]*$' | grep -v items"));
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task With_a_full_disk_the_JobTracker_refuses_jobs_and_goes_on_where_it_was_once_there_is_room()
    {
        await Cluster.OutputAsync("echo line | hadoop fs -put - /journal/in");
        var gate = Path.Combine(Cluster.StateDirectory, "gate");
        var filler = Path.Combine(Cluster.StateDirectory, "jobtracker", "filler");
        await Cluster.OutputAsync($"mkfifo {gate}");
        var running = Cluster.RunAsync("hadoop jar hadoop-streaming.jar -D mapred.map.tasks.speculative.execution=false " +
            $"-D mapred.map.tasks=1 -input /journal/in -output /journal/first -mapper 'cat {gate}' -numReduceTasks 0");
        // The map has begun to read once there is somebody to take what is written.
        await using (var written = new FileStream(gate, FileMode.Open, FileAccess.Write))
        {
            Assert.NotEqual(0, (await Cluster.RunAsync($"cat /dev/zero > {filler}")).Code);
            var refused = await Cluster.RunAsync(
                "hadoop jar hadoop-streaming.jar -input /journal/in -output /journal/second -mapper cat");
            Assert.Equal(5, refused.Code);
            Assert.Contains("Error Launching job : the JobTracker cannot write its journal ", refused.Error, StringComparison.Ordinal);
            Assert.Contains("it goes on by itself once there is room on that disk", refused.Error, StringComparison.Ordinal);
            var list = await Cluster.RunAsync("hadoop job -list");
            Assert.Equal(255, list.Code);
            Assert.Contains("cannot write its journal", list.Error, StringComparison.Ordinal);
            written.Write("said\n"u8);
        }
        File.Delete(filler);
        var first = await running;
        Assert.True(first.Code == 0, first.Error);
        Assert.Equal("said\t\n", await Cluster.OutputAsync("hadoop fs -cat '/journal/first/part-*'"));
        await Cluster.OutputAsync("hadoop jar hadoop-streaming.jar -input /journal/in -output /journal/second -mapper cat");
        // Another life reads what was written before and after.
        var before = await Cluster.OutputAsync("hadoop job -list all | grep ^job_");
        using (var process = Process.GetProcessById(Cluster.ProcessOf("hadoop-jobtracker")))
            process.Kill();
        Assert.Equal(before, await Cluster.OutputAsync("hadoop job -list all | grep ^job_"));
    }

    /// <summary>All block files there are.</summary>
    private async Task<string> BlocksAsync() => await Cluster.OutputAsync("find hdfs -name 'blk_*' | sort");

    private async Task<string> TasksAsync(string job)
    {
        using var http = new HttpClient();
        return System.Text.RegularExpressions.Regex.Unescape(await http.GetStringAsync(
            $"{Cluster.Service("hadoop-jobtracker")}/jobs/{job}/tasks", TestContext.Current.CancellationToken));
    }

    /// <summary>No attempt's directory is left, nor what it would have given its reduces.</summary>
    private async Task NothingIsLeftAsync() => await Cluster.OutputAsync(
        "while find . -path '*/jobcache/*/attempt_*' -o -path '*/shared/hadoop/job_*' | grep -q .; do :; done");
}
