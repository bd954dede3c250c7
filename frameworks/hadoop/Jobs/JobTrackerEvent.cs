namespace Agora.Hadoop.Jobs;

/// <summary>What reaches the JobTracker from its users and from the store; the cluster's events come besides.</summary>
public abstract record JobTrackerEvent
{
    private JobTrackerEvent()
    {
    }

    /// <param name="JobId">From <see cref="JobTracker.ReserveJobId"/>.</param>
    public sealed record Submitted(JobId JobId, JobSubmission Job) : JobTrackerEvent;

    /// <summary>The output directory is free and the input has been cut.</summary>
    /// <param name="Splits">By map number.</param>
    public sealed record Prepared(JobId JobId, IReadOnlyList<InputSplit> Splits) : JobTrackerEvent;

    public sealed record PrepareFailed(JobId JobId) : JobTrackerEvent;

    public sealed record Kill(JobId JobId) : JobTrackerEvent;

    /// <param name="AsFailed">It counts against its task.</param>
    public sealed record KillAttempt(AttemptId Attempt, bool AsFailed) : JobTrackerEvent;

    /// <param name="Priority">One of <c>VERY_HIGH HIGH NORMAL LOW VERY_LOW</c>.</param>
    public sealed record SetPriority(JobId JobId, string Priority) : JobTrackerEvent;

    public sealed record AttemptCommitted(AttemptId Attempt) : JobTrackerEvent;

    public sealed record AttemptCommitFailed(AttemptId Attempt, string Reason) : JobTrackerEvent;

    public sealed record JobCommitted(JobId JobId) : JobTrackerEvent;

    public sealed record JobCommitFailed(JobId JobId, string Reason) : JobTrackerEvent;

    /// <summary>What the job had begun to write is gone.</summary>
    public sealed record JobAborted(JobId JobId) : JobTrackerEvent;
}

/// <summary>What the JobTracker wants done outside of the cluster. Each is answered by an event.</summary>
public abstract record JobTrackerEffect
{
    private JobTrackerEffect()
    {
    }

    /// <summary>Check the output, cut the input: <c>Prepared</c> or <c>PrepareFailed</c>.</summary>
    public sealed record Prepare(JobId JobId, JobSubmission Job) : JobTrackerEffect;

    /// <summary>The submission is not taken; not answered.</summary>
    public sealed record Refuse(JobId JobId, string Reason) : JobTrackerEffect;

    /// <summary>Move the attempt's files into the output directory. Asked of one attempt of a task at a time.</summary>
    public sealed record CommitAttempt(AttemptId Attempt, JobSubmission Job) : JobTrackerEffect;

    /// <summary>Mark the output complete, remove what is temporary, write the history.</summary>
    public sealed record CommitJob(JobId JobId, JobSubmission Job, JobHistory History) : JobTrackerEffect;

    /// <summary>Remove what is temporary, write the history; no attempt writes any more.</summary>
    public sealed record AbortJob(JobId JobId, JobSubmission Job, JobHistory History) : JobTrackerEffect;

    /// <summary>The job is over and its staged files may go; not answered.</summary>
    public sealed record JobEnded(JobId JobId, JobSubmission Job) : JobTrackerEffect;
}
