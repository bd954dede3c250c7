using System.Text.Json;

namespace Agora.Hadoop.Jobs;

public sealed partial class JobTracker
{
    private void Kill(JobId id, ICollection<SchedulerCall> calls)
    {
        if (_jobs.TryGetValue(id, out var job) && job.Phase is JobPhase.Preparing or JobPhase.Running)
            Abort(job, JobState.Killed, null, calls);
    }

    /// <summary>Kills what runs of the job; once nothing does, what it wrote is removed.</summary>
    private void Abort(Job job, JobState outcome, string? reason, ICollection<SchedulerCall> calls)
    {
        // While the input is still being cut, the abort waits for that to end.
        var preparing = job.Phase == JobPhase.Preparing && job.Maps.Length == 0 && outcome == JobState.Killed;
        job.Phase = JobPhase.Aborting;
        job.Outcome = outcome;
        job.FailureInfo = reason;
        job.Version++;
        foreach (var attempt in _attempts.Values.Where(a => a.Task.Job == job).OrderBy(a => a.TaskId))
            calls.Add(new SchedulerCall.Kill(attempt.TaskId, attempt.AgentId));
        if (!preparing)
            AbortOnceQuiet(job);
    }

    private void AbortOnceQuiet(Job job)
    {
        if (job.LiveAttempts == 0)
            _effects.Add(new JobTrackerEffect.AbortJob(job.Id, job.Submission));
    }

    private void CommitFailed(JobId id, string reason, ICollection<SchedulerCall> calls)
    {
        if (_jobs.TryGetValue(id, out var job) && job.Phase == JobPhase.Committing)
            Abort(job, JobState.Failed, $"the output could not be completed: {reason}", calls);
    }

    private void End(JobId id, ICollection<SchedulerCall> calls)
    {
        if (!_jobs.TryGetValue(id, out var job) || job.Phase is not (JobPhase.Committing or JobPhase.Aborting))
            return;
        job.Phase = JobPhase.Ended;
        job.Version++;
        _active.Remove(job);
        _effects.Add(new JobTrackerEffect.JobEnded(job.Id, job.Submission));
        var forget = JsonSerializer.SerializeToUtf8Bytes(
            new TrackerOrder(job.Id.ToString()), JobsJson.Default.TrackerOrder);
        foreach (var agent in job.Agents)
            calls.Add(new SchedulerCall.Message(agent, TaskTrackerId, forget));
        _ended.Enqueue(job.Id);
        if (_ended.Count > options.EndedJobsMax)
            _jobs.Remove(_ended.Dequeue());
    }
}
