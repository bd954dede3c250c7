namespace Agora.Spark;

/// <summary>
/// Spreads keys so that each partition's are all less (or all greater) than the next one's, with bounds found by
/// sampling, so that partitions are of about the same size.
/// </summary>
public sealed class RangePartitioner<K> : Partitioner
{
    private const int SamplesPerPartition = 20, SamplesMax = 1_000_000;

    /// <summary>Each partition is sampled more than is needed on average, for uneven ones.</summary>
    private const double Oversampling = 3;

    private readonly K[] _bounds;
    private readonly IComparer<K> _order;

    /// <summary>Finds bounds for keys; runs a job, and a second one for partitions that are much larger than others.</summary>
    /// <param name="partitions">How many at most; 1 or more.</param>
    /// <param name="order">Null for the type's own; strings are compared character by character.</param>
    public RangePartitioner(int partitions, RDD<K> keys, bool ascending = true, IComparer<K>? order = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        _order = order ?? KeyOrder<K>.Default;
        _bounds = partitions == 1 || keys.PartitionCount == 0 ? [] : Bounds(Sample(keys, partitions), partitions, _order);
        IsAscending = ascending;
    }

    /// <summary>May be less than was asked for where there are few different keys.</summary>
    public override int PartitionCount => _bounds.Length + 1;

    public bool IsAscending { get; }

    public override int PartitionOf(object? key) => Place((K)key!);

    public override bool Equals(object? obj) => obj is RangePartitioner<K> other && other.IsAscending == IsAscending &&
        other._order.Equals(_order) && other._bounds.AsSpan().SequenceEqual(_bounds);

    public override int GetHashCode() => HashCode.Combine(_bounds.Length, IsAscending);

    internal override Func<TKey, int> Router<TKey>() => (Delegate)(Func<K, int>)Place as Func<TKey, int> ?? throw new SparkException(
        $"a RangePartitioner of {typeof(K)} cannot place keys of {typeof(TKey)}");

    private int Place(K key)
    {
        // The first bound that is not less.
        var (low, high) = (0, _bounds.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_order.Compare(_bounds[middle], key) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        return IsAscending ? low : _bounds.Length - low;
    }

    /// <summary>Keys with how many each stands for.</summary>
    private static List<(K Key, double Weight)> Sample(RDD<K> keys, int partitions)
    {
        var wanted = (int)Math.Min((double)SamplesPerPartition * partitions, SamplesMax);
        var perPartition = (int)Math.Ceiling(Oversampling * wanted / keys.PartitionCount);
        var seed = keys.Id;
        var sketches = keys.Context.Run(keys, (context, records) =>
            Reservoir.Of(records, perPartition, Sampling.Of(seed, context.PartitionId)));
        var total = sketches.Sum(s => s.Count);
        var fraction = Math.Min(1, wanted / Math.Max((double)total, 1));
        var samples = new List<(K, double)>();
        var uneven = new List<int>();
        for (var i = 0; i < sketches.Length; i++)
        {
            if (fraction * sketches[i].Count > perPartition)
                uneven.Add(i);
            else
                samples.AddRange(sketches[i].Sample.Select(k => (k, (double)sketches[i].Count / sketches[i].Sample.Length)));
        }
        if (uneven.Count > 0)
        {
            var again = keys.Context.Run(keys, (context, records) =>
                Sampling.Bernoulli(records, 0, fraction, seed + 1, context.PartitionId).ToArray(), uneven);
            samples.AddRange(again.SelectMany(k => k).Select(k => (k, 1 / fraction)));
        }
        return samples;
    }

    private static K[] Bounds(List<(K Key, double Weight)> samples, int partitions, IComparer<K> order)
    {
        samples.Sort((a, b) => order.Compare(a.Key, b.Key));
        var step = samples.Sum(s => s.Weight) / partitions;
        var bounds = new List<K>();
        var (passed, next) = (0.0, step);
        foreach (var (key, weight) in samples)
        {
            passed += weight;
            // Keys that are equal cannot be told apart, so a bound is passed over.
            if (passed >= next && bounds.Count < partitions - 1 && (bounds.Count == 0 || order.Compare(key, bounds[^1]) > 0))
            {
                bounds.Add(key);
                next += step;
            }
        }
        return [.. bounds];
    }
}
