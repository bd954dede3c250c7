namespace Agora.Spark.Programs;

/// <summary>All pairs of vertices of a graph that a path leads between, by joining paths with edges until none is new.</summary>
internal static class TransitiveClosure
{
    public static ProgramResult Run(SparkContext sc, ProgramArguments arguments)
    {
        var (vertices, count, slices) = (arguments.Number(60), arguments.Number(100), arguments.Number(4));
        var edges = Edges(vertices, count);
        var paths = sc.Parallelize(edges, slices).Cache();
        // By their end, so that what starts there can be joined.
        var byEnd = paths.Map(e => (e.To, e.From));
        long before, now = paths.Count();
        do
        {
            before = now;
            paths = paths.Union(paths.Join(byEnd).Map(p => (p.Value.Item2, p.Value.Item1))).Distinct(slices).Cache();
            now = paths.Count();
        }
        while (now != before);
        return new ProgramResult([$"{now} paths"], () =>
        {
            var reach = edges.ToHashSet();
            while (true)
            {
                var more = reach.SelectMany(p => edges.Where(e => e.To == p.From).Select(e => (e.From, p.To))).ToList();
                var size = reach.Count;
                reach.UnionWith(more);
                if (reach.Count == size)
                    return size == now ? null : $"{now} paths, not {size}";
            }
        });
    }

    private static List<(int From, int To)> Edges(int vertices, int count)
    {
        var random = new Random(42);
        var edges = new HashSet<(int, int)>();
        while (edges.Count < count)
        {
            var edge = (random.Next(vertices), random.Next(vertices));
            if (edge.Item1 != edge.Item2)
                edges.Add(edge);
        }
        return [.. edges];
    }
}
