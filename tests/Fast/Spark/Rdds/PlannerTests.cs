using Agora.Spark;
using Agora.Spark.Scheduling;
using Xunit;

namespace Agora.Tests.Fast.Spark.Rdds;

public sealed class PlannerTests : IDisposable
{
    private readonly InProcess _spark = new();

    private SparkContext Sc => _spark.Context;

    public void Dispose() => _spark.Dispose();

    private StageSpec Plan<T>(RDD<T> rdd) =>
        _spark.Planner.Plan(rdd, new ResultTask<T, long>(rdd, (_, records) => records.Count()), "test");

    private RDD<(int Key, int Value)> Pairs(int slices = 3) => Sc.Parallelize([(1, 1), (2, 2)], slices);

    [Fact]
    public void A_stage_ends_where_a_shuffle_begins()
    {
        var final = Plan(Pairs().Map(p => p).ReduceByKey((a, b) => a + b, 2).Map(p => p));
        Assert.Equal(2, final.TaskCount);
        Assert.Null(final.ShuffleId);
        var before = Assert.Single(final.Parents).Stage;
        Assert.Equal((3, 0), (before.TaskCount, before.ShuffleId));
        Assert.Empty(before.Parents);
        Assert.StartsWith("Map at PlannerTests.cs:", before.Name, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shuffle_keeps_the_number_of_its_stage_and_each_action_has_one_of_its_own()
    {
        var sums = Pairs().ReduceByKey((a, b) => a + b);
        var (first, second) = (Plan(sums), Plan(sums.MapValues(v => v)));
        Assert.NotEqual(first.Id, second.Id);
        Assert.Equal(first.Parents.Single().Stage.Id, second.Parents.Single().Stage.Id);
    }

    [Fact]
    public void A_shuffle_that_is_read_twice_is_one_stage()
    {
        var sums = Pairs().ReduceByKey((a, b) => a + b, 2);
        var final = Plan(sums.Map(p => p.Key).Union(sums.Map(p => p.Value)));
        Assert.Single(final.Parents);
    }

    [Fact]
    public void What_is_persisted_on_a_way_hides_the_stage_before()
    {
        var sums = Pairs().ReduceByKey((a, b) => a + b, 2).Cache();
        var mapped = sums.MapValues(v => v).Cache();
        Assert.Equal([new(mapped.Id, 2), new(sums.Id, 2)], Plan(mapped.Map(p => p)).Parents.Single().Hidden);
    }

    [Fact]
    public void Of_two_ways_both_are_listed_unless_one_needs_the_stage_whenever_the_other_does()
    {
        var sums = Pairs().ReduceByKey((a, b) => a + b, 2);
        var (a, b) = (sums.MapValues(v => v).Cache(), sums.MapValues(v => -v).Cache());
        Assert.Equal([a.Id, b.Id], Plan(a.Union(b)).Parents.Select(p => Assert.Single(p.Hidden).RddId).Order());
        // Without anything on the way, it is needed in any case.
        Assert.Empty(Assert.Single(Plan(a.Union(sums)).Parents).Hidden);
    }

    [Fact]
    public void Many_diamonds_of_persisted_datasets_are_planned_at_once()
    {
        var rdd = Pairs().ReduceByKey((a, b) => a + b, 2);
        var common = new List<int>();
        for (var i = 0; i < 40; i++)
        {
            rdd = rdd.MapValues(v => v).Cache().Union(rdd.MapValues(v => v).Cache()).Coalesce(2).Cache();
            common.Add(rdd.Id);
        }
        // 2^40 ways; what all pass is a safe answer.
        Assert.All(Plan(rdd).Parents, p => Assert.Superset(common.ToHashSet(), p.Hidden.Select(h => h.RddId).ToHashSet()));
    }

    [Fact]
    public void A_task_is_best_where_what_it_reads_is()
    {
        var input = Sc.MakeRDD<int>([(1, ["a", "b"]), (2, ["c"])]);
        var kept = input.Map(x => x).Cache();
        var final = Plan(kept.Filter(_ => true).Cache());
        Assert.Equal(["c"], final.HostsOf(1));
        Assert.Equal(["a", "b"], final.HostsOf(0));
        Assert.Equal([$"rdd_{kept.Id + 1}_1", $"rdd_{kept.Id}_1"], final.CachedInputsOf(1).Select(b => b.ToString()));
        Assert.Empty(Plan(input.Map(x => x)).CachedInputsOf(0));
        // Partition 2 of the product of 2 and 2 reads the left's second and the right's first.
        Assert.Equal([$"rdd_{kept.Id}_1", $"rdd_{kept.Id}_0"],
            Plan(kept.Cartesian(kept)).CachedInputsOf(2).Select(b => b.ToString()));
    }
}
