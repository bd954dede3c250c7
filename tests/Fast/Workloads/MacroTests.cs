using Agora.Workloads.Reports;
using Agora.Workloads.Simulated.Macro;
using Xunit;

namespace Agora.Tests.Fast.Workloads;

public sealed class MacroTests
{
    /// <summary>Twelve nodes in four partitions.</summary>
    private const int Tiny = 8;

    [Fact]
    public void Sharing_is_faster_than_partitions_for_who_can_use_more_and_costs_the_others_little()
    {
        var rows = Run(1).Rows.ToDictionary(r => r.Metric, r => r.Agora);
        Assert.True(rows["large-hadoop-speed-up"] > 1.7, $"{rows["large-hadoop-speed-up"]}");
        Assert.True(rows["facebook-hadoop-speed-up"] > 1, $"{rows["facebook-hadoop-speed-up"]}");
        Assert.InRange(rows["torque-speed-up"], 0.95, 1);
        Assert.True(rows["cpu-utilisation-gain"] > 10, $"{rows["cpu-utilisation-gain"]}");
        // Nobody holds more than there is.
        Assert.InRange(rows["shared-cpu-utilisation"], 1, 100);
        Assert.InRange(rows["shared-memory-utilisation"], 1, 100);
    }

    [Fact]
    public void Every_job_of_every_framework_ends_on_partitions_and_shared()
    {
        var jobs = Run(1).Data.Single(d => d.Name == "jobs").Rows;
        foreach (var setup in new[] { "shared", "static" })
        {
            var counts = jobs.Where(j => (string)j[0] == setup).GroupBy(j => (string)j[2]).ToDictionary(g => g.Key, g => g.Count());
            Assert.Equal((100, 10, 5, 8), (counts[MacroWorld.Facebook], counts[MacroWorld.Large], counts[MacroWorld.Spark], counts[MacroWorld.Torque]));
        }
        Assert.All(jobs, j => Assert.True((double)j[5] > (double)j[4], $"a job of {j[2]} ends before it is submitted"));
    }

    [Fact]
    public void The_same_seed_gives_the_same_figures_to_the_last_digit_and_another_seed_others()
    {
        var (first, again, other) = (Run(3), Run(3), Run(4));
        Assert.Equal(first.Rows, again.Rows);
        Assert.Equal(first.Data.SelectMany(d => d.Rows.SelectMany(r => r)), again.Data.SelectMany(d => d.Rows.SelectMany(r => r)));
        Assert.NotEqual(first.Rows, other.Rows);
    }

    [Fact]
    public void A_framework_of_their_own_cures_slow_small_jobs_and_hints_spare_offers()
    {
        var rows = BeyondExperiment.Run(new RunOptions(), Progress.None, Tiny, seeds: 1).Rows.ToDictionary(r => r.Metric, r => r.Agora);
        Assert.True(rows["small-first-selection-1-speed-up"] > rows["fair-selection-1-speed-up"]);
        Assert.True(rows["fair-declined-per-task"] < rows["no-hints-declined-per-task"]);
        Assert.True(rows["minimum-offers-declined-per-task"] < rows["no-hints-declined-per-task"]);
        Assert.Equal(0, rows["fair-revoked-tasks"]);
        Assert.True(rows["guarantees-revoked-tasks"] > 0);
    }

    private static Findings Run(ulong seed) => MacroExperiment.Run(new RunOptions(seed), Progress.None, Tiny, seeds: 1);
}
