using System.Diagnostics;
using System.Globalization;

namespace Agora.Spark.Bench;

internal static class Timing
{
    public static double Seconds(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] ordered = [.. values.Order()];
        return ordered[ordered.Length / 2];
    }

    public static void Print(string name, double value) =>
        Console.WriteLine($"{name} {value.ToString("R", CultureInfo.InvariantCulture)}");
}
