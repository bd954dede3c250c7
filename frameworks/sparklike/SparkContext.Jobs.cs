namespace Agora.Spark;

public sealed partial class SparkContext
{
    /// <summary>Applies a function to all of a dataset's partitions.</summary>
    /// <param name="function">Gets a partition's records in a task.</param>
    /// <returns>One result for each partition.</returns>
    public TResult[] RunJob<T, TResult>(RDD<T> rdd, Func<IEnumerable<T>, TResult> function) =>
        Run(rdd, (_, records) => function(records));

    /// <summary>Applies a function to some of a dataset's partitions.</summary>
    /// <param name="function">Gets a partition's records in a task.</param>
    /// <param name="partitions">Their numbers, each once.</param>
    /// <returns>One result for each of <paramref name="partitions"/>, in their order.</returns>
    public TResult[] RunJob<T, TResult>(
        RDD<T> rdd, Func<TaskContext, IEnumerable<T>, TResult> function, IReadOnlyList<int> partitions) =>
        Run(rdd, function, partitions);

    /// <param name="partitions">Null for all.</param>
    /// <param name="site">Null for the user's line that is on the stack.</param>
    internal TResult[] Run<T, TResult>(
        RDD<T> rdd, Func<TaskContext, IEnumerable<T>, TResult> function, IReadOnlyList<int>? partitions = null,
        CallSite? site = null, CancellationToken stop = default)
    {
        partitions ??= [.. Enumerable.Range(0, rdd.PartitionCount)];
        var results = new TResult[partitions.Count];
        Run(rdd, function, partitions, (i, result) => results[i] = result, site, stop);
        return results;
    }

    /// <param name="arrived">See <see cref="IJobRunner.Run"/>.</param>
    internal void Run<T, TResult>(
        RDD<T> rdd, Func<TaskContext, IEnumerable<T>, TResult> function, IReadOnlyList<int> partitions,
        Action<int, TResult> arrived, CallSite? site = null, CancellationToken stop = default)
    {
        ThrowIfUnusable();
        RecordBytes.ThrowIfRefused<TResult>("results of an action are sent to the driver");
        if (partitions.Count > 0)
            _runner.Run(rdd, function, partitions, arrived, site ?? CallSite.OfUser(), stop);
        WriteCheckpoints(rdd, stop);
    }
}
