namespace Agora.Spark.Scheduling;

public sealed partial class SparkScheduler
{
    private void Updated(DateTimeOffset now, TaskStatus status, ICollection<SchedulerCall> calls)
    {
        var isOver = status.State.IsTerminal() || status.State is TaskState.Unreachable or TaskState.Unknown;
        if (!_attempts.TryGetValue(status.TaskId, out var attempt))
        {
            // One that is no longer counted on, such as one that was lost and has come back.
            if (!isOver)
                calls.Add(new SchedulerCall.Kill(status.TaskId, status.AgentId));
            return;
        }
        if (status.Source == StatusSource.Executor)
            (attempt.Executor.HasRun, attempt.Executor.Agent.FailedStarts) = (true, 0);
        attempt.Executor.IsConfirmed |= status.Source != StatusSource.Master;
        switch (status.State)
        {
            // That it has ended is all the master knows: what it made may yet come from its agent, or be lost with that.
            case TaskState.Finished or TaskState.Failed or TaskState.Killed when status.Reason == StatusReason.Reconciliation:
                GiveUp(now, attempt, mayComeBack: true);
                break;
            case TaskState.Finished or TaskState.Failed or TaskState.Killed or TaskState.Error:
                Ended(now, attempt, status, calls);
                break;
            case TaskState.Unreachable or TaskState.Lost:
                GiveUp(now, attempt, mayComeBack: true);
                break;
            case TaskState.Unknown or TaskState.Dropped or TaskState.Gone or TaskState.GoneByOperator:
                GiveUp(now, attempt, mayComeBack: false);
                break;
            default:
                // Given up for lost, and run elsewhere since; or the word that it is to end has not arrived.
                if (attempt.IsLost || attempt.IsUnwanted)
                    calls.Add(new SchedulerCall.Kill(status.TaskId, status.AgentId));
                break;
        }
    }

    /// <summary>Nothing is heard of the attempt: its task runs again, which does not count as its failure.</summary>
    private void GiveUp(DateTimeOffset now, TaskAttempt attempt, bool mayComeBack)
    {
        var stage = attempt.Stage;
        var isKept = mayComeBack && !attempt.IsUnwanted && stage.Phase != StagePhase.Dropped;
        if (!isKept)
            _attempts.Remove(attempt.Id);
        if (attempt.IsLost)
        {
            if (!isKept)
                stage.Strays.Remove(attempt);
            return;
        }
        Release(attempt);
        attempt.IsLost = true;
        if (isKept)
            stage.Strays.Add(attempt);
        Requeue(now, stage, attempt.Partition);
    }

    /// <summary>The attempt holds nothing any more.</summary>
    private void Release(TaskAttempt attempt)
    {
        var stage = attempt.Stage;
        attempt.Executor.Live.Remove(attempt);
        stage.Live.Remove(attempt);
        if (stage.Pool is { } pool)
            pool.Running--;
        _holding--;
        if (attempt.IsUnwanted)
            return;
        if (--stage[attempt.Partition].Live == 0)
            stage.Slow.Remove(attempt.Partition);
    }

    private void Ended(DateTimeOffset now, TaskAttempt attempt, TaskStatus status, ICollection<SchedulerCall> calls)
    {
        var stage = attempt.Stage;
        var isWanted = !attempt.IsUnwanted && !attempt.IsLost;
        _attempts.Remove(attempt.Id);
        if (attempt.IsLost)
            stage.Strays.Remove(attempt);
        else
            Release(attempt);
        var report = ReportIn(status);
        if (report is not null && !attempt.Executor.IsGone)
            Apply(attempt.Executor.Agent.Id, report.Blocks);
        if (stage.Phase == StagePhase.Dropped)
            return;
        if (report is TaskReport.Succeeded succeeded && status.State == TaskState.Finished &&
            (succeeded.Output is not null || stage.Outputs is null))
            Succeeded(now, attempt, succeeded, calls);
        else if (report is TaskReport.FetchFailed missed)
            FetchFailed(now, attempt, missed, isWanted, calls);
        else if (!isWanted)
            return;
        else if (status.State == TaskState.Killed)
            Requeue(now, stage, attempt.Partition);
        else if (report is TaskReport.Failed failed)
            Failed(now, attempt, failed.Error, failed.IsFinal, calls);
        else if (IsWithExecutor(status) && stage[attempt.Partition].ExecutorLosses++ < _options.ExecutorLossesMax)
            Requeue(now, stage, attempt.Partition);
        else
            Failed(now, attempt, ErrorOf(status, report), isFinal: false, calls);
    }

    /// <summary>It ended because its executor did, or could not be started.</summary>
    private static bool IsWithExecutor(TaskStatus status) =>
        status.State == TaskState.Failed && status.Source != StatusSource.Executor;

    private static TaskError ErrorOf(TaskStatus status, TaskReport? report) => new(
        IsWithExecutor(status) ? "executor lost" : status.State == TaskState.Error ? "task refused" : "no result",
        status.Message.Length > 0 ? status.Message
            : report is TaskReport.Succeeded ? "a map task said it was done and named no output"
            : "it ended without saying how", [], null);

    private static TaskReport? ReportIn(TaskStatus status)
    {
        // What the master or an agent says of a task that cannot speak for itself carries no report.
        if (status.Data.IsEmpty)
            return null;
        try
        {
            return TaskReportForm.Read(status.Data);
        }
        catch (InvalidDataException e)
        {
            return new TaskReport.Failed(new TaskError("unreadable report", e.Message, [], null), IsFinal: false);
        }
    }

    private void Apply(AgentId agent, IReadOnlyList<BlockChange> changes)
    {
        for (var i = 0; i < changes.Count; i++)
            if (_blocks.Apply(agent, changes[i]))
                Replace(changes[i].Block);
    }

    /// <summary>What an attempt has made is used if it is the first of its task, however late it comes.</summary>
    private void Succeeded(
        DateTimeOffset now, TaskAttempt attempt, TaskReport.Succeeded report, ICollection<SchedulerCall> calls)
    {
        var (stage, partition) = (attempt.Stage, attempt.Partition);
        if (stage.IsDone(partition))
            return;
        if (stage.Outputs is { } outputs)
        {
            if (outputs.Add(partition, report.Output!, attempt.Executor.Agent.Id))
                _source.Mapped(stage.Spec, partition, report);
        }
        else
        {
            stage.GotResult(partition);
            _source.Result(stage.First.Spec, partition, report);
        }
        stage.Durations.Add(now - attempt.Launched);
        stage.Pending.Remove(partition);
        stage.Slow.Remove(partition);
        if (stage[partition].Live > 0)
            foreach (var other in stage.Live)
                if (other.Partition == partition)
                    Unwant(other, calls);
        if (stage.IsComplete && stage.Phase != StagePhase.Done)
            Complete(now, stage, calls);
    }

    private void Failed(
        DateTimeOffset now, TaskAttempt attempt, TaskError error, bool isFinal, ICollection<SchedulerCall> calls)
    {
        var (stage, partition, host) = (attempt.Stage, attempt.Partition, attempt.Executor.Agent.Hostname);
        stage.Failed++;
        if (stage.IsDone(partition))
            return;
        var failures = ++stage[partition].Failures;
        if (isFinal || failures >= _options.TaskFailuresMax)
        {
            var times = isFinal ? "in a way that another attempt cannot mend"
                : failures == 1 ? "and may not be tried again" : $"{failures} times, which is as often as it may";
            Abort(now, stage, new JobFailure(
                $"the task for partition {partition} of {Named(stage)} failed {times}; on {host}: {error.Type}: {error.Message}",
                stage.Spec, partition, error), calls);
            return;
        }
        Requeue(now, stage, partition);
        if (_agentsOnHost.Count > 1 && stage.Pending.Contains(partition))
            stage.Pending.Avoid(partition, host, now + _options.FailedHostPause);
    }
}
