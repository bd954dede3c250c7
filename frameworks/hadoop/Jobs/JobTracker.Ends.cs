using System.Text.Json;

namespace Agora.Hadoop.Jobs;

public sealed partial class JobTracker
{
    private void Kill(JobId id, ICollection<SchedulerCall> calls)
    {
        if (_jobs.TryGetValue(id, out var job) && job.Phase is JobPhase.Preparing or JobPhase.Running)
            Abort(job, JobState.Killed, null, null, calls);
    }

    /// <summary>Ends one attempt at a user's wish; its task is tried again.</summary>
    private void KillAttempt(DateTimeOffset now, AttemptId id, bool asFailed, ICollection<SchedulerCall> calls)
    {
        if (!_attempts.TryGetValue(new TaskId(id.ToString()), out var attempt))
            return;
        calls.Add(new SchedulerCall.Kill(attempt.TaskId, attempt.AgentId));
        if (asFailed)
            Ended(now, attempt, AttemptEnd.Failed, "failed at a user's request", null, calls);
    }

    /// <summary>Kills what runs of the job; once nothing does, what it wrote is removed.</summary>
    private void Abort(Job job, JobState outcome, string? reason, string? log, ICollection<SchedulerCall> calls)
    {
        // While the input is still being cut, the abort waits for that to end.
        var preparing = job.Phase == JobPhase.Preparing && outcome == JobState.Killed;
        Record(new JobTrackerRecord.Aborted(job.Id, outcome, reason, log));
        foreach (var attempt in _attempts.Values.Where(a => a.Task.Job == job).OrderBy(a => a.TaskId))
            calls.Add(new SchedulerCall.Kill(attempt.TaskId, attempt.AgentId));
        if (!preparing)
            AbortOnceQuiet(job);
    }

    private void AbortOnceQuiet(Job job)
    {
        if (job.LiveAttempts == 0)
            _effects.Add(new JobTrackerEffect.AbortJob(
                job.Id, job.Submission, JobHistory.Of(job, job.Outcome, _now)));
    }

    private void CommitFailed(JobId id, string reason, ICollection<SchedulerCall> calls)
    {
        if (_jobs.TryGetValue(id, out var job) && job.Phase == JobPhase.Committing)
            Abort(job, JobState.Failed, $"the output could not be completed: {reason}", null, calls);
    }

    private void End(DateTimeOffset now, JobId id, ICollection<SchedulerCall> calls)
    {
        if (!_jobs.TryGetValue(id, out var job) || job.Phase is not (JobPhase.Committing or JobPhase.Aborting))
            return;
        var forget = JsonSerializer.SerializeToUtf8Bytes(
            new TrackerOrder(job.Id.ToString()), JobsJson.Default.TrackerOrder);
        foreach (var agent in job.Agents)
            calls.Add(new SchedulerCall.Message(agent, TaskTrackerId, forget));
        Record(new JobTrackerRecord.Over(id, now));
        _effects.Add(new JobTrackerEffect.JobEnded(job.Id, job.Submission));
    }
}
