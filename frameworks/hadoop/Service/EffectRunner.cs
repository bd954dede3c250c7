using System.Diagnostics;
using Agora.Hadoop.Jobs;
using Agora.Storage;

namespace Agora.Hadoop.Service;

/// <summary>
/// Carries the JobTracker's effects out on the store, those of one job in order, and posts what became of them back.
/// </summary>
/// <param name="post">Hands an event to the JobTracker's loop.</param>
/// <param name="prepared">Tells the waiting submission of a job that it is taken, or why not.</param>
internal sealed class EffectRunner(
    UserStores stores, Action<JobTrackerEvent> post, Action<JobId, JobAccepted?, JobRefusal?> prepared,
    TimeProvider time, Action<string> log)
    : IDisposable
{
    /// <summary>Effects of different jobs that run at the same time.</summary>
    private const int ParallelMax = 8;

    private const int TriesMax = 60;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _room = new(ParallelMax);
    private readonly Dictionary<JobId, Task> _last = [];

    /// <summary>Called from the JobTracker's loop only.</summary>
    public void Run(IReadOnlyList<JobTrackerEffect> effects)
    {
        foreach (var effect in effects)
        {
            var job = JobOf(effect);
            _last[job] = After(_last.GetValueOrDefault(job, Task.CompletedTask), effect);
        }
        foreach (var (job, last) in _last)
            if (last.IsCompleted)
                _last.Remove(job);
    }

    public void Dispose() => _room.Dispose();

    private async Task After(Task before, JobTrackerEffect effect)
    {
        await before;
        await _room.WaitAsync();
        try
        {
            await Task.Run(() => PerformAsync(effect));
        }
        finally
        {
            _room.Release();
        }
    }

    private Task PerformAsync(JobTrackerEffect effect) => effect switch
    {
        JobTrackerEffect.Prepare e => PrepareAsync(e),
        JobTrackerEffect.Refuse e => Told(() =>
            prepared(e.JobId, null, new JobRefusal(RefusalKind.Failed, e.Reason))),
        JobTrackerEffect.CommitAttempt e => TryAsync(
            () => JobOutput.CommitAttemptAsync(OutputOf(e.Job), e.Attempt, MayBeEmpty(e.Job)),
            new JobTrackerEvent.AttemptCommitted(e.Attempt),
            reason => new JobTrackerEvent.AttemptCommitFailed(e.Attempt, reason)),
        JobTrackerEffect.CommitJob e => TryAsync(() => WithHistoryAsync(JobOutput.CommitAsync, e.JobId, e.Job, e.History),
            new JobTrackerEvent.JobCommitted(e.JobId), reason => new JobTrackerEvent.JobCommitFailed(e.JobId, reason)),
        JobTrackerEffect.AbortJob e => TryAsync(() => WithHistoryAsync(JobOutput.AbortAsync, e.JobId, e.Job, e.History),
            new JobTrackerEvent.JobAborted(e.JobId), _ => new JobTrackerEvent.JobAborted(e.JobId)),
        JobTrackerEffect.JobEnded e => CleanUpAsync(e),
        _ => throw new UnreachableException($"effect {effect.GetType().Name}"),
    };

    private async Task PrepareAsync(JobTrackerEffect.Prepare e)
    {
        try
        {
            var conf = new JobConf(e.Job.Conf);
            var user = stores.Of(e.Job.User);
            // The output is looked at before the input, as Hadoop does.
            await JobOutput.CheckFreeAsync(OutputOf(e.Job), e.JobId);
            var files = await JobInput.FindAsync(user, conf.Paths(JobConf.InputPaths), conf.Bool(JobConf.Recursive));
            var splits = JobInput.Split(conf, user, files);
            await JobOutput.SetUpAsync(OutputOf(e.Job), e.JobId);
            // In this order: a client that asks anew in between finds the job started.
            post(new JobTrackerEvent.Prepared(e.JobId, splits));
            prepared(e.JobId, new JobAccepted(e.JobId.ToString(), files.Count, splits.Count), null);
        }
        catch (Exception x)
        {
            var kind = x is SubmissionRefusedException refused ? refused.Kind
                : x is FormatException ? RefusalKind.Invalid : RefusalKind.Failed;
            post(new JobTrackerEvent.PrepareFailed(e.JobId));
            prepared(e.JobId, null, new JobRefusal(kind, x.Message));
        }
    }

    /// <summary>A history that cannot be written is no reason to fail a job.</summary>
    private async Task WithHistoryAsync(Func<StoredPath, Task> act, JobId id, JobSubmission job, JobHistory history)
    {
        var output = OutputOf(job);
        await act(output);
        try
        {
            await JobOutput.WriteHistoryAsync(output, history);
        }
        catch (Exception x) when (x is not HttpRequestException)
        {
            log($"the history of {id} is not written: {x.Message}");
        }
    }

    /// <summary>While the store is away it is waited for; every effect may be repeated.</summary>
    private async Task TryAsync(Func<Task> act, JobTrackerEvent done, Func<string, JobTrackerEvent> failed)
    {
        for (var tried = 1; ; tried++)
        {
            try
            {
                await act();
                post(done);
                return;
            }
            catch (HttpRequestException x) when (tried < TriesMax)
            {
                log($"{done}: {x.Message}; tried again in {RetryDelay.TotalSeconds:0.#} s");
            }
            catch (Exception x)
            {
                log($"{done}: {x.Message}");
                post(failed(x.Message));
                return;
            }
            await Task.Delay(RetryDelay, time);
        }
    }

    private async Task CleanUpAsync(JobTrackerEffect.JobEnded e)
    {
        try
        {
            await stores.Of(e.Job.User).Default.DeleteAsync(OutputPaths.Staging(e.Job.User, e.JobId), recursive: true);
        }
        catch (Exception x)
        {
            log($"staged files of {e.JobId} are left behind: {x.Message}");
        }
    }

    private static Task Told(Action tell)
    {
        tell();
        return Task.CompletedTask;
    }

    private static bool MayBeEmpty(JobSubmission job) => new JobConf(job.Conf) is var conf &&
        (conf[JobConf.LazyOutput] is not null || StreamingClasses.Means(conf[JobConf.OutputFormat], StreamingClasses.NullOutput));

    private StoredPath OutputOf(JobSubmission job) =>
        stores.Of(job.User).Find(new JobConf(job.Conf).Text(JobConf.OutputPath));

    private static JobId JobOf(JobTrackerEffect effect) => effect switch
    {
        JobTrackerEffect.Prepare e => e.JobId,
        JobTrackerEffect.Refuse e => e.JobId,
        JobTrackerEffect.CommitAttempt e => e.Attempt.Task.Job,
        JobTrackerEffect.CommitJob e => e.JobId,
        JobTrackerEffect.AbortJob e => e.JobId,
        JobTrackerEffect.JobEnded e => e.JobId,
        _ => throw new UnreachableException($"effect {effect.GetType().Name}"),
    };
}
