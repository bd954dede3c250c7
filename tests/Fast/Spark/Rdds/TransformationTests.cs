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
    }

    [Fact]
    public void Map_filter_and_flat_map_do_as_linq_does()
    {
        var rdd = Sc.Parallelize(Enumerable.Range(0, 100), 4);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => i * 2), rdd.Map(i => i * 2).Collect());
        Assert.Equal(Enumerable.Range(0, 100).Where(i => i % 3 == 0), rdd.Filter(i => i % 3 == 0).Collect());
        Assert.Equal(Enumerable.Range(0, 100).SelectMany(i => new[] { i, -i }), rdd.FlatMap(i => new[] { i, -i }).Collect());
    }

    [Fact]
    public void Ten_thousand_narrow_steps_are_computed()
    {
        var rdd = Sc.Parallelize(Enumerable.Range(0, 3000), 1);
        for (var i = 0; i < 10_000; i++)
            rdd = rdd.Map(x => x + 1);
        Assert.Equal(Enumerable.Range(10_000, 3000), rdd.Collect());
    }

    [Fact]
    public void Words_are_counted()
    {
        var counts = Sc.Parallelize(["a b a", "b a"], 2).FlatMap(l => l.Split(' ')).Map(w => (w, 1)).ReduceByKey((a, b) => a + b)
            .SortByKey().Collect();
        Assert.Equal([("a", 3), ("b", 2)], counts);
    }
}
