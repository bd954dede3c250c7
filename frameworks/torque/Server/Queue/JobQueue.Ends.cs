using System.Globalization;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Server.Queue;

/// <summary>Jobs that end, or go back to their queue.</summary>
public sealed partial class JobQueue
{
    private const int KeepCompletedSecondsDefault = 300;

    /// <summary>Exit statuses of the moms' own.</summary>
    private static class MomStatus
    {
        public const int Retry = -3, InitAbort = -4, OverMemory = -10, OverWalltime = -11, OverCput = -12, ContainerRetry = -13;
    }

    public void Ended(DateTimeOffset now, string node, MomReport.Ended report)
    {
        _now = now;
        if (FindRun(report.JobId, report.Run) is { } job)
        {
            job.Usage = report.Usage;
            if (report.Session > 0)
            {
                // The report of its start may have been lost with the server.
                Start(job, report.Session);
                job.Session = report.Session;
            }
            Finish(job, report.ExitStatus, report.Message);
        }
        else
        {
            _effects.Add(new QueueEffect.Order(node, new MomOrder.Forget(report.JobId, report.Run)));
        }
        SpreadNews();
    }

    private void Finish(Job job, int exitStatus, string? message)
    {
        if (job.Ending == Ending.Delete)
            End(job, exitStatus, message);
        else if (job.Ending == Ending.Rerun || exitStatus == _server.Number("automatic_requeue_exit_code"))
            Requeue(job);
        else if (exitStatus is MomStatus.Retry or MomStatus.ContainerRetry)
            RetryLater(job, message ?? "the job could not be started; it will be tried again");
        else if (exitStatus == MomStatus.InitAbort && job.Form.IsRerunable)
            Requeue(job);
        else
            End(job, exitStatus, message);
    }

    /// <summary>One of the job's nodes is gone, with all that ran there.</summary>
    public void NodeLost(DateTimeOffset now, JobId id, int run, string node, string why)
    {
        _now = now;
        if (Find(id) is Job { IsPlaced: true } job && job.Run == run)
        {
            LogJob(job, $"node {node} lost: {why}");
            if (job.Ending == Ending.Delete)
                End(job, DeletedExitStatus, null);
            else if (job.Form.IsRerunable || job.Ending == Ending.Rerun)
                Requeue(job);
            else
                End(job, MomStatus.InitAbort, $"node {node} was lost: {why}; the job is not rerunnable");
        }
        SpreadNews();
    }

    /// <summary>A job that held slots is over.</summary>
    private void End(Job job, int exitStatus, string? message)
    {
        ForgetOnNodes(job);
        job.ExitStatus = exitStatus;
        if (message is not null)
            job.Comment = message;
        var hosts = job.Hosting!.Shares;
        LogJob(job, $"Exit_status={exitStatus} {UsedFields(job)}");
        Account(job, 'E', string.Create(CultureInfo.InvariantCulture,
            $"{AccountFields(job)} session={job.Session} total_execution_slots={hosts.Sum(h => h.Slots.Count)} " +
            $"unique_node_count={hosts.Select(h => h.Node).Distinct().Count()} end={NowMs / 1000} Exit_status={exitStatus} {UsedFields(job)}"));
        if (exitStatus < 0)
            MailOf(job, 'a', $"Aborted by PBS Server \n{ReasonOf(exitStatus, message)}");
        else
            MailOf(job, 'e', $"Execution terminated\nExit_status={exitStatus}\n{UsedLines(job)}" + (message is null ? "" : $"\n{message}"));
        Complete(job);
    }

    private static string ReasonOf(int exitStatus, string? message) => exitStatus switch
    {
        MomStatus.OverWalltime => "Job exceeded its walltime limit. Job was aborted",
        MomStatus.OverMemory => "Job exceeded a memory resource limit. Job was aborted",
        MomStatus.OverCput => "Job exceeded its cput limit. Job was aborted",
        _ => message ?? $"Job could not be run, Exit_status={exitStatus}",
    };

    /// <summary>A job that waits ends for a reason of the server's.</summary>
    private void Abort(Job job, string reason)
    {
        // As the original has it, behind what was there.
        job.Comment = job.Comment is { } before ? $"{before}. {reason}" : reason;
        Account(job, 'A', "");
        LogJob(job, reason);
        MailOf(job, 'a', $"Aborted by PBS Server \n{reason}");
        Complete(job);
    }

    private void Complete(Job job)
    {
        _ready.Remove(job);
        _placed.Remove(job.Id);
        job.Array?.BeyondSlots.Remove(job.Id.Index!.Value);
        job.IsBeyondSlots = false;
        job.Hosting = null;
        job.Ending = Ending.None;
        job.IsSuspended = false;
        job.CompletedAt = NowMs;
        var wasActive = IsActive(job.State);
        Become(job, JobState.Complete, Sub.Complete);
        if (job.Array is { } array)
        {
            array.Begun += job.StartCount == 0 ? 1 : 0;
            array.Succeeded += job.ExitStatus == 0 ? 1 : 0;
            if (wasActive)
                FillSlots(array);
        }
        Touch(job);
        Tell(job);
        ForgetLater(job);
    }

    /// <summary>Back to the queue from the slots it held.</summary>
    private void Requeue(Job job)
    {
        LogJob(job, $"Requeueing job, substate: {job.Substate} Requeued in queue: {job.Queue.Name}");
        Account(job, 'R', $"{AccountFields(job)} ");
        ForgetOnNodes(job);
        _placed.Remove(job.Id);
        job.Hosting = null;
        job.ExecHost = null;
        job.Ending = Ending.None;
        job.IsSuspended = false;
        job.StartedAt = 0;
        job.Session = 0;
        job.Usage = null;
        job.Comment = null;
        Touch(job);
        Settle(job);
    }

    private void ForgetOnNodes(Job job)
    {
        foreach (var node in job.Hosting!.Shares.Select(s => s.Node).Distinct())
            _effects.Add(new QueueEffect.Order(node, new MomOrder.Forget(Full(job), job.Run)));
    }

    private long KeptUntil(Job job) => job.CompletedAt +
        (job.Queue.Attributes.Number("keep_completed") ?? _server.Number("keep_completed") ?? KeepCompletedSecondsDefault) * 1000L;

    private void ForgetLater(Job job) => _deadlines.Enqueue((job.Id, Wake.Forget), KeptUntil(job));

    private void ForgetIfDue(Job job)
    {
        if (job.State != JobState.Complete)
            return;
        if (KeptUntil(job) > NowMs)
        {
            ForgetLater(job);
            return;
        }
        if (job.Array is not { } array)
        {
            Forget(job);
            return;
        }
        array.GoneEnded++;
        array.GoneSucceeded += job.ExitStatus == 0 ? 1 : 0;
        ForgetElement(array, job);
        if (array.Remaining == 0)
        {
            Forget(array);
            return;
        }
        _changed.Add(array);
        _goneElements.Add(job.Id);
    }
}
