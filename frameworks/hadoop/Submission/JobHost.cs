using Agora.Hadoop.Cli;
using Agora.MapReduce;
using Agora.Storage;

namespace Agora.Hadoop.Submission;

/// <summary>Runs a user's jobs on the cluster, or in this process if they say so, and shows how they go.</summary>
internal sealed class JobHost(UserProgram program) : IJobHost, IDisposable
{
    private const string Logger = "mapred.JobClient", LocalTracker = "local";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lazy<UserStores> _stores = new(() => new UserStores(Cluster.IsThere ? Cluster.Store : null));

    /// <summary>What <see cref="UseStore"/> asked for; null for the cluster's own store.</summary>
    private UserStores? _asked;

    public Stores Stores => (_asked ?? _stores.Value).Of(Environment.UserName);

    public void UseStore(string store)
    {
        var isLocal = store == "local" || store.StartsWith("file:", StringComparison.Ordinal);
        var address = store[(store.IndexOf("://", StringComparison.Ordinal) is var at and >= 0 ? at + 3 : 0)..];
        Uri? uri = null;
        if (!isLocal && (!Uri.TryCreate($"http://{address}", UriKind.Absolute, out uri) ||
            store[..^address.Length] is not ("" or "hdfs://" or "webhdfs://")))
            throw new ArgumentException($"-fs {store} names no store: use hdfs://host:port, file:/// or local");
        _asked?.Dispose();
        _asked = new UserStores(uri);
    }

    public MapReduce.RunningJob Submit(MapReduce.JobConf conf)
    {
        JobPackage package;
        try
        {
            package = JobPackage.Of(conf, program.Files(), Stores);
        }
        catch (Exception e) when (e is TypeLoadException or NotSupportedException or FormatException or FileNotFoundException)
        {
            throw new JobRefusedException(e.Message);
        }
        return conf.Get(MapReduce.JobConf.JobTrackerAddress) == LocalTracker
            ? LocalJob.Start(package, _asked ?? _stores.Value)
            : ClusterJob.SubmitAsync(package, _stores.Value.Of(Environment.UserName), Cluster.OpenJobTracker()).GetAwaiter().GetResult();
    }

    public void Monitor(MapReduce.RunningJob job)
    {
        ConsoleLog.Info(Logger, $"Running job: {job.JobId}");
        var shown = "";
        while (true)
        {
            // Halves go to the even number in .NET and up in Java.
            var progress = $" map {Math.Floor((job.MapProgress * 100) + 0.5)}% reduce {Math.Floor((job.ReduceProgress * 100) + 0.5)}%";
            if (progress != shown)
                ConsoleLog.Info(Logger, progress);
            shown = progress;
            if (job.IsComplete)
                break;
            job.Refresh(Patience);
        }
        ConsoleLog.Info(Logger, $"Job complete: {job.JobId}");
        ConsoleLog.Info(Logger, $"Counters: {job.Counters.Count}");
        foreach (var (group, counters) in job.Counters.Groups)
        {
            ConsoleLog.Info(Logger, $"  {group}");
            foreach (var (name, value) in counters)
                ConsoleLog.Info(Logger, $"    {name}={value}");
        }
        if (job.IsSuccessful)
            return;
        if (job.FailureLog is { } log)
            Console.Error.WriteLine(log);
        ConsoleLog.Info(Logger, $"Job Failed: {job.FailureInfo ?? "NA"}");
    }

    public void Dispose()
    {
        _asked?.Dispose();
        if (_stores.IsValueCreated)
            _stores.Value.Dispose();
    }
}
