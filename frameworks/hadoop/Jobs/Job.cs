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

/// <summary>One job and its tasks. Owned by the JobTracker.</summary>
internal sealed class Job
{
    public Job(JobId id, JobSubmission submission, DateTimeOffset submitted)
    {
        Id = id;
        Submission = submission;
        Submitted = submitted;
        Conf = new JobConf(submission.Conf);
        NodeWait = Conf.Milliseconds(JobConf.NodeWaitMs);
        RackWait = Conf.Milliseconds(JobConf.RackWaitMs);
        Delay = new DelayScheduling(NodeWait, RackWait);
        MapSize = Resources.Of(Conf.Decimal(JobConf.MapCpus), Conf.Long(JobConf.MapMib));
        ReduceSize = Resources.Of(Conf.Decimal(JobConf.ReduceCpus), Conf.Long(JobConf.ReduceMib));
        PriorityRank = Array.IndexOf(Priorities, Priority);
    }

    public static readonly string[] Priorities = ["VERY_HIGH", "HIGH", "NORMAL", "LOW", "VERY_LOW"];

    public JobId Id { get; }
    public JobSubmission Submission { get; }
    public JobConf Conf { get; }
    public DateTimeOffset Submitted { get; }
    public TimeSpan NodeWait { get; }
    public TimeSpan RackWait { get; }
    public DelayScheduling Delay { get; }

    /// <summary>When it first turned an offer down for locality since its last node-local launch, to be told to people.</summary>
    public DateTimeOffset? WaitsSince { get; set; }
    public Resources MapSize { get; }
    public Resources ReduceSize { get; }

    public string Priority => Conf.Text(JobConf.Priority);
    public int PriorityRank { get; }

    public JobPhase Phase { get; set; } = JobPhase.Preparing;

    /// <summary>What it ends as; meaningful from <see cref="JobPhase.Aborting"/> or <see cref="JobPhase.Committing"/> on.</summary>
    public JobState Outcome { get; set; } = JobState.Succeeded;
    public string? FailureInfo { get; set; }
    public string? FailureLog { get; set; }

    public JobTask[] Maps { get; private set; } = [];
    public JobTask[] Reduces { get; private set; } = [];
    public PendingMaps PendingMaps { get; } = new();
    public SortedSet<int> PendingReduces { get; } = [];

    /// <summary>Maps in the order of the input, which is the order reduces merge them in.</summary>
    public JobTask[] MapsByInput { get; private set; } = [];

    public int MapsDone { get; set; }
    public int ReducesDone { get; set; }
    public int LiveAttempts { get; set; }

    public Counters TaskCounters { get; } = new();
    public Counters JobCounters { get; } = new();

    /// <summary>Agents that ran an attempt and may hold files of the job.</summary>
    public SortedSet<AgentId> Agents { get; } = [];

    /// <summary>Grows with every change a reader could see.</summary>
    public long Version { get; set; }

    public bool MapsComplete => MapsDone == Maps.Length;
    public bool IsMapOnly => Reduces.Length == 0;
    public bool ReducesCanStart => MapsComplete && PendingReduces.Count > 0;
    public bool HasLaunchable => Phase == JobPhase.Running && (PendingMaps.Count > 0 || ReducesCanStart);

    public JobState State => Phase switch
    {
        JobPhase.Preparing => JobState.Prep,
        JobPhase.Running or JobPhase.Committing or JobPhase.Aborting => JobState.Running,
        JobPhase.Ended => Outcome,
    };

    public void Start(IReadOnlyList<InputSplit> splits)
    {
        Maps = [.. splits.Select((s, i) => new JobTask(this, new JobTaskId(Id, TaskKind.Map, i), s))];
        MapsByInput = [.. Maps.OrderBy(m => m.Split!.Order)];
        Reduces = [.. Enumerable.Range(0, Conf.Int(JobConf.ReduceTasks))
            .Select(i => new JobTask(this, new JobTaskId(Id, TaskKind.Reduce, i), null))];
        foreach (var map in Maps)
            PendingMaps.Add(map);
        foreach (var reduce in Reduces)
            PendingReduces.Add(reduce.Id.Index);
        Phase = JobPhase.Running;
    }

    /// <summary>Puts a task back among those to be launched.</summary>
    public void MakePending(JobTask task)
    {
        task.Phase = JobTaskPhase.Pending;
        task.Current = null;
        if (task.Id.Kind == TaskKind.Map)
            PendingMaps.Add(task);
        else
            PendingReduces.Add(task.Id.Index);
    }

    public JobTask Task(JobTaskId id) => (id.Kind == TaskKind.Map ? Maps : Reduces)[id.Index];

    public JobStatus Status() => new(
        Id.ToString(), State, Version, Submission.User, Conf.Text(JobConf.JobName), Priority,
        Submitted.ToUnixTimeMilliseconds(), Progress(Maps, MapsDone), Progress(Reduces, ReducesDone),
        Maps.Length, Reduces.Length, FailureInfo, FailureLog, AllCounters());

    private Dictionary<string, Dictionary<string, long>> AllCounters()
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
            JobTaskPhase.Running => t.Current!.Progress,
            JobTaskPhase.Committing => 1,
            JobTaskPhase.Pending or JobTaskPhase.Done => 0,
        });
        return Math.Min(1, (done + running) / tasks.Length);
    }
}
