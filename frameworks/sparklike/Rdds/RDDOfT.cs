namespace Agora.Spark;

/// <summary>
/// A dataset in partitions that are computed when they are needed, from others or from storage, and computed again when
/// they are lost. Immutable: a transformation describes a new dataset, an action runs a job.
/// <para>
/// Functions given to it run in other processes, on copies of what they capture: what a function changes is changed in
/// its copy alone; use an <see cref="LongAccumulator"/> to count. Failures of an action are
/// <see cref="SparkException"/>s.
/// </para>
/// </summary>
/// <typeparam name="T">Any type of fields that can be written; see the manual's page on records.</typeparam>
public abstract partial class RDD<T> : RDD
{
    /// <summary>For datasets of one's own; records come from <see cref="Compute"/>.</summary>
    protected RDD(SparkContext context, params IReadOnlyList<Dependency> dependencies)
        : base(context, dependencies)
    {
    }

    /// <summary>
    /// Computes a partition, in a task. Uses what was shipped with it and <see cref="RDD.Dependencies"/>, whose parents'
    /// records <see cref="Iterator"/> gives; never what belongs to the driver.
    /// </summary>
    protected abstract IEnumerable<T> Compute(int partition, TaskContext context);

    /// <summary>A partition's records in a task, from where they are kept or else computed.</summary>
    public IEnumerable<T> Iterator(int partition, TaskContext context)
    {
        if (IsDeep(Depth))
            return new FreshStack<T>(() => Source(partition, context));
        return Source(partition, context);
    }

    private IEnumerable<T> Source(int partition, TaskContext context) => StorageLevel.IsKept
        ? context.Services.Cached(new BlockId(Id, partition), StorageLevel, () => ComputeOrRestore(partition, context), context)
        : ComputeOrRestore(partition, context);

    private IEnumerable<T> ComputeOrRestore(int partition, TaskContext context) => _isCheckpointed
        ? ((RDD<T>)Dependencies[0].Parent).Iterator(partition, context)
        : Compute(partition, context);

    // Each narrow step is a frame on the stack while a record is asked for.
    private static bool IsDeep(int depth) => depth % FreshStack.StepsMax == FreshStack.StepsMax - 1;
}
