namespace Agora.Spark;

/// <summary>Runs actions' jobs. Safe to use from several threads.</summary>
internal interface IJobRunner
{
    /// <summary>Applies a function to partitions and returns when all results have arrived.</summary>
    /// <param name="partitions">Each once.</param>
    /// <param name="arrived">
    /// Gets each result with its place in <paramref name="partitions"/>, in any order, one at a time, on any thread; must
    /// not block.
    /// </param>
    /// <param name="site">The user's line that asked for the job.</param>
    /// <exception cref="SparkException">The job has failed.</exception>
    /// <exception cref="OperationCanceledException">By <paramref name="stop"/>.</exception>
    void Run<T, TResult>(
        RDD<T> rdd, Func<TaskContext, IEnumerable<T>, TResult> function, IReadOnlyList<int> partitions,
        Action<int, TResult> arrived, CallSite site, CancellationToken stop);

    /// <summary>Has executors forget the partitions of a persisted dataset.</summary>
    /// <param name="blocking">Whether to wait until they have.</param>
    void Unpersist(int rddId, bool blocking);

    /// <summary>How many tasks can run at once, as far as is known; for choosing numbers of partitions.</summary>
    int Parallelism { get; }
}
