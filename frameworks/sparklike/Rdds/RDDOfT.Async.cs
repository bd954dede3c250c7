namespace Agora.Spark;

public abstract partial class RDD<T>
{
    /// <inheritdoc cref="Collect()"/>
    /// <param name="stop">Cancels the job.</param>
    public Task<T[]> CollectAsync(CancellationToken stop = default)
    {
        var site = CallSite.OfUser();
        return Start(() => Collect(site, stop));
    }

    /// <inheritdoc cref="Count()"/>
    /// <param name="stop">Cancels the job.</param>
    public Task<long> CountAsync(CancellationToken stop = default)
    {
        var site = CallSite.OfUser();
        return Start(() => Count(site, stop));
    }

    /// <inheritdoc cref="Take(int)"/>
    /// <param name="stop">Cancels the job.</param>
    public Task<T[]> TakeAsync(int count, CancellationToken stop = default)
    {
        var site = CallSite.OfUser();
        return Start(() => Take(count, site, stop));
    }

    /// <inheritdoc cref="Foreach(Action{T})"/>
    /// <param name="stop">Cancels the job.</param>
    public Task ForeachAsync(Action<T> action, CancellationToken stop = default)
    {
        var site = CallSite.OfUser();
        return Start(() => Foreach(action, site, stop));
    }

    /// <inheritdoc cref="ForeachPartition(Action{IEnumerable{T}})"/>
    /// <param name="stop">Cancels the job.</param>
    public Task ForeachPartitionAsync(Action<IEnumerable<T>> action, CancellationToken stop = default)
    {
        var site = CallSite.OfUser();
        return Start(() => ForeachPartition(action, site, stop));
    }

    // A job waits for most of its time, so it does not take a thread of the pool.
    private static Task<R> Start<R>(Func<R> job) =>
        Task.Factory.StartNew(job, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
