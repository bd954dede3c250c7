namespace Agora.Spark;

/// <summary>Adds up whole numbers.</summary>
public sealed class LongAccumulator : AccumulatorV2<long, long>
{
    private long _sum, _count;

    public long Sum => Value;

    /// <summary>How many numbers have been added, in the driver.</summary>
    public long Count => _count;

    /// <summary>Of the numbers added; 0 if there are none.</summary>
    public double Average => _count == 0 ? 0 : (double)Value / _count;

    public override bool IsZero => _count == 0;

    public override void Reset() => _sum = _count = 0;

    public override AccumulatorV2<long, long> Copy() => new LongAccumulator { _sum = _sum, _count = _count };

    public override void Merge(AccumulatorV2<long, long> other)
    {
        _sum += ((LongAccumulator)other)._sum;
        _count += ((LongAccumulator)other)._count;
    }

    protected override void Include(long value)
    {
        _sum += value;
        _count++;
    }

    protected override long Result() => _sum;
}
