using Agora.Storage;

namespace Agora.Spark;

/// <summary>An application's way to the cluster: makes datasets and runs jobs.</summary>
public sealed partial class SparkContext : IDisposable
{
    private readonly IJobRunner _runner;
    private readonly IBroadcastStore _broadcasts;
    private int _rdds = -1, _shuffles = -1;
    private long _broadcastIds = -1;
    private bool _isStopped;

    internal SparkContext(SparkConf conf, IJobRunner runner, IBroadcastStore broadcasts, Stores stores)
    {
        Conf = conf;
        Stores = stores;
        _runner = runner;
        _broadcasts = broadcasts;
    }

    /// <summary>A copy: what is changed in it has no effect.</summary>
    public SparkConf GetConf() => Conf.Clone();

    /// <summary>How many partitions there are where nothing else says it: <c>spark.default.parallelism</c>, or the cores.</summary>
    public int DefaultParallelism =>
        Math.Max(1, Conf.Contains("spark.default.parallelism") ? Conf.GetInt("spark.default.parallelism", 0) : _runner.Parallelism);

    /// <summary>The least number of partitions of a file that nothing else is said about: two where there is room.</summary>
    public int DefaultMinPartitions => Math.Min(DefaultParallelism, 2);

    /// <summary>After <see cref="Stop"/> nothing can be asked of it or its datasets.</summary>
    public bool IsStopped => Volatile.Read(ref _isStopped);

    internal SparkConf Conf { get; }

    internal Stores Stores { get; }

    internal int NextRddId() => Interlocked.Increment(ref _rdds);

    internal int NextShuffleId() => Interlocked.Increment(ref _shuffles);

    /// <summary>Ends the application; jobs that run fail.</summary>
    public void Stop()
    {
        if (Interlocked.Exchange(ref _isStopped, true))
            return;
        StopApplication();
    }

    void IDisposable.Dispose() => Stop();

    internal void ThrowIfUnusable()
    {
        if (TaskContext.Current is not null)
            throw new SparkException("the SparkContext was used inside a function that runs in a task: only the driver can use it");
        if (IsStopped)
            throw new SparkException("this SparkContext has been stopped: datasets and jobs need a new one");
    }
}
