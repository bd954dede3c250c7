using Agora.Sdk;

namespace Agora.Hadoop.Jobs;

internal enum JobTaskPhase
{
    Pending,
    Running,

    /// <summary>Its attempt is done and its files are being moved into the output directory.</summary>
    Committing,
    Done,

    /// <summary>It failed for good, and the job goes on without it.</summary>
    GivenUp,
}

/// <summary>One map or reduce of a job.</summary>
internal sealed class JobTask(Job job, JobTaskId id, InputSplit? split)
{
    public Job Job { get; } = job;
    public JobTaskId Id { get; } = id;
    public InputSplit? Split { get; } = split;
    public bool IsMap => Id.Kind == TaskKind.Map;
    public JobTaskPhase Phase { get; set; } = JobTaskPhase.Pending;

    /// <summary>All tries, by number.</summary>
    public List<Attempt> Attempts { get; } = [];
    public IEnumerable<Attempt> Live => Attempts.Where(a => a.End is null);

    /// <summary>The attempt that commits or did it; null before.</summary>
    public Attempt? Winner { get; set; }
    public int Failures { get; set; }
    public int LostInputs { get; set; }

    /// <summary>Attempts that ended with their TaskTracker.</summary>
    public int TrackersLost { get; set; }
    public HashSet<string> FailedHosts { get; } = [];

    public bool IsOver => Phase is JobTaskPhase.Committing or JobTaskPhase.Done or JobTaskPhase.GivenUp;

    public bool IsLiveOn(string host) => Attempts.Exists(a => a.End is null && a.Hostname == host);
}

/// <summary>One try at a task, on one agent.</summary>
/// <param name="files">Address of the agent's file server, as <c>host:port</c>.</param>
internal sealed class Attempt(
    AttemptId id, JobTask task, AgentId agent, string hostname, string files, Locality? locality, DateTimeOffset launched)
{
    public AttemptId Id { get; } = id;
    public JobTask Task { get; } = task;
    public AgentId AgentId { get; } = agent;
    public string Hostname { get; } = hostname;
    public string Files { get; } = files;
    public Locality? Locality { get; } = locality;
    public DateTimeOffset Launched { get; } = launched;
    public TaskId TaskId { get; } = new(id.ToString());

    /// <summary>0 to 1.</summary>
    public double Progress { get; set; }
    public string? Status { get; set; }

    /// <summary>How it ended; null while it runs.</summary>
    public AttemptEnd? End { get; set; }
    public DateTimeOffset? EndTime { get; set; }
    public string Message { get; set; } = "";

    /// <summary>Set once it has succeeded.</summary>
    public AttemptReport? Report { get; set; }
}
