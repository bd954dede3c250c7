using Agora.Spark.Driver;

namespace Agora.Spark;

public sealed partial class SparkContext
{
    private readonly Application? _application;

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
        Console.CancelKeyPress += Interrupted;
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
        Console.CancelKeyPress -= Interrupted;
        _application.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Ctrl-C ends the jobs first, with a word to the cluster; without any, or the second time, the program.</summary>
    private void Interrupted(object? sender, ConsoleCancelEventArgs e)
    {
        if (_application!.Jobs.Running == 0)
            return;
        e.Cancel = true;
        CancelAllJobs();
    }
}
