namespace Agora.Spark.Programs;

/// <summary>How important pages are by the links between them (NSDI 2012, section 3.2.2): links are partitioned once, so ranks come to them.</summary>
internal static class PageRank
{
    private const double Damping = 0.85;
    private const int Shown = 10;

    public static ProgramResult Run(SparkContext sc, ProgramArguments arguments)
    {
        var (pages, count, iterations, slices) = (arguments.Number(1_000), arguments.Number(5_000), arguments.Number(10), arguments.Number(4));
        var edges = Edges(pages, count);
        var links = sc.Parallelize(edges, slices).Distinct().GroupByKey(new HashPartitioner(slices)).Cache();
        var ranks = links.MapValues(_ => 1.0);
        for (var i = 0; i < iterations; i++)
        {
            var contributions = links.Join(ranks).FlatMap(page => page.Value.Item1.Select(to => (to, page.Value.Item2 / page.Value.Item1.Count)));
            ranks = contributions.ReduceByKey((a, b) => a + b, slices).MapValues(sum => 1 - Damping + Damping * sum);
        }
        var result = ranks.CollectAsMap();
        var most = result.OrderByDescending(r => Math.Round(r.Value, 9)).ThenBy(r => r.Key).Take(Shown);
        return new ProgramResult([.. most.Select(r => $"page {r.Key} has rank {r.Value:F6}")], () =>
        {
            var plainLinks = edges.Distinct().ToLookup(e => e.From, e => e.To);
            var plain = plainLinks.ToDictionary(l => l.Key, _ => 1.0);
            for (var i = 0; i < iterations; i++)
            {
                var sums = new Dictionary<int, double>();
                foreach (var page in plainLinks.Where(l => plain.ContainsKey(l.Key)))
                    foreach (var to in page)
                        sums[to] = sums.GetValueOrDefault(to) + plain[page.Key] / page.Count();
                plain = sums.ToDictionary(s => s.Key, s => 1 - Damping + Damping * s.Value);
            }
            return ProgramResult.Difference("pages", [.. result.Keys.Order().Select(p => (double)p)], [.. plain.Keys.Order().Select(p => (double)p)]) ??
                ProgramResult.Difference("ranks", [.. result.OrderBy(r => r.Key).Select(r => r.Value)], [.. plain.OrderBy(r => r.Key).Select(r => r.Value)]);
        });
    }

    private static List<(int From, int To)> Edges(int pages, int count)
    {
        var random = new Random(1);
        // A few pages are linked to by many.
        return [.. Enumerable.Range(0, count).Select(_ => (random.Next(pages), (int)(pages * Math.Pow(random.NextDouble(), 3))))];
    }
}
