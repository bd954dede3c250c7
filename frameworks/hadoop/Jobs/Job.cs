using Agora.Sdk;

namespace Agora.Hadoop.Jobs;

/// <summary>
/// Where a job is in its life.
/// <code>
///   Preparing ─ splits ready ─► Running ─ all tasks done ─► Committing ─► Ended (Succeeded)
///       └─ refused: forgotten      └─ killed, a task failed for good ─► Aborting ─► Ended (Failed, Killed)
/// </code>
/// </summary>
internal enum JobPhase
{
    Preparing,
    Running,
    Committing,

    /// <summary>Its attempts are being killed; then what it wrote is removed.</summary>
    Aborting,
    Ended,
}

/// <summary>
/// One job and its tasks. Owned by the JobTracker. What lasts is changed by <c>JobTrackerRecord</c>s only, through the
/// methods of <c>Job.Records.cs</c>.
/// </summary>
internal sealed partial class Job
{
    public Job(JobId id, JobSubmission submission, DateTimeOffset submitted)
    {
        Id = id;
        Submission = submission;
        Submitted = submitted;
        Conf = new JobConf(submission.Conf);
        Pool = Pools.Of(Conf, submission.User);
        NodeWait = Conf.Milliseconds(JobConf.NodeWaitMs);
        RackWait = Conf.Milliseconds(JobConf.RackWaitMs);
        Delay = new DelayScheduling(NodeWait, RackWait);
        MapSize = Resources.Of(Conf.Decimal(JobConf.MapCpus), Conf.Long(JobConf.MapMib));
        ReduceSize = Resources.Of(Conf.Decimal(JobConf.ReduceCpus), Conf.Long(JobConf.ReduceMib));
        HostFailuresMax = Conf.Int(JobConf.TrackerFailuresMax);
        SetPriority(Conf.Text(JobConf.Priority));
    }

    public JobId Id { get; }
    public JobSubmission Submission { get; }
    public JobConf Conf { get; }
    public string Pool { get; }
    public DateTimeOffset Submitted { get; }

    /// <summary>When its first tasks could start; null before.</summary>
    public DateTimeOffset? Started { get; private set; }
    public DateTimeOffset? Ended { get; private set; }
    public TimeSpan NodeWait { get; }
    public TimeSpan RackWait { get; }
    public DelayScheduling Delay { get; }

    /// <summary>When it first turned an offer down for locality since its last node-local launch, to be told to people.</summary>
    public DateTimeOffset? WaitsSince { get; set; }

    /// <summary>When the last refusal for locality ends.</summary>
    public DateTimeOffset RefusesUntil { get; set; }

    public Resources MapSize { get; }
    public Resources ReduceSize { get; }

    /// <summary>Failures on one host after which the job keeps away from it.</summary>
    public int HostFailuresMax { get; }

    public string Priority { get; private set; } = "";
    public int PriorityRank { get; private set; }

    public JobPhase Phase { get; set; } = JobPhase.Preparing;

    /// <summary>What it ends as; meaningful from <see cref="JobPhase.Aborting"/> or <see cref="JobPhase.Committing"/> on.</summary>
    public JobState Outcome { get; private set; } = JobState.Succeeded;
    public string? FailureInfo { get; private set; }
    public string? FailureLog { get; private set; }

    public JobTask[] Maps { get; private set; } = [];
    public JobTask[] Reduces { get; private set; } = [];
    public PendingMaps PendingMaps { get; } = new();
    public SortedSet<int> PendingReduces { get; } = [];

    /// <summary>Running tasks that are so slow that a second attempt is wanted.</summary>
    public HashSet<JobTask> Slow { get; } = [];

    /// <summary>Maps in the order of the input, which is the order reduces merge them in.</summary>
    public JobTask[] MapsByInput { get; private set; } = [];

    public int MapsDone { get; private set; }
    public int ReducesDone { get; private set; }
    public int LiveAttempts { get; private set; }

    /// <summary>Thousandths of processors that its attempts hold.</summary>
    public long RunningMilliCpus { get; private set; }

    public Counters TaskCounters { get; } = new();
    public Counters JobCounters { get; } = new();

    /// <summary>Agents that ran an attempt and may hold files of the job.</summary>
    public SortedSet<AgentId> Agents { get; } = [];

    /// <summary>How many attempts have failed on a host.</summary>
    public Dictionary<string, int> HostFailures { get; } = new(StringComparer.Ordinal);

    /// <summary>Grows with every change a reader could see.</summary>
    public long Version { get; set; }

    public bool MapsComplete => MapsDone == Maps.Length;
    public bool IsComplete => MapsComplete && ReducesDone == Reduces.Length;
    public bool IsMapOnly => Reduces.Length == 0;
    public bool ReducesCanStart => MapsComplete && PendingReduces.Count > 0;
    public bool HasLaunchable =>
        Phase == JobPhase.Running && (PendingMaps.Count > 0 || ReducesCanStart || Slow.Count > 0);

    /// <summary>All it could start are maps whose data is on some hosts, none of which has failed before.</summary>
    public bool WaitsForHostsOnly => PendingMaps.Count > 0 && !ReducesCanStart && Slow.Count == 0 && !PendingMaps.HasUntied;

    public JobState State => Phase switch
    {
        JobPhase.Preparing => JobState.Prep,
        JobPhase.Running or JobPhase.Committing or JobPhase.Aborting => JobState.Running,
        JobPhase.Ended => Outcome,
    };

    public Resources SizeOf(TaskKind kind) => kind == TaskKind.Map ? MapSize : ReduceSize;

    /// <summary>Null if the id names no task of this job.</summary>
    public JobTask? Task(JobTaskId id) =>
        (id.Kind == TaskKind.Map ? Maps : Reduces) is var tasks && id.Index < tasks.Length ? tasks[id.Index] : null;

    public JobStatus Status() => new(
        Id.ToString(), State, Version, Submission.User, Conf.Text(JobConf.JobName), Priority,
        Submitted.ToUnixTimeMilliseconds(), Progress(Maps, MapsDone), Progress(Reduces, ReducesDone),
        Maps.Length, Reduces.Length, FailureInfo, FailureLog, AllCounters());

    /// <summary>Engine and user counters by group.</summary>
    public Dictionary<string, Dictionary<string, long>> AllCounters()
    {
        var all = TaskCounters.ToDictionary();
        foreach (var (group, names) in JobCounters.ToDictionary())
            all[group] = names;
        return all;
    }

    private double Progress(JobTask[] tasks, int done)
    {
        // An ended job shows 100 %, as Hadoop's console does, whatever became of it.
        if (Phase == JobPhase.Ended || (tasks.Length == 0 && MapsComplete && Phase != JobPhase.Preparing))
            return 1;
        if (tasks.Length == 0)
            return 0;
        var running = tasks.Sum(t => t.Phase switch
        {
            JobTaskPhase.Running => t.Live.Max(a => a.Progress),
            JobTaskPhase.Committing => 1,
            JobTaskPhase.Pending or JobTaskPhase.Done or JobTaskPhase.GivenUp => 0,
        });
        return Math.Min(1, (done + running) / tasks.Length);
    }
}
