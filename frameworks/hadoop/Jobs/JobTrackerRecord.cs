using System.Text.Json.Serialization;
using Agora.Sdk;

namespace Agora.Hadoop.Jobs;

/// <summary>How an attempt ended.</summary>
public enum AttemptEnd
{
    Succeeded,

    /// <summary>Counts against the task.</summary>
    Failed,

    /// <summary>On request, or with its TaskTracker or agent; counts against nobody.</summary>
    Killed,

    /// <summary>A reduce could not get its input; counts against nobody.</summary>
    LostInput,
}

/// <summary>
/// What the JobTracker must know again after a restart, in the order it happened. Every lasting change of its state is
/// one of these: it is applied when it happens and again when the journal is read.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Subscribing), "subscribing")]
[JsonDerivedType(typeof(Reserved), "reserved")]
[JsonDerivedType(typeof(Submitted), "submitted")]
[JsonDerivedType(typeof(Refused), "refused")]
[JsonDerivedType(typeof(Started), "started")]
[JsonDerivedType(typeof(Launched), "launched")]
[JsonDerivedType(typeof(Ended), "ended")]
[JsonDerivedType(typeof(Committed), "committed")]
[JsonDerivedType(typeof(OutputLost), "outputLost")]
[JsonDerivedType(typeof(Prioritized), "prioritized")]
[JsonDerivedType(typeof(Aborted), "aborted")]
[JsonDerivedType(typeof(Over), "over")]
public abstract record JobTrackerRecord
{
    private JobTrackerRecord()
    {
    }

    /// <summary>The job it belongs to; it may be forgotten with the job. Null for what is kept for ever.</summary>
    [JsonIgnore]
    public abstract JobId? OfJob { get; }

    /// <summary>The framework id it subscribes with from now on.</summary>
    public sealed record Subscribing(string FrameworkId) : JobTrackerRecord
    {
        public override JobId? OfJob => null;
    }

    /// <summary>The id has been given to a client.</summary>
    public sealed record Reserved(JobId Job) : JobTrackerRecord
    {
        public override JobId? OfJob => null;
    }

    public sealed record Submitted(JobId Job, JobSubmission Submission, DateTimeOffset Time) : JobTrackerRecord
    {
        public override JobId? OfJob => Job;
    }

    /// <summary>Its input could not be cut: it never was.</summary>
    public sealed record Refused(JobId Job) : JobTrackerRecord
    {
        public override JobId? OfJob => Job;
    }

    /// <param name="Splits">By map number.</param>
    public sealed record Started(JobId Job, IReadOnlyList<InputSplit> Splits, DateTimeOffset Time) : JobTrackerRecord
    {
        public override JobId? OfJob => Job;
    }

    /// <param name="Files">Address of the agent's file server, as <c>host:port</c>.</param>
    /// <param name="Locality">Set for a map whose data has a place.</param>
    public sealed record Launched(
        AttemptId Attempt, string Agent, string Hostname, string Files, Locality? Locality, DateTimeOffset Time)
        : JobTrackerRecord
    {
        public override JobId? OfJob => Attempt.Task.Job;
    }

    public sealed record Ended(
        AttemptId Attempt, AttemptEnd End, string Message, AttemptReport? Report, DateTimeOffset Time) : JobTrackerRecord
    {
        public override JobId? OfJob => Attempt.Task.Job;
    }

    /// <summary>Its files are in the output directory.</summary>
    public sealed record Committed(AttemptId Attempt, DateTimeOffset Time) : JobTrackerRecord
    {
        public override JobId? OfJob => Attempt.Task.Job;
    }

    /// <summary>A done map whose output is gone.</summary>
    public sealed record OutputLost(AttemptId Attempt) : JobTrackerRecord
    {
        public override JobId? OfJob => Attempt.Task.Job;
    }

    public sealed record Prioritized(JobId Job, string Priority) : JobTrackerRecord
    {
        public override JobId? OfJob => Job;
    }

    /// <summary>It is going to end as this, once its attempts are gone and what it wrote is removed.</summary>
    public sealed record Aborted(JobId Job, JobState Outcome, string? FailureInfo, string? FailureLog) : JobTrackerRecord
    {
        public override JobId? OfJob => Job;
    }

    public sealed record Over(JobId Job, DateTimeOffset Time) : JobTrackerRecord
    {
        public override JobId? OfJob => Job;
    }
}
