using System.Globalization;
using Agora.Spark.Programs;
using Point = Agora.Spark.Programs.LogisticRegression.Point;

namespace Agora.Spark.Bench;

/// <summary>Logistic regression over cached points, an iteration at a time.</summary>
internal static class Regression
{
    private const int Slices = 2;

    public static void Run(int points, int dimensions, int iterations)
    {
        using var sc = new SparkContext(new SparkConf().SetAppName("bench lr"));
        var data = LogisticRegression.Points(sc, points, dimensions, Slices).Cache();
        Iterate(dimensions, iterations, w => data.MapPartitions(part => new[] { Gradient(w, part) }).Reduce(LogisticRegression.Add));
    }

    /// <summary>Over a text with a point a line, label and coordinates; prints the seconds of each iteration, then the weights.</summary>
    public static void RunText(string file, int dimensions, int iterations)
    {
        using var sc = new SparkContext(new SparkConf().SetAppName("bench lr of a text"));
        var data = sc.TextFile(file, Slices).Map(Parse).Cache();
        var w = new double[dimensions];
        for (var i = 0; i < iterations; i++)
            Timing.Print("iteration", Timing.Seconds(() => w = LogisticRegression.Step(w, data.MapPartitions(part => new[] { Gradient(w, part) }).Reduce(LogisticRegression.Add))));
        foreach (var x in w)
            Timing.Print("w", x);
    }

    private static Point Parse(string line)
    {
        double[] numbers = [.. line.Split(' ').Select(n => double.Parse(n, CultureInfo.InvariantCulture))];
        return new Point(numbers[1..], numbers[0]);
    }

    public static void RunPlain(int points, int dimensions, int iterations)
    {
        Point[][]? data = null;
        Iterate(dimensions, iterations, w =>
        {
            data ??= [.. Enumerable.Range(0, Slices).AsParallel().AsOrdered().WithDegreeOfParallelism(Slices)
                .Select(s => LogisticRegression.Generate(s, points / Slices, dimensions).ToArray())];
            return data.AsParallel().WithDegreeOfParallelism(Slices).Select(part => Gradient(w, part)).Aggregate(LogisticRegression.Add);
        });
    }

    private static void Iterate(int dimensions, int iterations, Func<double[], double[]> gradient)
    {
        var w = new double[dimensions];
        List<double> seconds = [];
        for (var i = 0; i < iterations; i++)
            seconds.Add(Timing.Seconds(() => w = LogisticRegression.Step(w, gradient(w))));
        Timing.Print("first", seconds[0]);
        Timing.Print("later", Timing.Median(seconds.Skip(1)));
        Timing.Print("all", seconds.Sum());
        Timing.Print("w0", Math.Round(w[0], 6));
    }

    /// <summary>Both sides run this very loop.</summary>
    private static double[] Gradient(double[] w, IEnumerable<Point> points)
    {
        var sum = new double[w.Length];
        foreach (var p in points)
        {
            var dot = 0.0;
            for (var i = 0; i < w.Length; i++)
                dot += w[i] * p.X[i];
            var scale = (1 / (1 + Math.Exp(-p.Y * dot)) - 1) * p.Y;
            for (var i = 0; i < sum.Length; i++)
                sum[i] += p.X[i] * scale;
        }
        return sum;
    }
}
