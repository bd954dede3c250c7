namespace Agora.Spark;

/// <summary>Adds up numbers.</summary>
public sealed class DoubleAccumulator : AccumulatorV2<double, double>
{
    private double _sum;
    private long _count;

    public double Sum => Value;

    /// <summary>How many numbers have been added, in the driver.</summary>
    public long Count => _count;

    /// <summary>Of the numbers added; 0 if there are none.</summary>
    public double Average => _count == 0 ? 0 : Value / _count;

    public override bool IsZero => _count == 0;

    public override void Reset() => (_sum, _count) = (0, 0);

    public override AccumulatorV2<double, double> Copy() => new DoubleAccumulator { _sum = _sum, _count = _count };

    public override void Merge(AccumulatorV2<double, double> other)
    {
        _sum += ((DoubleAccumulator)other)._sum;
        _count += ((DoubleAccumulator)other)._count;
    }

    protected override void Include(double value)
    {
        _sum += value;
        _count++;
    }

    protected override double Result() => _sum;
}
