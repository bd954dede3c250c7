namespace Agora.Hadoop.Jobs;

internal enum JobTaskPhase
{
    Pending,
    Running,

    /// <summary>Its attempt is done and its files are being moved into the output directory.</summary>
    Committing,
    Done,
}

/// <summary>One map or reduce of a job.</summary>
internal sealed class JobTask(Job job, JobTaskId id, InputSplit? split)
{
    public Job Job { get; } = job;
    public JobTaskId Id { get; } = id;
    public InputSplit? Split { get; } = split;
    public JobTaskPhase Phase { get; set; } = JobTaskPhase.Pending;

    /// <summary>The attempt that runs, commits or did it; null while pending.</summary>
    public Attempt? Current { get; set; }
    public int AttemptsMade { get; set; }
    public int Failures { get; set; }
    public int LostInputs { get; set; }
    public HashSet<string> FailedHosts { get; } = [];
}

/// <summary>One try at a task, on one agent.</summary>
internal sealed class Attempt(AttemptId id, JobTask task, AgentId agent, string hostname, DateTimeOffset launched)
{
    public AttemptId Id { get; } = id;
    public JobTask Task { get; } = task;
    public AgentId AgentId { get; } = agent;
    public string Hostname { get; } = hostname;
    public DateTimeOffset Launched { get; } = launched;
    public TaskId TaskId { get; } = new(id.ToString());

    /// <summary>0 to 1.</summary>
    public double Progress { get; set; }

    /// <summary>Set once it has finished.</summary>
    public AttemptReport? Report { get; set; }
}
