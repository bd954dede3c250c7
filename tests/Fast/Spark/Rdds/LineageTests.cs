using Agora.Spark;
using Xunit;

namespace Agora.Tests.Fast.Spark.Rdds;

public sealed class LineageTests : IDisposable
{
    private readonly InProcess _spark = new();

    private SparkContext Sc => _spark.Context;

    public void Dispose() => _spark.Dispose();

    [Fact]
    public void A_lineage_reads_as_in_spark()
    {
        var pairs = Sc.Parallelize([("a", 1), ("b", 2)], 3).SetName("words").Cache();
        var sums = pairs.ReduceByKey((a, b) => a + b, 12).MapValues(v => v + 1);
        var text = System.Text.RegularExpressions.Regex.Replace(sums.Join(pairs, 2).ToDebugString(), ":[0-9]+", ":n");
        Assert.Equal("""
            (2) MapPartitionsRDD[4] at Join at LineageTests.cs:n []
             |  CoGroupedRDD[3] at Join at LineageTests.cs:n []
             +-(12) MapPartitionsRDD[2] at MapValues at LineageTests.cs:n []
             |  |   ShuffledRDD[1] at ReduceByKey at LineageTests.cs:n []
             |  +-(3) words ParallelCollectionRDD[0] at Parallelize at LineageTests.cs:n [Memory Deserialized 1x Replicated]
             +-(3) words ParallelCollectionRDD[0] at Parallelize at LineageTests.cs:n [Memory Deserialized 1x Replicated]
            """, text);
    }

    [Fact]
    public void Datasets_with_one_partitioner_are_joined_without_a_shuffle()
    {
        var left = Sc.Parallelize([(1, "a"), (2, "b")], 2).PartitionBy(new HashPartitioner(4)).Cache();
        var right = Sc.Parallelize([(1, 10), (3, 30)], 2).ReduceByKey((a, b) => a + b, new HashPartitioner(4));
        left.Count();
        right.Count();
        var shuffles = _spark.ShufflesWritten;
        var joined = left.Join(right);
        Assert.Equal(left.Partitioner, joined.Partitioner);
        Assert.Equal([(1, ("a", 10))], joined.Collect());
        Assert.Equal([(1, 20)], joined.MapValues(v => v.Right).ReduceByKey((a, b) => a + b).MapValues(v => v * 2).Collect());
        Assert.Equal(shuffles, _spark.ShufflesWritten);
        Assert.Equal([(1, ("a", 10))], left.Join(right, 3).Collect());
        Assert.Equal(shuffles + 2, _spark.ShufflesWritten);
    }

    [Fact]
    public void The_default_partitioner_is_the_largest_there_is_or_hashing_over_the_most_partitions()
    {
        var (few, many) = (Sc.Parallelize([(1, 1)], 2), Sc.Parallelize([(1, 1)], 5));
        Assert.Equal(new HashPartitioner(5), few.Join(many).Partitioner);
        Assert.Equal(new HashPartitioner(3), few.PartitionBy(new HashPartitioner(3)).Join(many).Partitioner);
        Assert.Equal(new HashPartitioner(7), few.PartitionBy(new HashPartitioner(3)).Join(many.PartitionBy(new HashPartitioner(7))).Partitioner);
    }

    [Fact]
    public void A_parallelism_that_is_set_decides_where_there_is_no_partitioner()
    {
        using var runner = new InProcess();
        var sc = new SparkContext(new SparkConf().Set("spark.default.parallelism", "6"), runner, runner, runner.Stores);
        Assert.Equal(6, sc.Parallelize([(1, 1)]).PartitionCount);
        Assert.Equal(6, sc.Parallelize([(1, 1)], 2).GroupByKey().PartitionCount);
    }

    [Fact]
    public void Keys_that_may_have_changed_have_no_partitioner()
    {
        var spread = Sc.Parallelize([(1, 1)]).PartitionBy(new HashPartitioner(2));
        Assert.Null(spread.Map(p => p).Partitioner);
        Assert.NotNull(spread.MapValues(v => v).Partitioner);
        Assert.NotNull(spread.FlatMapValues(v => new[] { v }).Partitioner);
        Assert.NotNull(spread.Filter(p => true).Partitioner);
        Assert.Null(spread.MapPartitions(p => p).Partitioner);
        Assert.NotNull(spread.MapPartitions(p => p, keepsPartitioner: true).Partitioner);
        Assert.Same(spread, spread.PartitionBy(new HashPartitioner(2)));
    }

    [Fact]
    public void A_shuffle_is_written_once_for_all_jobs()
    {
        var sums = Sc.Parallelize([(1, 1), (1, 2)], 3).ReduceByKey((a, b) => a + b, 2);
        sums.Count();
        Assert.Equal(3 + 2, _spark.TasksRun);
        sums.Map(p => p.Value).Collect();
        Assert.Equal(3 + 2 + 2, _spark.TasksRun);
    }

    [Fact]
    public void What_is_cached_is_computed_once_and_hides_what_is_before()
    {
        var computed = Sc.LongAccumulator();
        var cached = Sc.Parallelize([(1, 1), (2, 2)], 2).ReduceByKey((a, b) => a + b, 2)
            .Map(p => { computed.Add(1); return p.Value; }).Cache();
        cached.Count();
        cached.Count();
        Assert.Equal(2, computed.Value);
        Assert.Contains(cached.Id, Sc.GetPersistentRDDs().Keys);
        cached.Unpersist();
        Assert.Empty(_spark.Blocks);
        Assert.Empty(Sc.GetPersistentRDDs());
        cached.Count();
        Assert.Equal(4, computed.Value);
    }

    [Fact]
    public void Only_a_lost_partition_is_computed_again()
    {
        var computed = Sc.LongAccumulator();
        var cached = Sc.Parallelize(Enumerable.Range(0, 4), 4).Map(x => { computed.Add(1); return x; }).Cache();
        cached.Count();
        _spark.Lose(new BlockId(cached.Id, 2));
        Assert.Equal([0, 1, 2, 3], cached.Collect());
        Assert.Equal(5, computed.Value);
    }

    [Fact]
    public void A_storage_level_cannot_be_changed_while_it_is_set()
    {
        var rdd = Sc.Parallelize([1]).Cache();
        Assert.Equal(StorageLevel.MemoryOnly, rdd.Cache().GetStorageLevel());
        Assert.Contains("cannot be changed", Assert.Throws<SparkException>(() => rdd.Persist(StorageLevel.DiskOnly)).Message, StringComparison.Ordinal);
        Assert.Equal(StorageLevel.DiskOnly, rdd.Unpersist().Persist(StorageLevel.DiskOnly).GetStorageLevel());
    }

    [Fact]
    public void A_thousand_wide_steps_are_planned_and_run()
    {
        var rdd = Sc.Parallelize([(1, 0), (2, 0)], 1);
        for (var i = 0; i < 1000; i++)
            rdd = rdd.Map(p => (p.Item2 % 7, p.Item2 + 1)).GroupByKey(1).Map(g => (g.Key, g.Values.Max()));
        Assert.Equal([1000], rdd.Values().Distinct().Collect());
        Assert.Equal(1 + (1000 * 3) + 4, rdd.Values().Distinct().ToDebugString().Split('\n').Length);
    }

    [Fact]
    public void Unions_and_zips_many_deep_are_computed()
    {
        var one = Sc.Parallelize([1], 1);
        var union = one;
        for (var i = 0; i < 1200; i++)
            union = union.Union(one);
        Assert.Equal(1201, union.Count());
        var zipped = one;
        for (var i = 0; i < 1200; i++)
            zipped = zipped.Zip(one).Map(p => p.First + p.Second);
        Assert.Equal([1201], zipped.Collect());
    }
}
