namespace Agora.Spark;

/// <summary>
/// Which partition a key belongs to. Equal partitioners put equal keys into partitions of the same number, in every
/// process; datasets with equal ones are joined without a shuffle.
/// </summary>
public abstract class Partitioner
{
    public abstract int PartitionCount { get; }

    /// <returns>From 0 to <see cref="PartitionCount"/> - 1.</returns>
    public abstract int PartitionOf(object? key);

    public abstract override bool Equals(object? obj);

    public abstract override int GetHashCode();

    /// <summary>The same for keys of a known type; got once for many keys, so that none is boxed.</summary>
    internal virtual Func<K, int> Router<K>() => key =>
    {
        try
        {
            var partition = PartitionOf(key);
            return (uint)partition < (uint)PartitionCount ? partition : throw new SparkException(
                $"the partitioner {GetType().Name} put the key {FailedRecord.Show(key) ?? "(of " + typeof(K) + ")"} into " +
                $"partition {partition}, but its partitions are 0 to {PartitionCount - 1}");
        }
        catch (Exception e) when (FailedRecord.Note(e, key))
        {
            throw;
        }
    };

    /// <summary>
    /// The partitioner for the result of joining datasets: the one with most partitions that any of them has, or else
    /// hashing over <c>spark.default.parallelism</c> or as many partitions as the largest has.
    /// </summary>
    public static Partitioner Default(RDD first, params IReadOnlyList<RDD> others)
    {
        IReadOnlyList<RDD> all = [first, .. others];
        return all.Select(r => r.Partitioner).OfType<Partitioner>().Where(p => p.PartitionCount > 0).MaxBy(p => p.PartitionCount)
            ?? new HashPartitioner(first.Context.Conf.Contains("spark.default.parallelism")
                ? first.Context.DefaultParallelism : Math.Max(1, all.Max(r => r.PartitionCount)));
    }
}
