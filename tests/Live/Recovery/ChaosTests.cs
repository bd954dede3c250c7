using System.Text.Json;
using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Recovery;

/// <summary>A short chaos run as users start it. How long it is makes no difference to what it checks.</summary>
public sealed class ChaosTests
{
    [Fact]
    public async Task Jobs_outlive_twenty_seconds_of_faults_with_right_results_and_nothing_is_left()
    {
        var directory = Directory.CreateTempSubdirectory("agora-report-").FullName;
        try
        {
            var run = await Programs.Run(directory, Programs.Agora, "bench", "recovery", "--chaos", "20s", "--seed", "3", "--out", directory);
            // A wrong result, a failure that no fault explains, and anything that is left would have ended it with 1.
            Assert.True(run.ExitCode == 0, run.ToString());
            using var results = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(directory, "results.json"), TestContext.Current.CancellationToken));
            var figures = results.RootElement.GetProperty("rows").EnumerateArray()
                .ToDictionary(r => r.GetProperty("metric").GetString()!, r => r.GetProperty("agora").GetDouble());
            Assert.True(figures["faults"] > 0 && figures["jobs-with-checked-results"] > 0, run.Text);
            Assert.Contains("recovery (live)", await File.ReadAllTextAsync(Path.Combine(directory, "report.html"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
