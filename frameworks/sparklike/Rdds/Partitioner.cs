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

    /// <summary>As <see cref="PartitionOf"/>, made once for many keys of a type; override it to spare them being boxed.</summary>
    public virtual Func<K, int> FunctionFor<K>() => key => PartitionOf(key);

    public abstract override bool Equals(object? obj);

    public abstract override int GetHashCode();
}
