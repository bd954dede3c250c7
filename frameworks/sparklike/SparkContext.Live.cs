using System.Runtime.InteropServices;
using Agora.Spark.Driver;

namespace Agora.Spark;

public sealed partial class SparkContext
{
    private readonly Application? _application;
    private PosixSignalRegistration[] _signals = [];

    /// <summary>Starts an application as the settings, the command line of <c>spark-submit</c> and its files say.</summary>
    /// <exception cref="SparkException">A setting is wrong, or no cluster is there.</exception>
    public SparkContext(SparkConf conf)
        : this(Settings.Complete(conf), MasterUrl.Parse(Settings.Complete(conf).Get("spark.master")))
    {
    }

    /// <param name="master">Where it runs; see <see cref="SparkConf.SetMaster"/>.</param>
    /// <param name="appName">How it is called where its jobs are shown.</param>
    /// <exception cref="SparkException">A setting is wrong, or no cluster is there.</exception>
    public SparkContext(string master, string appName)
        : this(new SparkConf().SetMaster(master).SetAppName(appName))
    {
    }

    private SparkContext(SparkConf conf, MasterUrl master)
    {
        Conf = conf;
        var hooks = new ApplicationHooks(Count, () => Tags);
        _application = master switch
        {
            MasterUrl.Local local => new LocalApplication(conf, local, hooks),
            MasterUrl.Cluster cluster => new ClusterApplication(conf, cluster, hooks),
            _ => throw new SparkException($"'{master}' is no master"),
        };
        Stores = _application.Stores;
        _runner = _application.Jobs;
        _broadcasts = _application.Broadcasts;
        Watch();
    }

    /// <summary>Properties of the thread, which threads that it starts have too.</summary>
    private readonly AsyncLocal<JobTags?> _tags = new();

    private JobTags Tags => _tags.Value ?? new JobTags(null, null, "default");

    /// <summary>Names the jobs that this thread starts from now on, so that they can be cancelled together.</summary>
    /// <param name="description">For people; null for the line that starts each.</param>
    public void SetJobGroup(string group, string? description = null) => _tags.Value = Tags with { Group = group, Description = description };

    /// <summary>The thread's jobs belong to no group any more.</summary>
    public void ClearJobGroup() => _tags.Value = Tags with { Group = null, Description = null };

    /// <summary>What the thread's jobs are called where they are shown; null for the line that starts each.</summary>
    public void SetJobDescription(string? description) => _tags.Value = Tags with { Description = description };

    /// <param name="key"><c>spark.scheduler.pool</c>, <c>spark.jobGroup.id</c> or <c>spark.job.description</c>.</param>
    /// <param name="value">Null for what it is without being set.</param>
    /// <exception cref="SparkException">There is no such property.</exception>
    public void SetLocalProperty(string key, string? value) => _tags.Value = key switch
    {
        "spark.scheduler.pool" => Tags with { Pool = value ?? "default" },
        "spark.jobGroup.id" => Tags with { Group = value },
        "spark.job.description" => Tags with { Description = value },
        _ => throw new SparkException($"there is no local property '{key}'; there are spark.scheduler.pool, spark.jobGroup.id and spark.job.description"),
    };

    /// <summary>The jobs of the group fail, and their tasks end.</summary>
    public void CancelJobGroup(string group) => _application?.Jobs.CancelGroup(group, $"its group '{group}' was cancelled");

    /// <summary>All jobs fail, and their tasks end.</summary>
    public void CancelAllJobs() => _application?.Jobs.CancelAll("all jobs were cancelled");

    private void StopApplication()
    {
        if (_application is null)
            return;
        foreach (var signal in _signals)
            signal.Dispose();
        AppDomain.CurrentDomain.ProcessExit -= Exiting;
        _application.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    /// <summary>
    /// What a signal from the terminal does. A program ends, and with it its tasks and executors; a prompt cancels its jobs.
    /// </summary>
    internal bool SignalsCancelJobs { get; set; }

    private void Watch()
    {
        _signals = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Signalled), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Signalled)];
        AppDomain.CurrentDomain.ProcessExit += Exiting;
    }

    private void Signalled(PosixSignalContext signal)
    {
        const int SignalBase = 128, Interrupt = 2, Terminate = 15;
        signal.Cancel = true;
        if (signal.Signal == PosixSignal.SIGINT && SignalsCancelJobs)
        {
            CancelAllJobs();
            return;
        }
        _application!.LeaveAsync().AsTask().GetAwaiter().GetResult();
        Environment.Exit(SignalBase + (signal.Signal == PosixSignal.SIGINT ? Interrupt : Terminate));
    }

    /// <summary>The program ends without having stopped its context.</summary>
    private void Exiting(object? sender, EventArgs e) => _application!.LeaveAsync().AsTask().GetAwaiter().GetResult();
}
