using Xunit;

namespace Agora.Tests.Live.Hadoop;

/// <summary>Packed map outputs and typed bytes on a cluster, with its commands.</summary>
[Collection(HadoopCollection.Name)]
public sealed class RecordFormTests(HadoopCluster cluster)
{
    /// <summary>The length of the text a ends in 1.</summary>
    private const string Upper = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read().replace(b\"\\x01a\", b\"\\x01A\"))";

    [Fact]
    public async Task Typed_bytes_are_loaded_go_through_a_job_and_are_dumped()
    {
        // The pairs (b, 1) and (a, 2), as texts.
        await cluster.OutputAsync(@"printf '\007\0\0\0\001b\007\0\0\0\0011\007\0\0\0\001a\007\0\0\0\0012' > typed && " +
            "hadoop jar hadoop-streaming.jar loadtb /forms/in < typed");
        Assert.Equal("same\n", await cluster.OutputAsync("hadoop jar hadoop-streaming.jar dumptb /forms/in | cmp typed && echo same"));
        await cluster.OutputAsync($"printf '%s\\n' '{Upper}' > upper.py && hadoop jar hadoop-streaming.jar -io typedbytes " +
            "-inputformat org.apache.hadoop.streaming.AutoInputFormat -outputformat org.apache.hadoop.mapred.SequenceFileOutputFormat " +
            "-input /forms/in -output /forms/out -mapper 'python3 upper.py' -file upper.py -reducer cat");
        Assert.Equal(@"\a\0\0\0001A\a\0\0\00012\a\0\0\0001b\a\0\0\00011", await OctalAsync("/forms/out"));
        var missing = await cluster.RunAsync("hadoop jar hadoop-streaming.jar dumptb /forms/nothing");
        Assert.Equal((1, "dumptb: Input path does not exist: "), (missing.Code, missing.Error[..35]));
    }

    [Theory]
    [InlineData("DefaultCodec")]
    [InlineData("ZStandardCodec")]
    public async Task Packed_map_outputs_give_the_same_output_with_fewer_bytes_on_the_way(string codec)
    {
        await cluster.OutputAsync($"seq 1 60000 | hadoop fs -put - /packed-maps/{codec}/in");
        var job = $"-D mapred.map.tasks=3 -D mapred.reduce.tasks=2 -input /packed-maps/{codec}/in -mapper cat -reducer cat ";
        var plain = await cluster.CountersOfAsync($"{job} -output /packed-maps/{codec}/plain");
        var packed = await cluster.CountersOfAsync($"-D mapred.compress.map.output=true " +
            $"-D mapred.map.output.compression.codec=org.apache.hadoop.io.compress.{codec} {job} -output /packed-maps/{codec}/packed");
        Assert.Equal(plain["Map output materialized bytes"], plain["Reduce shuffle bytes"]);
        Assert.Equal(packed["Map output materialized bytes"], packed["Reduce shuffle bytes"]);
        Assert.True(packed["Reduce shuffle bytes"] < plain["Reduce shuffle bytes"] * 3 / 4, $"{packed["Reduce shuffle bytes"]}");
        Assert.Equal(await cluster.OutputAsync($"hadoop fs -cat '/packed-maps/{codec}/plain/part-*' | md5sum"),
            await cluster.OutputAsync($"hadoop fs -cat '/packed-maps/{codec}/packed/part-*' | md5sum"));
    }

    private async Task<string> OctalAsync(string path) => (await cluster.OutputAsync(
        $"hadoop jar hadoop-streaming.jar dumptb {path} | od -An -c -v | tr -d ' \\n'"));
}
