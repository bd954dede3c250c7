using Agora.Spark;
using Xunit;

namespace Agora.Tests.Fast.Spark.Rdds;

public sealed class PartitionerTests : IDisposable
{
    private readonly InProcess _spark = new();

    private SparkContext Sc => _spark.Context;

    public void Dispose() => _spark.Dispose();

    [Fact]
    public void Hashing_is_equal_by_its_number_of_partitions_and_puts_null_into_the_first()
    {
        var hash = new HashPartitioner(5);
        Assert.Equal(new HashPartitioner(5), hash);
        Assert.NotEqual(new HashPartitioner(4), hash);
        Assert.Equal(0, hash.PartitionOf(null));
        Assert.Throws<ArgumentOutOfRangeException>(() => new HashPartitioner(0));
        foreach (var key in new object[] { 1, -1, int.MinValue, "a", "", 2.5, ('c', 1L), DayOfWeek.Friday })
            Assert.InRange(hash.PartitionOf(key), 0, 4);
    }

    [Fact]
    public void A_key_has_one_place_whether_or_not_it_is_boxed()
    {
        var hash = new HashPartitioner(97);
        Assert.Equal(hash.PartitionOf(12345), hash.Router<int>()(12345));
        Assert.Equal(hash.PartitionOf("spark"), hash.Router<string>()("spark"));
        Assert.Equal(hash.PartitionOf((1, "a")), hash.Router<(int, string)>()((1, "a")));
        Assert.Equal(0, hash.Router<string?>()(null));
    }

    [Fact]
    public void Ranges_are_of_about_the_same_size_even_if_keys_are_not_spread_evenly()
    {
        var keys = Sc.Parallelize(Enumerable.Range(0, 10_000).Select(i => (long)i * i), 4);
        var ranges = new RangePartitioner<long>(8, keys);
        Assert.Equal(8, ranges.PartitionCount);
        var sizes = keys.Collect().GroupBy(k => ranges.PartitionOf(k)).Select(g => g.Count()).ToList();
        Assert.Equal(8, sizes.Count);
        Assert.All(sizes, s => Assert.InRange(s, 1250 / 3, 1250 * 3));
    }

    [Fact]
    public void A_partition_that_is_much_larger_than_the_others_is_sampled_again()
    {
        var small = Sc.Parallelize(Enumerable.Range(0, 10), 9);
        var keys = small.Union(Sc.Parallelize(Enumerable.Range(100, 50_000), 1));
        var ranges = new RangePartitioner<int>(10, keys);
        Assert.All(keys.Collect().GroupBy(k => ranges.PartitionOf(k)), g => Assert.InRange(g.Count(), 1000, 15_000));
        Assert.Equal(2, _spark.Ran.Count(name => name.StartsWith("RangePartitioner", StringComparison.Ordinal)
            || name.Contains("PartitionerTests", StringComparison.Ordinal)) - 1);
    }

    [Fact]
    public void Ranges_keep_the_order_and_equal_keys_together()
    {
        var keys = Sc.Parallelize(Enumerable.Range(0, 1000).Select(i => i % 10), 4);
        var up = new RangePartitioner<int>(20, keys);
        Assert.InRange(up.PartitionCount, 5, 11);
        Assert.Equal(Enumerable.Range(0, 10).Select(k => up.PartitionOf(k)).Order(), Enumerable.Range(0, 10).Select(k => up.PartitionOf(k)));
        var down = new RangePartitioner<int>(20, keys, ascending: false);
        Assert.Equal(Enumerable.Range(0, 10).Select(k => down.PartitionOf(k)).OrderDescending(), Enumerable.Range(0, 10).Select(k => down.PartitionOf(k)));
        Assert.Equal(0, up.PartitionOf(-5));
        Assert.Equal(up.PartitionCount - 1, up.PartitionOf(99));
    }

    [Fact]
    public void Ranges_are_equal_by_their_bounds()
    {
        var keys = Sc.Parallelize(Enumerable.Range(0, 50), 1);
        Assert.NotEqual(new RangePartitioner<int>(4, keys), new RangePartitioner<int>(5, keys));
        Assert.NotEqual(new RangePartitioner<int>(4, keys), new RangePartitioner<int>(4, keys, ascending: false));
        var one = new RangePartitioner<int>(1, keys);
        Assert.Equal(one, new RangePartitioner<int>(1, Sc.EmptyRDD<int>()));
    }
}
