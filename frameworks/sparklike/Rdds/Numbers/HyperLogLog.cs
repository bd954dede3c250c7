using System.Numerics;
using Agora.Spark.Records;

namespace Agora.Spark;

/// <summary>
/// Counts different values in memory that does not grow (Flajolet et al., AofA 2007), with the estimator of Ertl, "New
/// cardinality estimation algorithms for HyperLogLog sketches" (2017), which needs no tables of bias.
/// </summary>
internal sealed class HyperLogLog
{
    private const int PrecisionMin = 4, PrecisionMax = 32 - 1;

    private readonly int _precision;
    private readonly byte[] _ranks;

    public HyperLogLog(int precision)
    {
        _precision = precision;
        _ranks = new byte[1 << precision];
    }

    public static int PrecisionFor(double relativeSd)
    {
        var precision = relativeSd > 0 ? (int)Math.Ceiling(2 * Math.Log2(1.054 / relativeSd)) : int.MaxValue;
        return precision < PrecisionMax ? Math.Max(precision, PrecisionMin) : throw new ArgumentOutOfRangeException(
            nameof(relativeSd), relativeSd, "a standard deviation so small would take too much memory; 0.000017 is the least");
    }

    public static HyperLogLog Of<T>(IEnumerable<T> records, int precision)
    {
        var sketch = new HyperLogLog(precision);
        foreach (var record in records)
            sketch.Add(record);
        return sketch;
    }

    public HyperLogLog Add<T>(T value)
    {
        AddHash(StableHash<T>.Hash64(value, 0));
        return this;
    }

    private void AddHash(ulong hash)
    {
        ref var rank = ref _ranks[hash >> (64 - _precision)];
        // The lowest bit is a stop, so that the rank of zeros alone is known.
        var seen = (byte)(BitOperations.LeadingZeroCount((hash << _precision) | (1ul << (_precision - 1))) + 1);
        if (seen > rank)
            rank = seen;
    }

    public HyperLogLog Merge(HyperLogLog other)
    {
        for (var i = 0; i < _ranks.Length; i++)
            _ranks[i] = Math.Max(_ranks[i], other._ranks[i]);
        return this;
    }

    public double Estimate()
    {
        var most = 64 - _precision;
        var counts = new int[most + 2];
        foreach (var rank in _ranks)
            counts[rank]++;
        double size = _ranks.Length;
        var z = size * Tau(1 - (counts[most + 1] / size));
        for (var k = most; k >= 1; k--)
            z = 0.5 * (z + counts[k]);
        z += size * Sigma(counts[0] / size);
        return size * size / (2 * Math.Log(2) * z);
    }

    private static double Sigma(double x)
    {
        if (x == 1)
            return double.PositiveInfinity;
        for (double y = 1, z = x; ;)
        {
            x *= x;
            var before = z;
            z += x * y;
            y += y;
            if (z == before)
                return z;
        }
    }

    private static double Tau(double x)
    {
        if (x is 0 or 1)
            return 0;
        for (double y = 1, z = 1 - x; ;)
        {
            x = Math.Sqrt(x);
            var before = z;
            y *= 0.5;
            z -= (1 - x) * (1 - x) * y;
            if (z == before)
                return z / 3;
        }
    }
}
