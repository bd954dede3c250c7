namespace Agora.Spark;

/// <summary>
/// Count, mean, variance and bounds of numbers, in one pass and without loss where they are large and near one another
/// (Chan, Golub and LeVeque, 1979).
/// </summary>
public sealed class StatCounter
{
    private double _mean, _squares;

    public long Count { get; private set; }

    /// <summary>Not a number if there are none.</summary>
    public double Mean => Count == 0 ? double.NaN : _mean;

    public double Sum => Count * _mean;

    /// <summary>Positive infinity if there are none.</summary>
    public double Min { get; private set; } = double.PositiveInfinity;

    /// <summary>Negative infinity if there are none.</summary>
    public double Max { get; private set; } = double.NegativeInfinity;

    /// <summary>Of the numbers as all there are. Not a number if there are none.</summary>
    public double Variance => Count == 0 ? double.NaN : _squares / Count;

    public double Stdev => Math.Sqrt(Variance);

    /// <summary>Of what the numbers are a sample of. Not a number if there are fewer than two.</summary>
    public double SampleVariance => Count < 2 ? double.NaN : _squares / (Count - 1);

    public double SampleStdev => Math.Sqrt(SampleVariance);

    public StatCounter Add(double value)
    {
        var distance = value - _mean;
        Count++;
        _mean += distance / Count;
        _squares += distance * (value - _mean);
        Min = Math.Min(Min, value);
        Max = Math.Max(Max, value);
        return this;
    }

    public StatCounter Merge(StatCounter other)
    {
        if (other.Count == 0)
            return this;
        var distance = other._mean - _mean;
        var count = Count + other.Count;
        _mean += distance * other.Count / count;
        _squares += other._squares + (distance * distance * Count * other.Count / count);
        Count = count;
        Min = Math.Min(Min, other.Min);
        Max = Math.Max(Max, other.Max);
        return this;
    }

    public override string ToString() => $"(count: {Count}, mean: {Mean}, stdev: {Stdev}, max: {Max}, min: {Min})";
}
