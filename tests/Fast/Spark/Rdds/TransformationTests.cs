using Agora.Spark;
using Xunit;

namespace Agora.Tests.Fast.Spark.Rdds;

public sealed class TransformationTests : IDisposable
{
    private readonly InProcess _spark = new();

    private SparkContext Sc => _spark.Context;

    public void Dispose() => _spark.Dispose();

    [Fact]
    public void A_collection_is_cut_into_slices_of_nearly_the_same_length()
    {
        var slices = Sc.Parallelize(Enumerable.Range(0, 10), 3).Glom().Collect();
        Assert.Equal([[0, 1, 2], [3, 4, 5], [6, 7, 8, 9]], slices);
        Assert.Equal(2, Sc.Parallelize([1, 2, 3]).PartitionCount);
    }

    [Fact]
    public void Map_filter_and_flat_map_do_as_linq_does()
    {
        var rdd = Sc.Parallelize(Enumerable.Range(0, 100), 4);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => i * 2), rdd.Map(i => i * 2).Collect());
        Assert.Equal(Enumerable.Range(0, 100).Where(i => i % 3 == 0), rdd.Filter(i => i % 3 == 0).Collect());
        Assert.Equal(Enumerable.Range(0, 100).SelectMany(i => new[] { i, -i }), rdd.FlatMap(i => new[] { i, -i }).Collect());
    }

    [Theory]
    [InlineData(0, 10, 1)]
    [InlineData(0, 10, 3)]
    [InlineData(10, 0, -3)]
    [InlineData(5, 5, 1)]
    [InlineData(5, 0, 1)]
    [InlineData(long.MinValue, long.MaxValue, long.MaxValue / 2)]
    public void A_range_counts_as_a_loop_does(long start, long end, long step)
    {
        var expected = new List<long>();
        for (Int128 i = start; step > 0 ? i < end : i > end; i += step)
            expected.Add((long)i);
        Assert.Equal(expected, Sc.Range(start, end, step, slices: 3).Collect());
    }

    [Fact]
    public void A_range_over_most_numbers_is_counted_from_its_last_partition_on()
    {
        // 2^63 - 1 numbers in 4 slices: the last begins at three quarters.
        var rdd = Sc.Range(0, long.MaxValue, slices: 4);
        var first = Sc.RunJob(rdd, (_, numbers) => numbers.First(), [3]).Single();
        Assert.Equal((long)((UInt128)long.MaxValue * 3 / 4), first);
    }

    [Fact]
    public void Partitions_are_mapped_with_their_numbers()
    {
        var rdd = Sc.Parallelize(Enumerable.Range(0, 6), 3);
        Assert.Equal([1, 5, 9], rdd.MapPartitions(r => new[] { r.Sum() }).Collect());
        Assert.Equal(["0:01", "1:23", "2:45"], rdd.MapPartitionsWithIndex((i, r) => new[] { $"{i}:{string.Concat(r)}" }).Collect());
    }

    [Fact]
    public void A_union_has_the_records_of_all_one_after_another()
    {
        var (a, b) = (Sc.Parallelize([1, 2], 2), Sc.Parallelize([2, 3], 1));
        Assert.Equal([1, 2, 2, 3], (a + b).Collect());
        Assert.Equal(3, a.Union(b).PartitionCount);
        Assert.Equal([1, 2, 2, 3, 1, 2], Sc.Union(a, b, Sc.EmptyRDD<int>(), a).Collect());
        Assert.Empty(Sc.Union<int>().Collect());
    }

    [Fact]
    public void A_union_of_datasets_with_one_partitioner_keeps_it()
    {
        var a = Sc.Parallelize([(1, "a"), (2, "b")]).PartitionBy(new HashPartitioner(3));
        var both = a.Union(a.MapValues(v => v + v));
        Assert.Equal(a.Partitioner, both.Partitioner);
        Assert.Equal(["a", "aa"], both.Lookup(1).Order());
    }

    [Fact]
    public void The_cartesian_product_has_each_with_each()
    {
        var product = Sc.Parallelize([1, 2, 3], 2).Cartesian(Sc.Parallelize(["a", "b"], 2));
        Assert.Equal(4, product.PartitionCount);
        Assert.Equal([(1, "a"), (1, "b"), (2, "a"), (2, "b"), (3, "a"), (3, "b")], product.Collect().Order());
    }

    [Fact]
    public void Zip_pairs_records_by_place()
    {
        var a = Sc.Parallelize([1, 2, 3, 4], 2);
        Assert.Equal([(1, "1"), (2, "2"), (3, "3"), (4, "4")], a.Zip(a.Map(i => i.ToString())).Collect());
        Assert.Contains("partitions", Assert.Throws<SparkException>(() => a.Zip(Sc.Parallelize([1, 2, 3, 4], 3))).Message, StringComparison.Ordinal);
        Assert.Contains("Zip needs as many records", Assert.Throws<SparkException>(() => a.Zip(Sc.Parallelize([1, 2, 3], 2)).Collect()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Records_are_numbered_in_order_by_one_job_at_most()
    {
        var one = Sc.Parallelize(["a", "b"], 1).ZipWithIndex();
        Assert.Empty(_spark.Ran);
        Assert.Equal([("a", 0L), ("b", 1L)], one.Collect());
        Assert.Equal([("a", 0L), ("b", 1L), ("c", 2L), ("d", 3L)], Sc.Parallelize(["a", "b", "c", "d"], 3).ZipWithIndex().Collect());
    }

    [Fact]
    public void Unique_numbers_go_on_by_the_number_of_partitions()
    {
        // In partition k of 2: k, 2 + k, 4 + k.
        Assert.Equal([("a", 0L), ("b", 2L), ("c", 1L), ("d", 3L), ("e", 5L)],
            Sc.Parallelize(["a", "b", "c", "d", "e"], 2).ZipWithUniqueId().Collect());
    }

    [Fact]
    public void A_sample_is_the_same_each_time_for_a_seed_and_of_about_the_size_asked_for()
    {
        var rdd = Sc.Parallelize(Enumerable.Range(0, 10_000), 4);
        var sample = rdd.Sample(withReplacement: false, 0.2, seed: 3);
        Assert.Equal(sample.Collect(), sample.Collect());
        // Standard deviation 40 and 45: within five of it.
        Assert.InRange(sample.Count(), 1800, 2200);
        Assert.Equal(sample.Count(), sample.Distinct().Count());
        var repeated = rdd.Sample(withReplacement: true, 0.2, seed: 3);
        Assert.InRange(repeated.Count(), 1775, 2225);
        Assert.True(repeated.Distinct().Count() < repeated.Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => rdd.Sample(withReplacement: false, 1.5));
    }

    [Fact]
    public void A_random_split_puts_each_record_into_one_part()
    {
        var rdd = Sc.Parallelize(Enumerable.Range(0, 1000), 3);
        var parts = rdd.RandomSplit([1, 2, 1], seed: 7).Select(p => p.Collect()).ToList();
        Assert.Equal(Enumerable.Range(0, 1000), parts.SelectMany(p => p).Order());
        // 500 of 1,000 with a standard deviation of 16.
        Assert.InRange(parts[1].Length, 420, 580);
    }

    [Fact]
    public void Coalesce_makes_fewer_partitions_of_neighbours_and_repartition_spreads_evenly()
    {
        var rdd = Sc.Parallelize(Enumerable.Range(0, 12), 6);
        Assert.Equal([[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]], rdd.Coalesce(2).Glom().Collect());
        Assert.Equal(6, rdd.Coalesce(9).PartitionCount);
        var spread = Sc.Parallelize(Enumerable.Range(0, 12), 1).Repartition(4).Glom().Collect();
        Assert.All(spread, p => Assert.Equal(3, p.Length));
        Assert.Equal(9, rdd.Coalesce(9, shuffle: true).PartitionCount);
    }

    [Fact]
    public void Coalesce_joins_partitions_with_input_on_the_same_host()
    {
        var rdd = Sc.MakeRDD<int>([(1, ["a"]), (2, ["b"]), (3, ["a"]), (4, ["b"])]).Coalesce(2);
        Assert.Equal([[1, 3], [2, 4]], rdd.Glom().Collect());
        Assert.Equal([["a"], ["b"]], rdd.Partitions.Select(rdd.PreferredLocations));
    }

    [Fact]
    public void Distinct_subtract_and_intersection_are_those_of_sets()
    {
        var (a, b) = (Sc.Parallelize(["x", "y", "x", "z", null]), Sc.Parallelize(["y", "y", "w", null]));
        Assert.Equal([null, "x", "y", "z"], a.Distinct().Collect().Order());
        Assert.Equal(["x", "x", "z"], a.Subtract(b).Collect().Order());
        Assert.Equal([null, "y"], a.Intersection(b).Collect().Order());
    }

    [Fact]
    public void A_command_gets_a_record_a_line_and_its_output_is_the_records()
    {
        var rdd = Sc.Parallelize(["a", "b", "c"], 2);
        Assert.Equal(["A", "B", "C"], rdd.Pipe(["tr", "a-z", "A-Z"]).Collect());
        Assert.Equal(["hi", "hi"], rdd.Pipe(["sh", "-c", "echo $GREETING"], new Dictionary<string, string> { ["GREETING"] = "hi" }).Collect());
        Assert.Equal(["a", "c"], rdd.Coalesce(1).Pipe("grep -v b").Collect());
    }

    [Fact]
    public void A_command_that_fails_fails_the_task_with_what_it_wrote()
    {
        var error = Assert.Throws<SparkException>(() => Sc.Parallelize([1], 1).Pipe(["sh", "-c", "cat >/dev/null; echo no good >&2; exit 3"]).Collect());
        Assert.Contains("ended with code 3; it wrote: no good", error.Message, StringComparison.Ordinal);
        Assert.Contains("cannot be started", Assert.Throws<SparkException>(() => Sc.Parallelize([1], 1).Pipe("no-such-program-here").Collect()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_that_reads_nothing_and_large_input_end()
    {
        var rdd = Sc.Parallelize(Enumerable.Range(0, 200_000), 1);
        Assert.Equal(["done"], rdd.Pipe(["sh", "-c", "echo done"]).Collect());
        Assert.Equal(200_000, rdd.Pipe("cat").Count());
    }

    [Fact]
    public void Ten_thousand_narrow_steps_are_computed()
    {
        var rdd = Sc.Parallelize(Enumerable.Range(0, 3000), 1);
        for (var i = 0; i < 10_000; i++)
            rdd = rdd.Map(x => x + 1);
        Assert.Equal(Enumerable.Range(10_000, 3000), rdd.Collect());
        Assert.Equal(10_001, rdd.ToDebugString().Split('\n').Length);
    }

    [Fact]
    public void A_dataset_of_ones_own_class_is_as_good_as_others()
    {
        var rdd = new Squares(Sc, 3);
        Assert.Equal([0, 1, 4], rdd.Collect());
        Assert.Equal(5, rdd.Map(x => (long)x).Sum());
    }

    private sealed class Squares(SparkContext context, int partitions) : RDD<int>(context)
    {
        protected override int CountPartitions() => partitions;

        protected override IEnumerable<int> Compute(int partition, TaskContext context) => [partition * partition];
    }
}
