using Agora.Sdk;
using Agora.Spark.Scheduling;
using Agora.Storage;

namespace Agora.Spark.Driver;

/// <summary>All that stands behind a <see cref="SparkContext"/>: the scheduler's loop and what executors ask of the driver.</summary>
internal abstract class Application : IAsyncDisposable
{
    protected Application(SparkConf conf, int parallelism, ApplicationHooks hooks)
    {
        Conf = conf;
        Stores = StoresOf(conf);
        Jobs = new JobRunner(Planner, hooks.Count, Fetch, Warn, hooks.Tags)
        {
            Parallelism = parallelism,
        };
    }

    public SparkConf Conf { get; }

    public Stores Stores { get; }

    public StagePlanner Planner { get; } = new();

    public JobRunner Jobs { get; }

    public abstract IBroadcastStore Broadcasts { get; }

    /// <summary>Shorter jobs show nothing.</summary>
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(500);

    private Timer? _progress;
    private volatile bool _isShown, _isLeaving;

    protected SparkScheduler? Scheduler { get; private set; }

    protected ISchedulerLoop? Loop { get; private set; }

    public static Stores StoresOf(SparkConf conf, string? node = null)
    {
        var user = Environment.UserName;
        if (conf.GetOption("spark.hadoop.fs.defaultFS") is not { Length: > 0 } named || named.StartsWith("file:", StringComparison.Ordinal))
            return new Stores(null, user, node: node);
        return Uri.TryCreate(named, UriKind.Absolute, out var uri) && uri.Scheme is "hdfs" or "webhdfs" or "http"
            ? new Stores(new Uri($"http://{uri.Authority}"), user, node: node)
            : throw new SparkException($"spark.hadoop.fs.defaultFS is '{named}'; name a store as hdfs://host:port, or file:///");
    }

    /// <summary>The process is about to end: the cluster is told, and nothing else is of any use.</summary>
    public async ValueTask LeaveAsync()
    {
        _isLeaving = true;
        if (Loop is { } loop)
            await loop.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_progress is { } progress)
            await progress.DisposeAsync();
        if (Loop is { } loop)
            await loop.DisposeAsync();
        Jobs.FailAll("the SparkContext was stopped");
        await StopAsync();
        Stores.Dispose();
    }

    /// <summary>Begins with the loop behind the scheduler.</summary>
    protected void Run(SparkSchedulerOptions options, Func<SparkScheduler, ISchedulerLoop> start)
    {
        Scheduler = new SparkScheduler(options, Jobs);
        Loop = start(Scheduler);
        Jobs.Connect(Scheduler, Loop);
        _ = WatchAsync(Loop);
        if (Console.IsErrorRedirected || !Conf.GetBoolean("spark.ui.showConsoleProgress", true))
            return;
        // Before anything else is written to the line.
        Jobs.Idle += HideProgress;
        _progress = new Timer(_ => ShowProgress(), null, ProgressInterval, ProgressInterval);
    }

    private void ShowProgress()
    {
        if (Jobs.Running == 0 && !_isShown)
            return;
        Loop!.Post((_, _) =>
        {
            var line = ProgressLine.Of(Scheduler!.View().Stages, Console.WindowWidth);
            if (line.Length > 0 || _isShown)
                Console.Error.Write($"\r{line}\x1b[K");
            _isShown = line.Length > 0;
        });
    }

    private void HideProgress()
    {
        if (!_isShown)
            return;
        Console.Error.Write("\r\x1b[K");
        _isShown = false;
    }

    /// <summary>What is its own alone ends here, after the loop.</summary>
    protected abstract ValueTask StopAsync();

    /// <summary>A result that a task left where it ran.</summary>
    protected abstract byte[] Fetch(string location, long bytes);

    protected static SparkSchedulerOptions Options(SparkConf conf, FrameworkInfo framework, ExecutorSpec executor, int taskFailures)
    {
        var wait = conf.GetTime("spark.locality.wait", TimeSpan.FromSeconds(3), "ms");
        return new SparkSchedulerOptions(framework, executor)
        {
            TaskMilliCpus = (long)(conf.GetDouble("spark.task.cpus", 1) * 1_000),
            MilliCpusMax = conf.Contains("spark.cores.max") ? conf.GetInt("spark.cores.max", 0) * 1_000L : null,
            TaskFailuresMax = taskFailures,
            StageAttemptsMax = conf.GetInt("spark.stage.maxConsecutiveAttempts", 4),
            ProcessWait = conf.GetTime("spark.locality.wait.process", wait, "ms"),
            NodeWait = conf.GetTime("spark.locality.wait.node", wait, "ms"),
            RackWait = conf.GetTime("spark.locality.wait.rack", wait, "ms"),
            Scheduling = conf.Get("spark.scheduler.mode", "FIFO").ToUpperInvariant() switch
            {
                "FIFO" => SchedulingMode.Fifo,
                "FAIR" => SchedulingMode.Fair,
                var other => throw new SparkException($"spark.scheduler.mode is '{other}'; it is FIFO or FAIR"),
            },
            Speculation = conf.GetBoolean("spark.speculation", false),
            SpeculationQuantile = conf.GetDouble("spark.speculation.quantile", 0.75),
            SpeculationMultiplier = conf.GetDouble("spark.speculation.multiplier", 1.5),
        };
    }

    private async Task WatchAsync(ISchedulerLoop loop)
    {
        try
        {
            await loop.Completion;
            // Who waits for a job would only fail, and hide what the process ends for.
            if (!_isLeaving)
                Jobs.FailAll("the application has ended");
        }
        catch (SchedulerErrorException e)
        {
            Jobs.FailAll($"the master has refused the application: {e.Message}");
        }
        catch (Exception e)
        {
            Jobs.FailAll($"the application's scheduler has failed: {e}");
        }
    }

    private static void Warn(string text) => Console.Error.WriteLine($"warning: {text}");
}

/// <summary>What an application asks of its context.</summary>
/// <param name="Count">Adds what a task has added to accumulators.</param>
/// <param name="Tags">What the calling thread has said of its jobs.</param>
internal sealed record ApplicationHooks(Action<IEnumerable<Accumulator>> Count, Func<JobTags> Tags);
