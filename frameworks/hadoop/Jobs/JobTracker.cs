using System.Diagnostics;
using System.Text.Json;
using Agora.Sdk;

namespace Agora.Hadoop.Jobs;

/// <summary>
/// Hadoop's scheduler on offers: a state machine without I/O. It owns the jobs; events come from the master, from
/// users and from the store; calls go to the master and effects to the host.
/// <para>Laws: a map takes an offer on a node without its data only after the job's locality wait; a task's output is
/// committed once; a task that failed its allowed times ends the job; a job that ends leaves no attempt running; it
/// asks for offers only while a task could start.</para>
/// </summary>
public sealed partial class JobTracker(JobTrackerOptions options) : IScheduler
{
    private static readonly ExecutorId TaskTrackerId = new("tasktracker");

    private readonly SortedDictionary<JobId, Job> _jobs = [];

    /// <summary>Jobs not yet ended, by priority, then age.</summary>
    private readonly List<Job> _active = [];
    private readonly Queue<JobId> _ended = [];
    private readonly Dictionary<TaskId, Attempt> _attempts = [];
    private readonly SortedDictionary<AgentId, (string Hostname, string? Rack)> _agents = [];
    private readonly List<JobTrackerEffect> _effects = [];
    private FrameworkInfo _framework = options.Framework;
    private IReadOnlyList<Hint> _hints = [];
    private bool _suppressed = true;
    private bool _demandGrew;
    private int _lastJob;

    public SchedulerCall.Subscribe Subscription => new(_framework, Suppressed: _suppressed, Hints: _hints);

    /// <summary>Nothing is timed here: a refusal runs out at the master when the next locality level opens.</summary>
    public DateTimeOffset? NextDeadline => null;

    public void Tick(DateTimeOffset now, ICollection<SchedulerCall> calls)
    {
    }

    /// <summary>An id for the next submission; null once all are used up and the JobTracker has to be restarted.</summary>
    public JobId? ReserveJobId() => _lastJob < JobId.NumberMax ? new JobId(options.Cluster, ++_lastJob) : null;

    /// <summary>Null if there is no such job, or not any more.</summary>
    public JobStatus? Status(JobId id) => _jobs.GetValueOrDefault(id)?.Status();

    /// <summary>All jobs remembered, by id.</summary>
    public IReadOnlyList<JobStatus> Statuses() => [.. _jobs.Values.Select(j => j.Status())];

    /// <summary>What has to be done since the last time.</summary>
    public IReadOnlyList<JobTrackerEffect> TakeEffects()
    {
        if (_effects.Count == 0)
            return [];
        JobTrackerEffect[] taken = [.. _effects];
        _effects.Clear();
        return taken;
    }

    public void Handle(DateTimeOffset now, SchedulerEvent e, ICollection<SchedulerCall> calls)
    {
        switch (e)
        {
            case SchedulerEvent.Subscribed s: _framework = _framework with { Id = s.FrameworkId }; break;
            case SchedulerEvent.Offers o: Offered(now, o.List, calls); break;
            case SchedulerEvent.Update u: Updated(now, u.Status, calls); break;
            case SchedulerEvent.AgentLost a: AgentLost(a.AgentId); break;
            case SchedulerEvent.Message m: Progressed(m.Data); break;
            // Offers are answered as they come, so none is there to be rescinded; attempts report their own end when
            // their executor is lost, and map outputs outlive it; the rest asks nothing of this scheduler.
            case SchedulerEvent.Rescind or SchedulerEvent.ExecutorLost or SchedulerEvent.Heartbeat or
                SchedulerEvent.Takeover or SchedulerEvent.Guarantee or SchedulerEvent.RevocationWarning or
                SchedulerEvent.Error:
                break;
            default: throw new UnreachableException($"event {e.GetType().Name}");
        }
        Settle(now, calls);
    }

    public void Handle(DateTimeOffset now, JobTrackerEvent e, ICollection<SchedulerCall> calls)
    {
        switch (e)
        {
            case JobTrackerEvent.Submitted s: Submit(now, s); break;
            case JobTrackerEvent.Prepared p: Start(p.JobId, p.Splits, calls); break;
            case JobTrackerEvent.PrepareFailed p: Forget(p.JobId); break;
            case JobTrackerEvent.Kill k: Kill(k.JobId, calls); break;
            case JobTrackerEvent.AttemptCommitted a: AttemptCommitted(a.Attempt); break;
            case JobTrackerEvent.AttemptCommitFailed a: AttemptCommitFailed(a.Attempt, a.Reason, calls); break;
            case JobTrackerEvent.JobCommitted j: End(j.JobId, calls); break;
            case JobTrackerEvent.JobCommitFailed j: CommitFailed(j.JobId, j.Reason, calls); break;
            case JobTrackerEvent.JobAborted j: End(j.JobId, calls); break;
            default: throw new UnreachableException($"event {e.GetType().Name}");
        }
        Settle(now, calls);
    }

    private void Submit(DateTimeOffset now, JobTrackerEvent.Submitted e)
    {
        if (_active.Count >= options.ActiveJobsMax)
        {
            _effects.Add(new JobTrackerEffect.Refuse(e.JobId,
                $"{_active.Count} jobs are not yet ended, which is the most this JobTracker takes; submit again later"));
            return;
        }
        var job = new Job(e.JobId, e.Job, now);
        _jobs.Add(job.Id, job);
        var place = _active.FindIndex(other => other.PriorityRank > job.PriorityRank);
        _active.Insert(place < 0 ? _active.Count : place, job);
        _effects.Add(new JobTrackerEffect.Prepare(job.Id, job.Submission));
    }

    private void Start(JobId id, IReadOnlyList<InputSplit> splits, ICollection<SchedulerCall> calls)
    {
        if (!_jobs.TryGetValue(id, out var job))
            return;
        if (job.Phase == JobPhase.Aborting)
        {
            AbortOnceQuiet(job);
            return;
        }
        if (splits.Count > options.MapsMax)
        {
            Abort(job, JobState.Failed, $"{splits.Count} maps are more than the {options.MapsMax} allowed; " +
                $"raise {JobConf.SplitSizeMin}", calls);
            return;
        }
        job.Start(splits);
        job.Version++;
        _demandGrew = true;
        CommitJobOnceDone(job);
    }

    private void Forget(JobId id)
    {
        if (_jobs.Remove(id, out var job))
            _active.Remove(job);
    }

    /// <summary>Brings suppression and hints in line with what the jobs now want.</summary>
    private void Settle(DateTimeOffset now, ICollection<SchedulerCall> calls)
    {
        var wanted = _active.Exists(j => j.HasLaunchable);
        if (wanted && (_suppressed || _demandGrew))
            calls.Add(new SchedulerCall.Revive());
        else if (!wanted && !_suppressed)
            calls.Add(new SchedulerCall.Suppress());
        _suppressed = !wanted;
        _demandGrew = false;
        PublishHints(now, calls);
    }

    private void Progressed(ReadOnlyMemory<byte> data)
    {
        var progress = JsonSerializer.Deserialize(data.Span, JobsJson.Default.TrackerProgress);
        foreach (var one in progress?.Attempts ?? [])
        {
            if (!_attempts.TryGetValue(new TaskId(one.Attempt), out var attempt))
                continue;
            attempt.Progress = Math.Clamp(one.Fraction, 0, 1);
            attempt.Task.Job.Version++;
        }
    }
}
