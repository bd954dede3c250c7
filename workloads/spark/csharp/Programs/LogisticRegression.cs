namespace Agora.Spark.Programs;

/// <summary>Finds the plane between two clouds of points by gradient descent over cached data.</summary>
internal static class LogisticRegression
{
    /// <summary>A labelled point; the label is 1 or -1.</summary>
    internal sealed record Point(double[] X, double Y);

    public static ProgramResult Run(SparkContext sc, ProgramArguments arguments)
    {
        var (n, dimensions, iterations, slices) = (arguments.Number(10_000), arguments.Number(10), arguments.Number(10), arguments.Number(4));
        var points = Points(sc, n, dimensions, slices).Cache();
        var w = new double[dimensions];
        for (var i = 0; i < iterations; i++)
        {
            var weights = w;
            w = Step(weights, points.Map(p => Gradient(weights, p)).Reduce(Add));
        }
        return new ProgramResult([$"w = {string.Join(' ', w.Take(5).Select(x => x.ToString("F6")))}{(dimensions > 5 ? " …" : "")}"], () =>
        {
            Point[] plain = [.. Enumerable.Range(0, slices).SelectMany(s => Generate(s, n / slices, dimensions))];
            var there = new double[dimensions];
            for (var i = 0; i < iterations; i++)
                there = Step(there, plain.Select(p => Gradient(there, p)).Aggregate(Add));
            return ProgramResult.Difference("w", w, there);
        });
    }

    public static RDD<Point> Points(SparkContext sc, int count, int dimensions, int slices)
    {
        var each = count / slices;
        return sc.Parallelize(Enumerable.Range(0, slices), slices).FlatMap(slice => Generate(slice, each, dimensions));
    }

    public static IEnumerable<Point> Generate(int seed, int count, int dimensions)
    {
        var random = new Random(seed);
        for (var i = 0; i < count; i++)
        {
            var y = i % 2 == 0 ? -1 : 1;
            var x = new double[dimensions];
            for (var d = 0; d < dimensions; d++)
                x[d] = Gaussian(random) + y * 0.7;
            yield return new Point(x, y);
        }
    }

    public static double[] Gradient(double[] w, Point p)
    {
        var dot = 0.0;
        for (var i = 0; i < w.Length; i++)
            dot += w[i] * p.X[i];
        var scale = (1 / (1 + Math.Exp(-p.Y * dot)) - 1) * p.Y;
        var gradient = new double[w.Length];
        for (var i = 0; i < gradient.Length; i++)
            gradient[i] = p.X[i] * scale;
        return gradient;
    }

    public static double[] Add(double[] a, double[] b)
    {
        var sum = new double[a.Length];
        for (var i = 0; i < sum.Length; i++)
            sum[i] = a[i] + b[i];
        return sum;
    }

    public static double[] Step(double[] w, double[] gradient) => [.. w.Zip(gradient, (x, g) => x - 0.001 * g)];

    private static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
