using System.Text.Json;

namespace Agora.Hadoop.Jobs;

public sealed partial class JobTracker
{
    private void Updated(DateTimeOffset now, TaskStatus status, ICollection<SchedulerCall> calls)
    {
        if (!_attempts.TryGetValue(status.TaskId, out var attempt))
        {
            // An attempt this JobTracker no longer counts on, such as one that was lost and has come back.
            if (!status.State.IsTerminal() && status.State is not (TaskState.Unknown or TaskState.Unreachable))
                calls.Add(new SchedulerCall.Kill(status.TaskId, status.AgentId));
            return;
        }
        // An attempt on an agent that is not heard of is given up: waiting for it costs more than doing it again.
        if (!status.State.IsTerminal() && status.State != TaskState.Unreachable)
            return;
        _attempts.Remove(status.TaskId);
        var job = attempt.Task.Job;
        job.LiveAttempts--;
        job.Version++;
        CountTime(now, attempt);
        if (job.Phase == JobPhase.Aborting)
        {
            AbortOnceQuiet(job);
            return;
        }
        var report = ReportIn(status);
        if (status.State == TaskState.Finished)
            Finished(attempt, report);
        else if (report.LostMapOutputs is { Count: > 0 } lost && attempt.Task.LostInputs < options.LostInputsMax)
            LostInputs(attempt, lost);
        else if (status.State is TaskState.Failed or TaskState.Error)
            Failed(attempt, status.Message, report.LogTail, calls);
        else
            Retry(attempt.Task);
    }

    private static AttemptReport ReportIn(TaskStatus status)
    {
        try
        {
            return status.Data.IsEmpty ? new AttemptReport()
                : JsonSerializer.Deserialize(status.Data.Span, JobsJson.Default.AttemptReport) ?? new AttemptReport();
        }
        catch (JsonException)
        {
            // A status made by the master or agent for an executor that is gone carries no report of ours.
            return new AttemptReport();
        }
    }

    private void Finished(Attempt attempt, AttemptReport report)
    {
        var task = attempt.Task;
        attempt.Report = report;
        if (task.Id.Kind == TaskKind.Map && !task.Job.IsMapOnly)
        {
            Done(task);
            return;
        }
        task.Phase = JobTaskPhase.Committing;
        _effects.Add(new JobTrackerEffect.CommitAttempt(attempt.Id, task.Job.Submission));
    }

    private void AttemptCommitted(AttemptId id)
    {
        if (Committing(id) is { } task)
            Done(task);
    }

    private void AttemptCommitFailed(AttemptId id, string reason, ICollection<SchedulerCall> calls)
    {
        if (Committing(id) is { } task)
            Failed(task.Current!, $"its output could not be moved into place: {reason}", null, calls);
    }

    private JobTask? Committing(AttemptId id) =>
        _jobs.TryGetValue(id.Task.Job, out var job) && job.Phase == JobPhase.Running &&
        job.Task(id.Task) is { Phase: JobTaskPhase.Committing } task && task.Current!.Id == id ? task : null;

    private void Done(JobTask task)
    {
        var job = task.Job;
        task.Phase = JobTaskPhase.Done;
        job.Version++;
        job.TaskCounters.Add(task.Current!.Report!.Counters ?? []);
        if (task.Id.Kind == TaskKind.Map)
            job.MapsDone++;
        else
            job.ReducesDone++;
        if (job.ReducesCanStart)
            _demandGrew = true;
        CommitJobOnceDone(job);
    }

    private void CommitJobOnceDone(Job job)
    {
        if (job.Phase != JobPhase.Running || !job.MapsComplete || job.ReducesDone < job.Reduces.Length)
            return;
        job.Phase = JobPhase.Committing;
        _effects.Add(new JobTrackerEffect.CommitJob(job.Id, job.Submission));
    }

    private void Failed(Attempt attempt, string reason, string? log, ICollection<SchedulerCall> calls)
    {
        var task = attempt.Task;
        var job = task.Job;
        var isMap = task.Id.Kind == TaskKind.Map;
        task.Failures++;
        task.FailedHosts.Add(attempt.Hostname);
        var allowed = job.Conf.Int(isMap ? JobConf.MapAttempts : JobConf.ReduceAttempts);
        if (task.Failures < allowed)
        {
            Retry(task);
            return;
        }
        job.JobCounters.Add(CounterNames.Job, isMap ? CounterNames.FailedMaps : CounterNames.FailedReduces, 1);
        job.FailureLog = $"{attempt.Id} on {attempt.Hostname}: {reason}" + (log is null ? "" : "\n" + log);
        Abort(job, JobState.Failed, $"# of failed {(isMap ? "Map" : "Reduce")} Tasks exceeded allowed limit. " +
            $"FailedCount: 1. LastFailedTask: {task.Id}", calls);
    }

    private void Retry(JobTask task)
    {
        task.Job.MakePending(task);
        _demandGrew = true;
    }

    /// <summary>A reduce could not get its input: the maps run again, and the reduce after them.</summary>
    private void LostInputs(Attempt attempt, IReadOnlyList<string> lost)
    {
        attempt.Task.LostInputs++;
        foreach (var text in lost)
            if (AttemptId.TryParse(text, out var map) && map.Value.Task.Job == attempt.Task.Job.Id)
                RunAgain(attempt.Task.Job.Task(map.Value.Task), map.Value);
        Retry(attempt.Task);
    }

    private void RunAgain(JobTask map, AttemptId of)
    {
        if (map.Phase != JobTaskPhase.Done || map.Current!.Id != of)
            return;
        var job = map.Job;
        job.TaskCounters.Subtract(map.Current.Report!.Counters ?? []);
        job.JobCounters.Add(CounterNames.Scheduling, CounterNames.MapsRerun, 1);
        job.MapsDone--;
        Retry(map);
    }

    /// <summary>The agent's file server is gone, and with it the outputs of maps that ran there.</summary>
    private void AgentLost(AgentId agent)
    {
        _agents.Remove(agent);
        foreach (var job in _active)
        {
            job.Agents.Remove(agent);
            if (job.Phase != JobPhase.Running || job.IsMapOnly || job.ReducesDone == job.Reduces.Length)
                continue;
            foreach (var map in job.Maps)
                if (map.Phase == JobTaskPhase.Done && map.Current!.AgentId == agent)
                    RunAgain(map, map.Current.Id);
        }
    }

    private static void CountTime(DateTimeOffset now, Attempt attempt) =>
        attempt.Task.Job.JobCounters.Add(CounterNames.Job,
            attempt.Id.Task.Kind == TaskKind.Map ? CounterNames.MapTime : CounterNames.ReduceTime,
            (long)(now - attempt.Launched).TotalMilliseconds);
}
