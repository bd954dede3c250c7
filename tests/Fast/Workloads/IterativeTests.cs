using Agora.Workloads.Reports;
using Agora.Workloads.Simulated.Iterative;
using Xunit;

namespace Agora.Tests.Fast.Workloads;

public sealed class IterativeTests
{
    private const int Blocks = 80;

    [Fact]
    public void A_further_iteration_on_kept_data_is_twenty_times_faster_than_a_job_that_reads_anew()
    {
        var rows = IterativeExperiment.Run(new RunOptions(), Progress.None, IterativeSetup.FullBlocks).Rows.ToDictionary(r => r.Metric, r => r.Agora);
        Assert.True(rows["speed-up-of-a-further-iteration"] > 20, $"{rows["speed-up-of-a-further-iteration"]}");
        Assert.True(rows["speed-up-at-30-iterations"] > 10, $"{rows["speed-up-at-30-iterations"]}");
        Assert.InRange(rows["spark-tasks-on-kept-blocks"], 99, 100);
    }

    [Fact]
    public void The_same_seed_gives_the_same_times_and_another_seed_others()
    {
        Assert.Equal(IterativeWorld.Spark(3, Blocks, 5).Ends, IterativeWorld.Spark(3, Blocks, 5).Ends);
        Assert.NotEqual(IterativeWorld.Spark(3, Blocks, 5).Ends, IterativeWorld.Spark(3, Blocks, 6).Ends);
        Assert.Equal(IterativeWorld.Hadoop(2, Blocks, 5), IterativeWorld.Hadoop(2, Blocks, 5));
    }
}
