using Agora.Spark;

namespace Agora.Tests.SparkProgram;

/// <summary>Random chains of transformations, on datasets and on lists. Prints what differs.</summary>
internal static class Chains
{
    public static void Run(SparkContext sc, int seed, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var dice = new Random(seed + i);
            List<int> list = [.. Enumerable.Range(0, dice.Next(200)).Select(_ => dice.Next(50))];
            var rdd = sc.Parallelize(list, dice.Next(1, 6));
            List<string> steps = [];
            for (var n = dice.Next(1, 6); n > 0; n--)
                (rdd, list) = Step(dice, rdd, list, steps);
            int[] there = [.. rdd.Collect().Order()];
            list.Sort();
            if (!there.SequenceEqual(list))
                Console.WriteLine($"WRONG seed {seed + i}: {string.Join(", ", steps)}: [{string.Join(' ', there)}], not [{string.Join(' ', list)}]");
        }
        Console.WriteLine($"{count} chains");
    }

    private static (RDD<int>, List<int>) Step(Random dice, RDD<int> rdd, List<int> list, List<string> steps)
    {
        var (k, parts) = (dice.Next(1, 7), dice.Next(1, 5));
        switch (dice.Next(11))
        {
            case 0:
                steps.Add($"map +{k}");
                return (rdd.Map(x => x + k), [.. list.Select(x => x + k)]);
            case 1:
                steps.Add($"filter %{k}");
                return (rdd.Filter(x => x % k == 0), [.. list.Where(x => x % k == 0)]);
            case 2:
                steps.Add("flatMap");
                return (rdd.FlatMap(x => Enumerable.Repeat(x, x % 3)), [.. list.SelectMany(x => Enumerable.Repeat(x, x % 3))]);
            case 3:
                steps.Add("distinct");
                return (rdd.Distinct(parts), [.. list.Distinct()]);
            case 4:
                steps.Add("reduceByKey");
                return (rdd.Map(x => (x % k, x)).ReduceByKey((a, b) => a + b, parts).Map(p => p.Key * 1000 + p.Value % 1000),
                    [.. list.GroupBy(x => x % k).Select(g => g.Key * 1000 + g.Sum() % 1000)]);
            case 5:
                steps.Add("sortBy, zipWithIndex");
                return (rdd.SortBy(x => x, true, parts).ZipWithIndex().Map(p => p.Item1 + (int)p.Item2),
                    [.. list.Order().Select((x, i) => x + i)]);
            case 6:
                steps.Add("union with itself, cached");
                rdd.Cache();
                return (rdd.Union(rdd), [.. list, .. list]);
            case 7:
                steps.Add($"repartition {parts}");
                return (rdd.Repartition(parts), list);
            case 8:
                steps.Add($"coalesce {parts}");
                return (rdd.Coalesce(parts), list);
            case 9:
                steps.Add("join");
                return (rdd.Map(x => (x % 5, x)).Distinct(parts).Join(rdd.Map(x => (x % 5, 1)).ReduceByKey((a, b) => a + b)).Map(p => p.Value.Item1 + p.Value.Item2),
                    [.. list.Distinct().Select(x => x + list.Count(y => y % 5 == x % 5))]);
            default:
                steps.Add("groupByKey");
                return (rdd.Map(x => (x % k, x)).GroupByKey(parts).Map(p => p.Values.Max()), [.. list.GroupBy(x => x % k).Select(g => g.Max())]);
        }
    }
}
