namespace Agora.Spark;

/// <summary>What the tasks of one stage do; the same object for all of them, so it is shipped once.</summary>
internal abstract class StageTask
{
    // From the sources to the last, so that a writer of object graphs that goes deep meets each dataset after what it
    // is computed from and never has to go through a whole lineage.
    private readonly RDD[] _lineage;

    private protected StageTask(RDD last) => _lineage = [.. Lineage.OfStage(last).Reverse()];

    /// <summary>The dataset whose partitions the tasks compute.</summary>
    protected RDD Last => _lineage[^1];

    /// <exception cref="OperationCanceledException">It was told to stop.</exception>
    public TaskOutcome Run(int partition, TaskContext context)
    {
        using (context.Enter())
            return RunCore(partition, context);
    }

    private protected abstract TaskOutcome RunCore(int partition, TaskContext context);
}
