using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Spark;

/// <summary>The same program file on one agent and on many.</summary>
public sealed class ClusterSizeTests
{
    private sealed class Sized(int agents) : LiveCluster
    {
        protected override string[] Options => ["--agents", $"{agents}", "--cpus", "1", "--mem", "2048"];
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public async Task Programs_give_the_same_whatever_the_clusters_size(int agents)
    {
        await using var cluster = new Sized(agents);
        await cluster.InitializeAsync();
        var chains = await SparkProgram.Submit(cluster, "agora", SparkProgram.Path, "chains", "100", "15");
        Assert.True(chains is { ExitCode: 0, Text: "15 chains\n" }, chains.ToString());
        var here = await SparkProgram.Submit(null, "local[1]", SparkProgram.Papers, "closure", "30", "40", "4");
        var there = await SparkProgram.Submit(cluster, "agora", SparkProgram.Papers, "closure", "30", "40", "4");
        Assert.Equal(here.Text, there.Text);
        Assert.Equal(0, there.ExitCode);
    }
}
