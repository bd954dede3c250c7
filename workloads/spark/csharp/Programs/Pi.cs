namespace Agora.Spark.Programs;

/// <summary>Throws darts at a square and counts those in the circle.</summary>
internal static class Pi
{
    public static ProgramResult Run(SparkContext sc, ProgramArguments arguments)
    {
        var (samples, slices) = (arguments.Number(1_000_000), arguments.Number(4));
        var each = samples / slices;
        var inside = sc.Parallelize(Enumerable.Range(0, slices), slices).Map(slice => Inside(slice, each)).Reduce((a, b) => a + b);
        return new ProgramResult([$"Pi is roughly {4.0 * inside / (each * slices):F4}"],
            () => Enumerable.Range(0, slices).Sum(slice => Inside(slice, each)) is var plain && plain == inside ? null : $"{inside} darts, not {plain}");
    }

    private static long Inside(int seed, int darts)
    {
        var random = new Random(seed);
        var inside = 0L;
        for (var i = 0; i < darts; i++)
        {
            var (x, y) = (random.NextDouble() * 2 - 1, random.NextDouble() * 2 - 1);
            if (x * x + y * y <= 1)
                inside++;
        }
        return inside;
    }
}
