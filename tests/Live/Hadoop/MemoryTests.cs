using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace Agora.Tests.Live.Hadoop;

/// <summary>However long its records, a TaskTracker stays within what it and the task it runs hold on the cluster.</summary>
public sealed class MemoryTests(MemoryTests.OneNode node) : IClassFixture<MemoryTests.OneNode>
{
    /// <summary>The default of both.</summary>
    private const int TaskMib = 256;

    /// <summary>Larger than any input here, in bytes.</summary>
    private const long OneMap = 1_000_000_000;

    public sealed class OneNode : IAsyncLifetime
    {
        public HadoopCluster Cluster { get; } = new(agents: 1);

        public ValueTask InitializeAsync() => Cluster.InitializeAsync();

        public ValueTask DisposeAsync() => Cluster.DisposeAsync();
    }

    [Theory]
    [InlineData("lines", "for i in 1 2; do head -c 100M /dev/zero | tr '\\0' x; echo; done", 2, OneMap)]
    [InlineData("keys", "for i in 1 2; do head -c 100M /dev/zero | tr '\\0' k; printf '\\tv\\n'; done", 2, OneMap)]
    [InlineData("values", "for i in 1 2; do printf 'k\\t'; head -c 100M /dev/zero | tr '\\0' v; echo; done", 2, OneMap)]
    [InlineData("zeros", "head -c 100M /dev/zero; echo; head -c 100M /dev/zero", 2, OneMap)]
    [InlineData("endless", "head -c 200M /dev/zero | tr '\\0' y", 1, OneMap)]
    [InlineData("merged", "for i in 1 2 3 4 5 6; do head -c 100M /dev/zero | tr '\\0' m; echo; done", 6, (100 << 20) + 1)]
    public async Task Records_of_hundreds_of_megabytes_stay_within_the_tasks_memory(string name, string make, int records, long splitBytes)
    {
        var cluster = node.Cluster;
        await cluster.OutputAsync($"({make}) | hadoop fs -put - /memory/{name}");
        // One task at a time: a map takes all processors, and a reduce begins once a map has ended.
        var counters = await cluster.CountersOfAsync($"-D mapred.min.split.size={splitBytes} -D mapred.map.tasks=1 -D agora.map.cpus=2 " +
            $"-D agora.map.memory.mb={TaskMib} -D agora.reduce.memory.mb={TaskMib} " +
            $"-input /memory/{name} -output /memory/{name}-out -mapper cat -reducer cat");
        Assert.Equal(records, counters["Reduce output records"]);
        // With no task left, what is used is held by the TaskTracker itself, to which its tasks' memory comes.
        using var agents = JsonDocument.Parse(await cluster.OutputAsync("agora agents --json"));
        var heldMib = (agents.RootElement[0].GetProperty("used").GetProperty("memBytes").GetInt64() >> 20) + TaskMib;
        var peakMib = PeakBytes(cluster) >> 20;
        Assert.True(peakMib <= heldMib, $"the TaskTracker took {peakMib} MiB, and holds {heldMib}");
        await cluster.OutputAsync($"hadoop fs -rmr /memory/{name} /memory/{name}-out");
    }

    /// <summary>The most the cluster's only TaskTracker has had in memory at once; it outlives its last task for a while.</summary>
    private static long PeakBytes(HadoopCluster cluster)
    {
        var tracker = Assert.Single(Process.GetProcessesByName("agora-hadoop"), p =>
            File.ReadAllText($"/proc/{p.Id}/cmdline").Replace('\0', ' ') is var line &&
            line.Contains(" tasktracker ", StringComparison.Ordinal) &&
            line.Contains(cluster.Service("hadoop-store"), StringComparison.Ordinal));
        const string Field = "VmHWM:";
        var line = File.ReadLines($"/proc/{tracker.Id}/status").First(l => l.StartsWith(Field, StringComparison.Ordinal));
        return long.Parse(line[Field.Length..^" kB".Length]) << 10;
    }
}
