namespace Agora.Spark;

/// <summary>
/// A total, as some of the partitions' numbers let expect: what is missing is taken for a Poisson variable of the same
/// rate, and its bounds for a normal one's.
/// </summary>
internal sealed class CountEstimate(int partitions, double confidence)
{
    private readonly Lock _lock = new();
    private int _seen;
    private long _sum;

    public void Add(long count)
    {
        lock (_lock)
        {
            _seen++;
            _sum += count;
        }
    }

    public BoundedDouble Now()
    {
        lock (_lock)
        {
            if (_seen == partitions)
                return new BoundedDouble(_sum, 1, _sum, _sum);
            if (_seen == 0)
                return new BoundedDouble(0, 0, 0, double.PositiveInfinity);
            var part = (double)_seen / partitions;
            var mean = _sum / part;
            var reach = Normal.Quantile(0.5 + (confidence / 2)) * Math.Sqrt((_sum + 1) * (1 - part)) / part;
            return new BoundedDouble(mean, confidence, Math.Max(_sum, mean - reach), mean + reach);
        }
    }
}

internal static class Normal
{
    /// <summary>By halving; the distribution function is that of Abramowitz and Stegun, 26.2.17 (error below 1e-7).</summary>
    public static double Quantile(double probability)
    {
        if (probability >= 1)
            return double.PositiveInfinity;
        var (low, high) = (0.0, 40.0);
        for (var i = 0; i < 60; i++)
        {
            var middle = (low + high) / 2;
            if (Distribution(middle) < probability)
                low = middle;
            else
                high = middle;
        }
        return (low + high) / 2;
    }

    private static double Distribution(double x)
    {
        var t = 1 / (1 + (0.2316419 * x));
        var tail = t * (0.319381530 + (t * (-0.356563782 + (t * (1.781477937 + (t * (-1.821255978 + (t * 1.330274429))))))));
        return 1 - (Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI) * tail);
    }
}
