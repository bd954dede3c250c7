using System.Text.Json;

namespace Agora.Hadoop.Jobs;

public sealed partial class JobTracker
{
    private void Updated(DateTimeOffset now, TaskStatus status, ICollection<SchedulerCall> calls)
    {
        var isOver = status.State.IsTerminal() || status.State is TaskState.Unreachable or TaskState.Unknown;
        if (!_attempts.TryGetValue(status.TaskId, out var attempt))
        {
            // An attempt this JobTracker no longer counts on, such as one that was lost and has come back.
            if (!isOver)
                calls.Add(new SchedulerCall.Kill(status.TaskId, status.AgentId));
            return;
        }
        _unconfirmed.Remove(status.TaskId);
        if (!isOver)
        {
            // The kill of before a restart may not have arrived.
            if (attempt.Task.IsOver || attempt.Task.Job.Phase != JobPhase.Running)
                calls.Add(new SchedulerCall.Kill(attempt.TaskId, attempt.AgentId));
            return;
        }
        // An attempt on an agent that is not heard of is given up: waiting for it costs more than doing it again.
        Ended(now, attempt, EndOf(attempt, status, ReportIn(status), out var report), status.Message, report, calls);
    }

    private AttemptEnd EndOf(Attempt attempt, TaskStatus status, AttemptReport report, out AttemptReport? kept)
    {
        kept = report;
        switch (status.State)
        {
            // Reduces would go without what nobody can tell them the place of.
            case TaskState.Finished when attempt.Task.IsMap && !attempt.Task.Job.IsMapOnly && report.MapOutputLocation is null:
                return AttemptEnd.Killed;
            case TaskState.Finished:
                return AttemptEnd.Succeeded;
            case TaskState.Failed or TaskState.Error when
                report.LostMapOutputs is { Count: > 0 } && attempt.Task.LostInputs < _options.LostInputsMax:
                return AttemptEnd.LostInput;
            case TaskState.Failed when status.Reason == StatusReason.ExecutorTerminated &&
                attempt.Task.TrackersLost++ < _options.TrackersLostMax:
                return AttemptEnd.Killed;
            case TaskState.Failed or TaskState.Error:
                return AttemptEnd.Failed;
            default:
                return AttemptEnd.Killed;
        }
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

    /// <summary>Records an attempt's end and does what follows from it.</summary>
    private void Ended(DateTimeOffset now, Attempt attempt, AttemptEnd end, string message, AttemptReport? report,
        ICollection<SchedulerCall> calls)
    {
        var task = attempt.Task;
        var job = task.Job;
        Record(new JobTrackerRecord.Ended(attempt.Id, end, message, report, now));
        if (job.Phase == JobPhase.Aborting)
        {
            AbortOnceQuiet(job);
            return;
        }
        if (task.IsOver)
            foreach (var other in task.Live)
                calls.Add(new SchedulerCall.Kill(other.TaskId, other.AgentId));
        if (task.Phase == JobTaskPhase.Pending || job.ReducesCanStart)
            _demandGrew = true;
        if (task.IsMap)
            TellWaitingReduces(job, calls);
        if (task.Winner == attempt && task.Phase == JobTaskPhase.Committing)
        {
            _effects.Add(new JobTrackerEffect.CommitAttempt(attempt.Id, job.Submission));
        }
        else if (end == AttemptEnd.LostInput)
        {
            foreach (var lost in report!.LostMapOutputs!)
                if (AttemptId.TryParse(lost, out var map))
                    OutputLost(map.Value);
        }
        else if (end == AttemptEnd.Failed && task.Phase == JobTaskPhase.GivenUp && !job.MayGiveUp(task.Id.Kind))
        {
            var log = $"{attempt.Id} on {attempt.Hostname}: {message}" + (report?.LogTail is { } tail ? "\n" + tail : "");
            Abort(job, JobState.Failed, $"# of failed {task.Id.Kind} Tasks exceeded allowed limit. " +
                $"FailedCount: {job.JobCounters[CounterNames.Job, task.IsMap ? CounterNames.FailedMaps : CounterNames.FailedReduces]}. " +
                $"LastFailedTask: {task.Id}", log, calls);
        }
        CommitJobOnceDone(job);
    }

    private void AttemptCommitted(DateTimeOffset now, AttemptId id)
    {
        if (Committing(id) is not { } task)
            return;
        Record(new JobTrackerRecord.Committed(id, now));
        if (task.Job.ReducesCanStart)
            _demandGrew = true;
        CommitJobOnceDone(task.Job);
    }

    private void AttemptCommitFailed(
        DateTimeOffset now, AttemptId id, string reason, ICollection<SchedulerCall> calls)
    {
        if (Committing(id) is { } task)
            Ended(now, task.Winner!, AttemptEnd.Failed, $"its output could not be moved into place: {reason}", null, calls);
    }

    private JobTask? Committing(AttemptId id) =>
        _jobs.TryGetValue(id.Task.Job, out var job) && job.Phase == JobPhase.Running &&
        job.Task(id.Task) is { Phase: JobTaskPhase.Committing } task && task.Winner!.Id == id ? task : null;

    private void CommitJobOnceDone(Job job)
    {
        if (job.Phase != JobPhase.Running || !job.IsComplete)
            return;
        job.Phase = JobPhase.Committing;
        _effects.Add(new JobTrackerEffect.CommitJob(
            job.Id, job.Submission, JobHistory.Of(job, JobState.Succeeded, _now)));
    }

    /// <summary>The output of a done map is gone: it runs again, and reduces that need it after it.</summary>
    private void OutputLost(AttemptId of)
    {
        if (!_jobs.TryGetValue(of.Task.Job, out var job) || job.Phase != JobPhase.Running || job.Task(of.Task) is not { } map ||
            map.Phase != JobTaskPhase.Done || map.Winner!.Id != of)
            return;
        Record(new JobTrackerRecord.OutputLost(of));
        _demandGrew = true;
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
                if (map.Phase == JobTaskPhase.Done && map.Winner!.AgentId == agent)
                    OutputLost(map.Winner.Id);
        }
    }
}
