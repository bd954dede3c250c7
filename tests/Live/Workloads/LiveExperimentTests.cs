using System.Text.Json;
using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Workloads;

/// <summary>A live experiment as users run it, with a cluster of its own.</summary>
public sealed class LiveExperimentTests
{
    [Fact]
    public async Task Hadoop_and_Spark_find_the_same_weights_and_an_iteration_over_cached_points_is_the_faster_one()
    {
        var directory = Directory.CreateTempSubdirectory("agora-report-").FullName;
        try
        {
            var run = await Programs.Run(directory, Path.Combine(Programs.Bin, "agora"), "bench", "iterative", "--live", "--quick", "--out", directory);
            // Different weights would have ended it with 1.
            Assert.True(run.ExitCode == 0, run.ToString());

            using var results = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(directory, "results.json"), TestContext.Current.CancellationToken));
            Assert.Equal("live", results.RootElement.GetProperty("mode").GetString());
            var figures = results.RootElement.GetProperty("rows").EnumerateArray()
                .ToDictionary(r => r.GetProperty("metric").GetString()!, r => r.GetProperty("agora").GetDouble());
            Assert.True(figures["hadoop-iteration"] > figures["spark-later-iteration"],
                $"{figures["hadoop-iteration"]} s by Hadoop, {figures["spark-later-iteration"]} s by Spark");

            var report = await File.ReadAllTextAsync(Path.Combine(directory, "report.html"), TestContext.Current.CancellationToken);
            Assert.Contains("iterative (live)", report, StringComparison.Ordinal);
            Assert.DoesNotContain("src=\"http", report, StringComparison.Ordinal);
            Assert.Contains(Path.Combine(directory, "report.html"), run.Text, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
