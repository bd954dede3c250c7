using Agora.Spark;
using CsCheck;
using Xunit;

namespace Agora.Tests.Fast.Spark.Rdds;

/// <summary>Any chain of transformations gives what LINQ gives, whatever the partitions.</summary>
public sealed class RandomChainTests
{
    /// <summary>A chain that makes more records, or more partitions (some steps multiply them), is given up.</summary>
    private const int LengthMax = 3000, PartitionsMax = 200;

    /// <summary>One step on both sides. Orders are compared only as far as an operation promises one.</summary>
    private sealed record Step(string Name, Func<RDD<int>, RDD<int>> Spark, Func<IEnumerable<int>, IEnumerable<int>> Linq, bool KeepsOrder = true)
    {
        public override string ToString() => Name;
    }

    private static Gen<Step> Steps { get; } = Gen.Select(Gen.Int[0, 21], Gen.Int[1, 7], (kind, n) => kind switch
    {
        0 => new Step($"Map(+{n})", r => r.Map(x => x + n), s => s.Select(x => x + n)),
        1 => new Step($"Filter(%{n})", r => r.Filter(x => x % n != 0), s => s.Where(x => x % n != 0)),
        2 => new Step($"FlatMap({n % 3})", r => r.FlatMap(x => Enumerable.Repeat(x, n % 3)), s => s.SelectMany(x => Enumerable.Repeat(x, n % 3))),
        3 => new Step($"Distinct({n})", r => r.Distinct(n), s => s.Distinct(), KeepsOrder: false),
        4 => new Step("SortBy", r => r.SortBy(x => x), s => s.Order()),
        5 => new Step($"SortBy(down, {n})", r => r.SortBy(x => x, ascending: false, n), s => s.OrderDescending()),
        6 => new Step($"Repartition({n})", r => r.Repartition(n), s => s, KeepsOrder: false),
        7 => new Step($"Coalesce({n})", r => r.Coalesce(n), s => s),
        8 => new Step("Union(self)", r => r.Union(r.Map(x => -x)), s => s.Concat(s.Select(x => -x))),
        9 => new Step("ZipWithIndex", r => r.ZipWithIndex().Map(p => p.Record + (int)p.Index), s => s.Select((x, i) => x + i)),
        10 => new Step($"ReduceByKey({n})", r => r.Map(x => (x % n, x)).ReduceByKey((a, b) => a + b).Values(),
            s => s.GroupBy(x => x % n).Select(g => g.Sum()), KeepsOrder: false),
        11 => new Step($"GroupByKey({n})", r => r.GroupBy(x => x % n).Map(g => g.Values.Count), s => s.GroupBy(x => x % n).Select(g => g.Count()), KeepsOrder: false),
        12 => new Step($"Join({n})", r => r.Distinct().KeyBy(x => x % 50).Join(r.Distinct(n).KeyBy(x => x % 50)).Map(p => p.Value.Left - p.Value.Right),
            s => s.Distinct().Join(s.Distinct(), x => x % 50, x => x % 50, (x, y) => x - y), KeepsOrder: false),
        13 => new Step($"Subtract({n})", r => r.Subtract(r.Filter(x => x % n == 0)), s => s.Where(x => x % n != 0), KeepsOrder: false),
        14 => new Step($"Intersection({n})", r => r.Intersection(r.Map(x => x + n)), s => s.Intersect(s.Select(x => x + n)), KeepsOrder: false),
        15 => new Step("Cache", r => r.Map(x => x).Cache(), s => s),
        16 => new Step($"PartitionBy({n})", r => r.KeyBy(x => x).PartitionBy(new HashPartitioner(n)).MapValues(v => v).Keys(), s => s, KeepsOrder: false),
        17 => new Step("Zip", r => r.Zip(r.Map(x => x / 2)).Map(p => p.First - p.Second), s => s.Select(x => x - (x / 2))),
        18 => new Step("Cartesian", r => r.Filter(x => x % 10 == 0).Cartesian(r.Filter(x => x % 10 == 1)).Map(p => p.Left + p.Right),
            s => s.Where(x => x % 10 == 0).SelectMany(x => s.Where(y => y % 10 == 1).Select(y => x + y)), KeepsOrder: false),
        19 => new Step($"MapPartitions(Sum {n})", r => r.Coalesce(1).MapPartitions(p => p.Chunk(n).Select(c => c.Sum())), s => s.Chunk(n).Select(c => c.Sum())),
        20 => new Step("LeftOuterJoin", r => r.Distinct().KeyBy(x => x).LeftOuterJoin(r.Filter(x => x % 2 == 0).Distinct().KeyBy(x => x))
            .Map(p => p.Value.Right.HasValue ? p.Key : -p.Key), s => s.Distinct().Select(x => x % 2 == 0 ? x : -x), KeepsOrder: false),
        _ => new Step($"Glom({n})", r => r.Glom().FlatMap(a => a), s => s),
    });

    private static Gen<(List<int> Records, int Slices, List<Step> Steps)> Chains { get; } =
        Gen.Select(Gen.Int[-100, 100].List[0, 60], Gen.Int[1, 9], Steps.List[0, 6]);

    [Fact]
    public void A_chain_of_transformations_gives_what_linq_gives() => Chains.Sample(chain =>
    {
        using var spark = new InProcess();
        Compare(spark.Context, chain.Records, chain.Slices, chain.Steps);
    }, iter: 300);

    [Fact]
    public void It_does_so_with_functions_that_were_shipped_and_shuffles_on_disk()
    {
        using var context = new SparkContext("local[2]", "random chains");
        Chains.Sample(chain => Compare(context, chain.Records, chain.Slices, chain.Steps), iter: 30, threads: 1);
    }

    private static void Compare(SparkContext context, List<int> records, int slices, List<Step> steps)
    {
        var rdd = context.Parallelize(records, slices);
        IEnumerable<int> expected = records;
        var isOrdered = true;
        foreach (var step in steps)
        {
            // What depends on an order that is not promised is not compared.
            if (!isOrdered && (step.Name is "ZipWithIndex" || step.Name.StartsWith("MapPartitions", StringComparison.Ordinal)))
                continue;
            rdd = step.Spark(rdd);
            expected = [.. step.Linq(expected).Take(LengthMax)];
            if (expected.Count() == LengthMax || rdd.GetNumPartitions() > PartitionsMax)
                return;
            isOrdered = (isOrdered && step.KeepsOrder) || step.Name.StartsWith("SortBy", StringComparison.Ordinal);
        }
        var found = rdd.Collect();
        if (isOrdered)
            Assert.Equal(expected, found);
        else
            Assert.Equal(expected.Order(), found.Order());
        Assert.Equal(expected.LongCount(), rdd.Count());
        Assert.Equal(expected.Sum(), rdd.Fold(0, (a, b) => a + b));
    }
}
