namespace Agora.Spark;

/// <summary>Keys are partitions' numbers themselves. Equal to no other, since keys are made up for one shuffle.</summary>
internal sealed class IndexPartitioner(int partitions) : Partitioner
{
    public override int PartitionCount => partitions;

    public override int PartitionOf(object? key) => (int)key!;

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => partitions;

    internal override Func<K, int> Router<K>() => (Func<K, int>)(object)(Func<int, int>)(static key => key);
}
