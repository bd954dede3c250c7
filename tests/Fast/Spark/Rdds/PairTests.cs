using Agora.Spark;
using Xunit;

namespace Agora.Tests.Fast.Spark.Rdds;

public sealed class PairTests : IDisposable
{
    private readonly InProcess _spark = new();

    private SparkContext Sc => _spark.Context;

    private RDD<(string Key, int Value)> Left => Sc.Parallelize<(string Key, int Value)>([("a", 1), ("b", 2), ("a", 3), ("c", 4)], 3);

    private RDD<(string Key, string Value)> Right => Sc.Parallelize<(string Key, string Value)>([("a", "x"), ("c", "y"), ("c", "z"), ("d", "w")], 2);

    public void Dispose() => _spark.Dispose();

    [Fact]
    public void Words_are_counted()
    {
        var counts = Sc.Parallelize(["a b a", "b a"], 2).FlatMap(l => l.Split(' ')).Map(w => (w, 1)).ReduceByKey((a, b) => a + b)
            .SortByKey().Collect();
        Assert.Equal([("a", 3), ("b", 2)], counts);
    }

    [Fact]
    public void Values_of_a_key_are_combined_in_every_form()
    {
        Assert.Equal([("a", 4), ("b", 2), ("c", 4)], Left.ReduceByKey((a, b) => a + b).Collect().Order());
        Assert.Equal([("a", 4), ("b", 2), ("c", 4)], Left.FoldByKey(0, (a, b) => a + b, 2).Collect().Order());
        Assert.Equal([("a", "13"), ("b", "2"), ("c", "4")],
            Left.AggregateByKey("", (s, v) => s + v, (s, t) => s + t).MapValues(s => string.Concat(s.Order())).Collect().Order());
        Assert.Equal([("a", 2), ("b", 1), ("c", 1)],
            Left.CombineByKey(_ => 1, (n, _) => n + 1, (n, m) => n + m, mapSideCombine: false).Collect().Order());
        Assert.Equal([("a", "1,3"), ("b", "2"), ("c", "4")],
            Left.GroupByKey().MapValues(v => string.Join(',', v.Order())).Collect().Order());
        Assert.Equal(new Dictionary<string, int> { ["a"] = 4, ["b"] = 2, ["c"] = 4 }, Left.ReduceByKeyLocally((a, b) => a + b));
    }

    [Fact]
    public void A_zero_for_each_key_is_a_copy()
    {
        var lists = Left.AggregateByKey(new List<int>(), (list, v) => { list.Add(v); return list; }, (a, b) => { a.AddRange(b); return a; });
        Assert.Equal([("a", 2), ("b", 1), ("c", 1)], lists.MapValues(l => l.Count).Collect().Order());
    }

    [Fact]
    public void Null_is_a_key_as_any_other()
    {
        var rdd = Sc.Parallelize<(string? Key, int Value)>([(null, 1), ("a", 2), (null, 3)], 2);
        Assert.Equal([(null, 4), ("a", 2)], rdd.ReduceByKey((a, b) => a + b).Collect().OrderBy(p => p.Key));
        Assert.Equal([4], rdd.ReduceByKey((a, b) => a + b).Lookup(null));
        Assert.Equal([(null, (1, 1)), (null, (1, 3)), (null, (3, 1)), (null, (3, 3)), ("a", (2, 2))],
            rdd.Join(rdd).Collect().OrderBy(p => p.Key).ThenBy(p => p.Value));
    }

    [Fact]
    public void Joins_match_keys_as_sql_does()
    {
        Assert.Equal([("a", (1, "x")), ("a", (3, "x")), ("c", (4, "y")), ("c", (4, "z"))], Left.Join(Right).Collect().Order());
        Assert.Equal(["a 1 Some(x)", "a 3 Some(x)", "b 2 None", "c 4 Some(y)", "c 4 Some(z)"],
            Left.LeftOuterJoin(Right).Map(p => $"{p.Key} {p.Value.Left} {p.Value.Right}").Collect().Order());
        Assert.Equal(["a Some(1) x", "a Some(3) x", "c Some(4) y", "c Some(4) z", "d None w"],
            Left.RightOuterJoin(Right).Map(p => $"{p.Key} {p.Value.Left} {p.Value.Right}").Collect().Order());
        Assert.Equal(["a Some(1) Some(x)", "a Some(3) Some(x)", "b Some(2) None", "c Some(4) Some(y)", "c Some(4) Some(z)", "d None Some(w)"],
            Left.FullOuterJoin(Right).Map(p => $"{p.Key} {p.Value.Left} {p.Value.Right}").Collect().Order());
    }

    [Fact]
    public void Up_to_four_datasets_are_grouped_together()
    {
        Assert.Equal(["a 2 1", "b 1 0", "c 1 2", "d 0 1"],
            Left.CoGroup(Right).Map(g => $"{g.Key} {g.Value.Left.Count} {g.Value.Right.Count}").Collect().Order());
        Assert.Equal(["a 2 1 2", "b 1 0 1", "c 1 2 1", "d 0 1 0"], Left.GroupWith(Right, Left)
            .Map(g => $"{g.Key} {g.Value.First.Count} {g.Value.Second.Count} {g.Value.Third.Count}").Collect().Order());
        Assert.Equal(["a 2121", "b 1010", "c 1212", "d 0101"], Left.CoGroup(Right, Left, Right)
            .Map(g => $"{g.Key} {g.Value.First.Count}{g.Value.Second.Count}{g.Value.Third.Count}{g.Value.Fourth.Count}").Collect().Order());
    }

    [Fact]
    public void Keys_that_another_dataset_has_are_subtracted() =>
        Assert.Equal([("b", 2)], Left.SubtractByKey(Right).Collect());

    [Fact]
    public void Keys_values_and_pairs_are_made_and_taken_apart()
    {
        Assert.Equal(["a", "b", "a", "c"], Left.Keys().Collect());
        Assert.Equal([1, 2, 3, 4], Left.Values().Collect());
        Assert.Equal([(1, "a"), (2, "bb")], Sc.Parallelize(["a", "bb"]).KeyBy(s => s.Length).Collect());
        Assert.Equal([("a", 1), ("a", 1), ("b", 2), ("b", 2)], Left.FlatMapValues(v => new[] { v, v }).Collect().Take(4));
        Assert.Equal([("k", 1)], Sc.Parallelize(new Dictionary<string, int> { ["k"] = 1 }).ToPairs().Collect());
        Assert.Equal([(0, "2,4"), (1, "1,3")], Left.Values().GroupBy(v => v % 2).MapValues(g => string.Join(',', g)).Collect().Order());
    }

    [Fact]
    public void Keys_are_counted_looked_up_and_collected()
    {
        Assert.Equal(new Dictionary<string, long> { ["a"] = 2, ["b"] = 1, ["c"] = 1 }, Left.CountByKey());
        Assert.Equal(new Dictionary<int, long> { [1] = 2, [5] = 1 }, Sc.Parallelize([1, 5, 1]).CountByValue());
        Assert.Equal([1, 3], Left.Lookup("a"));
        Assert.Equal(3, Left.CollectAsMap()["a"]);
    }

    [Fact]
    public void A_lookup_with_a_partitioner_runs_one_task()
    {
        var spread = Left.PartitionBy(new HashPartitioner(5)).Cache();
        spread.Count();
        var before = _spark.TasksRun;
        Assert.Equal([1, 3], spread.Lookup("a").Order());
        Assert.Equal(before + 1, _spark.TasksRun);
    }

    [Fact]
    public void Sorting_orders_over_all_partitions()
    {
        var numbers = Enumerable.Range(0, 1000).Select(i => i * 7919 % 1000).ToArray();
        var sorted = Sc.Parallelize(numbers, 5).Map(n => (n, n.ToString())).SortByKey(partitions: 4);
        Assert.Equal(4, sorted.PartitionCount);
        Assert.Equal(Enumerable.Range(0, 1000), sorted.Keys().Collect());
        Assert.Equal(Enumerable.Range(0, 1000).Reverse(), Sc.Parallelize(numbers, 5).SortBy(n => n, ascending: false).Collect());
        Assert.Equal(["B", "a", "b"], Sc.Parallelize(["b", "a", "B"]).SortBy(s => s).Collect());
        Assert.Equal(["a", "B", "b"], Sc.Parallelize(["B", "b", "a"], 1).SortBy(s => s, order: StringComparer.OrdinalIgnoreCase).Collect());
        Assert.Empty(Sc.Parallelize(Array.Empty<(int, int)>()).SortByKey().Collect());
    }

    [Fact]
    public void A_range_of_sorted_keys_is_read_from_the_partitions_that_have_it()
    {
        var sorted = Sc.Parallelize(Enumerable.Range(0, 100), 4).Map(n => (n, n)).SortByKey(partitions: 10);
        var some = sorted.FilterByRange(20, 24);
        Assert.True(some.PartitionCount < sorted.PartitionCount);
        Assert.Equal([20, 21, 22, 23, 24], some.Keys().Collect());
        Assert.Equal([2], Left.Values().Map(v => (v, v)).FilterByRange(2, 2).Values().Collect());
    }

    [Fact]
    public void Partitions_are_sorted_by_the_shuffle_itself()
    {
        var parts = Sc.Parallelize([5, 2, 4, 1, 3, 6], 2).Map(n => (n, 0)).RepartitionAndSortWithinPartitions(new Parity()).Keys().Glom().Collect();
        Assert.Equal([[2, 4, 6], [1, 3, 5]], parts);
    }

    private sealed class Parity : Partitioner
    {
        public override int PartitionCount => 2;

        public override int PartitionOf(object? key) => (int)key! % 2;

        public override bool Equals(object? obj) => obj is Parity;

        public override int GetHashCode() => 2;
    }
}
