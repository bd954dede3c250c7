using System.Numerics;

namespace Agora.Spark;

/// <summary>What datasets of numbers have in addition.</summary>
public static class NumberFunctions
{
    /// <summary>0 if there are no numbers.</summary>
    public static double Sum(this RDD<double> rdd) => Sum<double, double>(rdd);

    /// <summary>0 if there are no numbers.</summary>
    public static double Sum(this RDD<float> rdd) => Sum<float, double>(rdd);

    /// <summary>0 if there are no numbers.</summary>
    public static decimal Sum(this RDD<decimal> rdd) => Sum<decimal, decimal>(rdd);

    /// <summary>0 if there are no numbers.</summary>
    /// <exception cref="SparkException">It is more than a long can hold; also <see cref="OverflowException"/>, if that shows in the driver only.</exception>
    public static long Sum(this RDD<int> rdd) => Sum<int, long>(rdd);

    /// <inheritdoc cref="Sum(RDD{int})"/>
    public static long Sum(this RDD<long> rdd) => Sum<long, long>(rdd);

    /// <summary>Count, mean, variance and bounds in one job.</summary>
    public static StatCounter Stats<T>(this RDD<T> rdd)
        where T : INumber<T> => rdd.Context.Run(rdd, static (_, records) =>
        {
            var stats = new StatCounter();
            foreach (var record in records)
                stats.Add(double.CreateChecked(record));
            return stats;
        }).Aggregate(new StatCounter(), static (a, b) => a.Merge(b));

    /// <summary>Not a number if there are none.</summary>
    public static double Mean<T>(this RDD<T> rdd)
        where T : INumber<T> => rdd.Stats().Mean;

    /// <inheritdoc cref="StatCounter.Variance"/>
    public static double Variance<T>(this RDD<T> rdd)
        where T : INumber<T> => rdd.Stats().Variance;

    /// <summary>The root of the variance.</summary>
    public static double Stdev<T>(this RDD<T> rdd)
        where T : INumber<T> => rdd.Stats().Stdev;

    /// <inheritdoc cref="StatCounter.SampleVariance"/>
    public static double SampleVariance<T>(this RDD<T> rdd)
        where T : INumber<T> => rdd.Stats().SampleVariance;

    /// <summary>The root of the sample variance.</summary>
    public static double SampleStdev<T>(this RDD<T> rdd)
        where T : INumber<T> => rdd.Stats().SampleStdev;

    /// <summary>How many numbers fall into each of so many equal parts of their range.</summary>
    /// <param name="buckets">1 or more.</param>
    /// <returns>The parts' bounds, one more than there are parts, and the counts.</returns>
    /// <exception cref="SparkException">There are no numbers, or some are not finite.</exception>
    public static (double[] Bounds, long[] Counts) Histogram<T>(this RDD<T> rdd, int buckets)
        where T : INumber<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(buckets, 1);
        var stats = rdd.Stats();
        if (stats.Count == 0 || !double.IsFinite(stats.Min) || !double.IsFinite(stats.Max))
            throw new SparkException("a histogram needs numbers, all of them finite; give bounds to leave out others");
        if (stats.Min == stats.Max)
            return ([stats.Min, stats.Max], [stats.Count]);
        var width = stats.Max - stats.Min;
        double[] bounds = [.. Enumerable.Range(0, buckets).Select(i => stats.Min + (width * i / buckets)), stats.Max];
        return (bounds, rdd.Histogram(bounds));
    }

    /// <summary>
    /// How many numbers fall between two neighbouring bounds, the lower one included, and for the last the upper one,
    /// too. Others are not counted.
    /// </summary>
    /// <param name="bounds">Two or more, in order.</param>
    public static long[] Histogram<T>(this RDD<T> rdd, double[] bounds)
        where T : INumber<T>
    {
        if (bounds.Length < 2 || bounds.Zip(bounds.Skip(1)).Any(b => !(b.First < b.Second)))
            throw new ArgumentException("bounds are two numbers or more, each greater than the one before", nameof(bounds));
        return rdd.Context.Run(rdd, (_, records) => Counts(records, bounds))
            .Aggregate(new long[bounds.Length - 1], static (all, part) => [.. all.Zip(part, static (a, b) => a + b)]);
    }

    private static long[] Counts<T>(IEnumerable<T> records, double[] bounds)
        where T : INumber<T>
    {
        var counts = new long[bounds.Length - 1];
        foreach (var record in records)
        {
            var value = double.CreateChecked(record);
            if (!(value >= bounds[0] && value <= bounds[^1]))
                continue;
            var place = Array.BinarySearch(bounds, value);
            counts[Math.Min(place >= 0 ? place : ~place - 1, counts.Length - 1)]++;
        }
        return counts;
    }

    private static S Sum<T, S>(RDD<T> rdd)
        where T : INumber<T>
        where S : INumber<S> => rdd.Context.Run(rdd, static (_, records) =>
        {
            var sum = S.Zero;
            foreach (var record in records)
                sum = checked(sum + S.CreateChecked(record));
            return sum;
        }).Aggregate(S.Zero, static (a, b) => checked(a + b));
}
