using Agora.Workloads.Reports;
using Agora.Workloads.Simulated.Scale;
using Xunit;

namespace Agora.Tests.Fast.Workloads;

public sealed class ScaleTests
{
    [Fact]
    public void A_task_starts_sooner_than_in_the_paper_while_the_cluster_is_full()
    {
        var rows = Run(1).Rows;
        var overhead = rows.Single(r => r.Metric == "overhead-400-agents");
        // Two connections' delays and a container's start at least; less would mean that something was left out.
        Assert.InRange(overhead.Agora, 0.004, 0.13);
        Assert.InRange(rows.Single(r => r.Metric == "task-ends-400-agents").Ratio!.Value, 0.9, 1.1);
    }

    [Fact]
    public void The_same_seed_gives_the_same_figures_to_the_last_digit_and_another_seed_others()
    {
        Assert.Equal(Run(3).Rows, Run(3).Rows);
        Assert.NotEqual(Run(3).Rows, Run(4).Rows);
    }

    private static Findings Run(ulong seed) =>
        ScaleExperiment.Run(new RunOptions(seed), Progress.None, [(400, 0.13)], frameworks: 20);
}
