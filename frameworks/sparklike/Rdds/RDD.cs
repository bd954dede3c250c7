namespace Agora.Spark;

/// <summary>
/// What scheduling and lineage see of a resilient distributed dataset: partitions, where they are best computed, what
/// they are computed from, and how records are spread over them (Zaharia et al., NSDI 2012, table 3).
/// </summary>
public abstract class RDD
{
    // Never shipped: tasks have a TaskContext.
    [NonSerialized]
    private readonly SparkContext? _context;

    private IReadOnlyList<Dependency> _dependencies;
    private int _partitionCount = -1;

    private protected RDD(SparkContext context, IReadOnlyList<Dependency> dependencies)
    {
        context.ThrowIfUnusable();
        _context = context;
        _dependencies = dependencies;
        Id = context.NextRddId();
        CallSite = CallSite.OfUser();
        foreach (var dependency in dependencies)
            if (dependency is NarrowDependency narrow)
                Depth = Math.Max(Depth, narrow.Parent.Depth + 1);
    }

    /// <summary>The application it belongs to.</summary>
    /// <exception cref="SparkException">Asked for in a task, where there is none.</exception>
    public SparkContext Context => _context is null || TaskContext.Current is not null
        ? throw new SparkException(
            $"an action or transformation of an RDD was called inside another's function ({this}): tasks cannot start jobs. " +
            "Collect it in the driver first and use the result, or join the two datasets")
        : _context;

    /// <summary>Counts the datasets of an application from 0.</summary>
    public int Id { get; }

    /// <summary>As given by <c>SetName</c>; null if it has none.</summary>
    public string? Name { get; private protected set; }

    /// <summary>The user's line that made it.</summary>
    public CallSite CallSite { get; }

    public int PartitionCount
    {
        get
        {
            if (_partitionCount < 0)
                foreach (var rdd in Lineage.Uncounted(this))
                    rdd._partitionCount = rdd.CountPartitions();
            return _partitionCount;
        }
    }

    /// <summary>Those of a dataset that has been checkpointed lead to the checkpoint.</summary>
    public IReadOnlyList<Dependency> Dependencies
    {
        get => Volatile.Read(ref _dependencies);
        private protected set => Volatile.Write(ref _dependencies, value);
    }

    /// <summary>How keys are spread over partitions; null if not by key.</summary>
    public virtual Partitioner? Partitioner => null;

    public StorageLevel StorageLevel { get; private protected set; } = StorageLevel.None;

    /// <summary>Hosts that hold the partition's input, best first; empty if any is as good.</summary>
    public virtual IReadOnlyList<string> PreferredHosts(int partition) => [];

    /// <summary>
    /// Finds out how many partitions there are; asked once, in the driver, when it is first needed and after those it is
    /// computed from by narrow dependencies.
    /// </summary>
    protected abstract int CountPartitions();

    internal bool IsCounted => _partitionCount >= 0;

    /// <summary>Narrow steps to the furthest source or shuffle.</summary>
    internal int Depth { get; }

    /// <summary>As lineages show it.</summary>
    internal virtual string ClassName => GetType().Name.Split('`')[0];

    /// <summary>Writes the dataset's checkpoint if it has been asked for and is not there yet.</summary>
    internal abstract void CheckpointNow(CancellationToken stop);

    /// <summary>True from <c>Checkpoint</c> until it is written.</summary>
    internal abstract bool WantsCheckpoint { get; }

    public override string ToString() => $"{(Name is null ? "" : Name + " ")}{ClassName}[{Id}] at {CallSite}";
}
