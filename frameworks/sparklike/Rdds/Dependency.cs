namespace Agora.Spark;

/// <summary>What a dataset is computed from.</summary>
public abstract class Dependency(RDD parent)
{
    public RDD Parent { get; } = parent;
}

/// <summary>Each partition needs a few of the parent's, and is computed in the same task.</summary>
public abstract class NarrowDependency(RDD parent) : Dependency(parent)
{
    public abstract IReadOnlyList<int> ParentsOf(int partition);
}

/// <summary>Each partition needs the parent's of the same number.</summary>
public sealed class OneToOneDependency(RDD parent) : NarrowDependency(parent)
{
    public override IReadOnlyList<int> ParentsOf(int partition) => [partition];
}

/// <summary>Partitions from <paramref name="start"/> on are the parent's, from its first.</summary>
public sealed class RangeDependency(RDD parent, int start) : NarrowDependency(parent)
{
    public override IReadOnlyList<int> ParentsOf(int partition) =>
        partition >= start && partition < start + Parent.PartitionCount ? [partition - start] : [];
}

/// <summary>
/// Each partition needs a part of all of the parent's, which a stage before writes to files. The map side is
/// <see cref="Partitioner"/>'s; combining belongs to the derived class that knows the types.
/// </summary>
public abstract class ShuffleDependency(RDD parent, int shuffleId, Partitioner partitioner) : Dependency(parent)
{
    public int ShuffleId { get; } = shuffleId;

    public Partitioner Partitioner { get; } = partitioner;
}
