using Agora.Workloads.Live.Iterative;
using Agora.Workloads.Live.Overhead;
using Xunit;

namespace Agora.Tests.Fast.Workloads;

/// <summary>What the smaller live experiments make of what they measured.</summary>
public sealed class LiveFindingsTests
{
    [Fact]
    public void An_overhead_is_what_the_median_run_takes_longer_through_Agora()
    {
        // Medians: 10 s and 10.5 s, then 20 s and 19 s.
        var rows = OverheadExperiment.Find([10, 9, 30], [10.5, 11, 10], [20, 21, 19], [19, 19, 40]).Rows.ToDictionary(r => r.Metric, r => r.Agora);
        Assert.Equal(5, rows["linpack-overhead"], 6);
        Assert.Equal(-5, rows["word-count-overhead"], 6);
        Assert.Equal(10.5, rows["linpack-through-agora"], 6);
    }

    [Fact]
    public void The_first_iteration_of_Spark_counts_for_the_whole_but_not_for_the_median()
    {
        // Hadoop 4 s an iteration; Spark 5 s, then 0.1 s each.
        var rows = IterativeExperiment.Find(1000, [4, 4, 4], [5, 0.1, 0.1, 0.1]).Rows.ToDictionary(r => r.Metric, r => r.Agora);
        Assert.Equal(40, rows["speed-up-of-an-iteration"], 6);
        Assert.Equal(16 / 5.3, rows["speed-up-of-4-iterations"], 6);
    }
}
