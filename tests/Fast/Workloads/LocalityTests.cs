using Agora.Workloads.Reports;
using Agora.Workloads.Simulated.Locality;
using Xunit;

namespace Agora.Tests.Fast.Workloads;

public sealed class LocalityTests
{
    [Fact]
    public void Waiting_brings_maps_to_their_data_and_hints_spare_offers()
    {
        var rows = new LocalityExperiment().Run(new RunOptions(Quick: true), Progress.None).Rows
            .ToDictionary(r => r.Metric, r => r.Agora);
        // More than the copies on a partition's own nodes cannot be local.
        Assert.InRange(rows["static-local-maps"], 0.05, 0.3);
        Assert.True(rows["no-delay-local-maps"] > rows["static-local-maps"]);
        Assert.True(rows["1-s-local-maps"] > 0.9, $"{rows["1-s-local-maps"]}");
        Assert.True(rows["5-s-local-maps"] > 0.95, $"{rows["5-s-local-maps"]}");
        Assert.True(rows["hints-1-s-local-maps"] > 0.95, $"{rows["hints-1-s-local-maps"]}");
        Assert.True(rows["hints-1-s-declined-per-task"] < rows["1-s-declined-per-task"]);
        Assert.True(rows["5-s-job-time"] < rows["static-job-time"] / 1.5);
    }

    [Fact]
    public void The_same_seed_gives_the_same_figures_to_the_last_digit_and_another_seed_others()
    {
        Assert.Equal(Run(3), Run(3));
        Assert.NotEqual(Run(3), Run(4));
    }

    private static IReadOnlyList<LocalityMeasure> Run(ulong seed) =>
        LocalityWorld.Run(new LocalitySetup("1-s", false, TimeSpan.FromSeconds(1), true, Maps: 30), seed);
}
