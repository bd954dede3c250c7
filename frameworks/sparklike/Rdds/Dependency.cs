namespace Agora.Spark;

/// <summary>What a dataset is computed from.</summary>
public abstract class Dependency
{
    private protected Dependency()
    {
    }

    public abstract RDD Parent { get; }
}

/// <summary>Each partition needs a few of the parent's, and is computed in the same task.</summary>
public abstract class NarrowDependency(RDD parent) : Dependency
{
    public sealed override RDD Parent => parent;

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
    public int Start => start;

    public override IReadOnlyList<int> ParentsOf(int partition) =>
        partition >= start && partition < start + Parent.PartitionCount ? [partition - start] : [];
}

/// <summary>
/// Each partition needs a part of all of the parent's, which a stage before writes to files. The map side is
/// <see cref="Partitioner"/>'s; combining belongs to the derived class that knows the types.
/// </summary>
public abstract class ShuffleDependency : Dependency
{
    // The reduce side has no use for what the map side is computed from.
    [NonSerialized]
    private readonly RDD _parent;

    private protected ShuffleDependency(RDD parent, Partitioner partitioner)
    {
        _parent = parent;
        ShuffleId = parent.Context.NextShuffleId();
        MapCount = parent.PartitionCount;
        Partitioner = partitioner;
    }

    /// <summary>Only in the driver.</summary>
    public sealed override RDD Parent => _parent;

    /// <summary>Counts the shuffles of an application from 0.</summary>
    public int ShuffleId { get; }

    /// <summary>Partitions of the map side.</summary>
    public int MapCount { get; }

    /// <summary>Which reduce partition a key belongs to.</summary>
    public Partitioner Partitioner { get; }

    /// <summary>What the tasks of the map side do.</summary>
    internal abstract StageTask CreateMapTask();
}
