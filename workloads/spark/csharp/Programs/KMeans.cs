namespace Agora.Spark.Programs;

/// <summary>Finds the middles of clusters of points (Lloyd's algorithm) over cached data.</summary>
internal static class KMeans
{
    private const int Dimensions = 3;

    public static ProgramResult Run(SparkContext sc, ProgramArguments arguments)
    {
        var (n, k, iterations, slices) = (arguments.Number(10_000), arguments.Number(5), arguments.Number(10), arguments.Number(4));
        var each = n / slices;
        var points = sc.Parallelize(Enumerable.Range(0, slices), slices).FlatMap(slice => Generate(slice, each, k)).Cache();
        var start = points.Take(k);
        var centres = start;
        for (var i = 0; i < iterations; i++)
        {
            var now = sc.Broadcast(centres);
            var sums = points.Map(p => (Nearest(now.Value, p), (Sum: p, Count: 1)))
                .ReduceByKey((a, b) => (LogisticRegression.Add(a.Sum, b.Sum), a.Count + b.Count)).CollectAsMap();
            centres = [.. centres.Select((c, j) => sums.TryGetValue(j, out var s) ? Scale(s.Sum, s.Count) : c)];
        }
        return new ProgramResult([.. centres.Select(c => string.Join(' ', c.Select(x => x.ToString("F4")))).Order(StringComparer.Ordinal)], () =>
        {
            double[][] plain = [.. Enumerable.Range(0, slices).SelectMany(s => Generate(s, each, k))];
            var there = start;
            for (var i = 0; i < iterations; i++)
            {
                var groups = plain.ToLookup(p => Nearest(there, p));
                there = [.. there.Select((c, j) => groups.Contains(j) ? Scale(groups[j].Aggregate(LogisticRegression.Add), groups[j].Count()) : c)];
            }
            return ProgramResult.Difference("centres", [.. centres.SelectMany(c => c)], [.. there.SelectMany(c => c)]);
        });
    }

    private static IEnumerable<double[]> Generate(int seed, int count, int k)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var cluster = random.Next(k);
            var point = new double[Dimensions];
            for (var d = 0; d < Dimensions; d++)
                point[d] = cluster * (d + 1) * 2 + random.NextDouble();
            yield return point;
        }
    }

    private static int Nearest(double[][] centres, double[] p)
    {
        var (best, least) = (0, double.MaxValue);
        for (var j = 0; j < centres.Length; j++)
        {
            var distance = 0.0;
            for (var d = 0; d < Dimensions; d++)
                distance += (p[d] - centres[j][d]) * (p[d] - centres[j][d]);
            if (distance < least)
                (best, least) = (j, distance);
        }
        return best;
    }

    private static double[] Scale(double[] sum, int count) => [.. sum.Select(x => x / count)];
}
