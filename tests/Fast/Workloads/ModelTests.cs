using Agora.Workloads.Reports;
using Agora.Workloads.Simulated.Model;
using Xunit;

namespace Agora.Tests.Fast.Workloads;

public sealed class ModelTests
{
    [Fact]
    public void Every_cell_is_within_five_percent_of_its_formula_where_that_is_exact()
    {
        var rows = new ModelExperiment().Run(new RunOptions(Seed: 7, Seeds: 300, Quick: true), Progress.None).Rows;
        var exact = rows.Where(r => !r.Metric.EndsWith("-whole-tasks", StringComparison.Ordinal) &&
            !rows.Any(other => other.Metric == r.Metric + "-exact")).ToList();
        Assert.Equal(12, exact.Count);
        Assert.All(exact, r => Assert.True(r.Ratio is > 0.95 and < 1.05, $"{r.Metric} is {r.Ratio:0.000} of {r.Anchor}"));
    }

    [Fact]
    public void The_same_seed_gives_the_same_figures_to_the_last_digit_and_another_seed_others()
    {
        var (first, again, other) = (Run(3), Run(3), Run(4));
        Assert.Equal(first.Rows, again.Rows);
        Assert.Equal(first.Data[0].Rows.SelectMany(r => r), again.Data[0].Rows.SelectMany(r => r));
        Assert.NotEqual(first.Rows, other.Rows);
    }

    private static Findings Run(ulong seed) => new ModelExperiment().Run(new RunOptions(seed, Seeds: 5, Quick: true), Progress.None);
}
