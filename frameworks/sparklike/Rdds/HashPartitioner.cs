using Agora.Spark.Records;

namespace Agora.Spark;

/// <summary>Spreads keys by a hash that is the same in every process; null goes to partition 0.</summary>
public sealed class HashPartitioner : Partitioner
{
    /// <param name="partitions">1 or more.</param>
    public HashPartitioner(int partitions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        PartitionCount = partitions;
    }

    public override int PartitionCount { get; }

    /// <exception cref="ArgumentException">The key is an array, whose hash does not tell what is in it.</exception>
    public override int PartitionOf(object? key) => key is null ? 0 : Place(StableHash<object>.Of(key));

    public override bool Equals(object? obj) => obj is HashPartitioner other && other.PartitionCount == PartitionCount;

    public override int GetHashCode() => PartitionCount;

    internal override Func<K, int> Router<K>() => key => key is null ? 0 : Place(StableHash<K>.Of(key));

    private int Place(int hash) => (int)((uint)hash % (uint)PartitionCount);
}
