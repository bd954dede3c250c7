using Xunit;

namespace Agora.Tests.Live.Hadoop;

/// <summary>Jobs over text whose blocks lie on chosen nodes, compared with what a shell pipeline makes of it.</summary>
[Collection(HadoopCollection.Name)]
public sealed class LocalityTests(HadoopCluster cluster)
{
    private const string Words = "grep -aoE [A-Za-z]+";

    [Fact]
    public async Task Word_count_over_blocks_on_four_nodes_equals_the_shell_pipeline_and_every_map_is_local()
    {
        var text = await TextAsync("spread");
        // 16 blocks in turn over four nodes.
        await cluster.OutputAsync($"hadoop fs -D dfs.block.size=65536 -put {text} /locality/spread/text");
        var counters = await cluster.CountersOfAsync("-input /locality/spread -output /locality/spread-out " +
            $"-numReduceTasks 3 -mapper '{Words}' -reducer 'uniq -c'");
        var counted = await cluster.OutputAsync(
            "hadoop fs -cat '/locality/spread-out/part-*' | sed 's/[[:blank:]]*$//' | LC_ALL=C sort");
        var expected = await cluster.OutputAsync(
            $"{Words} < {text} | LC_ALL=C sort | uniq -c | sed 's/[[:blank:]]*$//' | LC_ALL=C sort");
        Assert.Equal(expected, counted);
        Assert.Equal(counters["Launched map tasks"], counters["Data-local map tasks"]);
    }

    [Fact]
    public async Task Offers_on_nodes_without_the_data_are_rejected_and_the_output_is_sorted_as_the_shell_sorts()
    {
        var text = await TextAsync("single");
        // One block, so one node holds all; sixteen maps want to run there, two at a time.
        await cluster.OutputAsync($"hadoop fs -put {text} /locality/single/text");
        var counters = await cluster.CountersOfAsync("-D mapred.map.tasks=16 -input /locality/single " +
            "-output /locality/single-out -mapper cat -reducer cat");
        Assert.Equal(16, counters["Data-local map tasks"]);
        Assert.True(counters["Offers rejected for locality"] >= 3, "the three other nodes were offered");
        var sorted = await cluster.OutputAsync("hadoop fs -cat /locality/single-out/part-00000");
        // A line without TAB is all key, and is written with one behind it.
        Assert.Equal(await cluster.OutputAsync($"sed '/\\t/!s/$/\\t/' {text} | LC_ALL=C sort -s -t '\t' -k1,1"), sorted);
        var explained = await cluster.OutputAsync("agora explain hadoop");
        Assert.Matches(@"no data of job_\d+_\d{4} on node\d; waiting \d\.\d s of 5 s for node\d", explained);
    }

    [Fact]
    public async Task Without_a_wait_maps_run_wherever_there_is_room()
    {
        var text = await TextAsync("eager");
        await cluster.OutputAsync($"hadoop fs -put {text} /locality/eager/text");
        var counters = await cluster.CountersOfAsync("-D mapred.map.tasks=16 -D agora.locality.wait.node.ms=0 " +
            "-D agora.locality.wait.rack.ms=0 -input /locality/eager -output /locality/eager-out -mapper 'sleep 0.3' -reducer NONE");
        Assert.True(counters["Data-local map tasks"] < 16, "nodes without the data ran some");
        Assert.False(counters.ContainsKey("Offers rejected for locality"));
    }

    [Fact]
    public async Task Data_local_maps_read_blocks_from_their_files_and_not_through_the_store()
    {
        const int Blocks = 16;
        await cluster.OutputAsync($"seq -f %015.0f {Blocks << 16} > numbers && hadoop fs -D dfs.block.size={1 << 20} -put numbers /locality/files/text");
        var before = ReadByStore();
        var counters = await cluster.CountersOfAsync("-D mapred.reduce.tasks=0 -input /locality/files -output /locality/files-out -mapper 'wc -l'");
        // The lines across blocks' borders may cost it some; its watch over damage reads a block now and then.
        Assert.InRange(ReadByStore() - before, 0, (Blocks << 20) / 2);
        Assert.Equal(counters["Launched map tasks"], counters["Data-local map tasks"]);
        Assert.Equal($"{Blocks << 16}", (await cluster.OutputAsync(
            "hadoop fs -cat '/locality/files-out/part-*' | awk '{ n += $1 } END { print n }'")).Trim());

        long ReadByStore() => long.Parse(File.ReadLines($"/proc/{cluster.ProcessOf("hadoop-store")}/io").First().Split(' ')[1]);
    }

    /// <summary>About a megabyte of text as it comes on any machine.</summary>
    private async Task<string> TextAsync(string name)
    {
        var file = Path.Combine(Path.GetTempPath(), $"agora-text-{Environment.ProcessId}-{name}");
        await cluster.OutputAsync($"find /usr/share/common-licenses /usr/share/perl /usr/share/doc -type f " +
            $"\\( -name '*.pod' -o -name '*.pm' -o -name copyright -o -path '*/common-licenses/*' \\) | LC_ALL=C sort | " +
            $"xargs cat | tr -d '\\r\\000' | head -c 1000000 > {file}; echo >> {file}");
        return file;
    }
}
