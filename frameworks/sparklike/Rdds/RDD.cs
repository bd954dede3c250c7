namespace Agora.Spark;

/// <summary>
/// What scheduling and lineage see of a resilient distributed dataset: partitions, where they are best computed, what
/// they are computed from, and how records are spread over them (Zaharia et al., NSDI 2012, table 3).
/// </summary>
public abstract class RDD
{
    /// <param name="context">Null only where a copy runs in a task.</param>
    private protected RDD(SparkContext context, IReadOnlyList<Dependency> dependencies)
    {
        OwnContext = context;
        Id = context.NextRddId();
        Dependencies = dependencies;
        CallSite = CallSite.OfUser();
    }

    /// <summary>Counts the datasets of an application from 0.</summary>
    public int Id { get; }

    /// <summary>As given by <c>SetName</c>; null if it has none.</summary>
    public string? Name { get; private protected set; }

    /// <summary>The user's line that made it.</summary>
    public CallSite CallSite { get; }

    public abstract int PartitionCount { get; }

    public IReadOnlyList<Dependency> Dependencies { get; private protected set; }

    /// <summary>How keys are spread over partitions; null if not by key.</summary>
    public virtual Partitioner? Partitioner => null;

    public StorageLevel StorageLevel { get; private protected set; } = StorageLevel.None;

    /// <summary>Hosts that hold the partition's input, best first; empty if any is as good.</summary>
    public virtual IReadOnlyList<string> PreferredHosts(int partition) => [];

    // Never shipped: tasks have a TaskContext.
    [field: NonSerialized]
    private protected SparkContext? OwnContext { get; }
}
