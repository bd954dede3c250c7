using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Agora.Sdk;

namespace Agora.Hadoop.Jobs;

/// <summary>
/// Hadoop's scheduler on offers: a state machine without I/O. It owns the jobs; events come from the master, from
/// users and from the store; calls go to the master, effects to the host, records to the journal.
/// <para>Laws: a map takes an offer on a node without its data only after the job's locality wait; a task's output is
/// committed once, whatever number of attempts there are; a task that failed its allowed times ends the job; a job that
/// ends leaves no attempt running; it asks for offers only while a task could start; what its records say is all it
/// needs to go on after a restart.</para>
/// </summary>
public sealed partial class JobTracker : IScheduler
{
    private static readonly ExecutorId TaskTrackerId = new("tasktracker");

    private readonly JobTrackerOptions _options;
    private readonly Pools _pools;
    private readonly SortedDictionary<JobId, Job> _jobs = [];

    /// <summary>Jobs not yet ended, by age.</summary>
    private readonly List<Job> _active = [];
    private readonly Queue<JobId> _ended = [];

    /// <summary>Those that run.</summary>
    private readonly Dictionary<TaskId, Attempt> _attempts = [];

    /// <summary>Attempts of a former life of this JobTracker that the master has not yet spoken of.</summary>
    private readonly SortedSet<TaskId> _unconfirmed = [];
    private readonly SortedDictionary<AgentId, (string Hostname, string? Rack)> _agents = [];
    private readonly List<JobTrackerEffect> _effects = [];
    private FrameworkInfo _framework;
    private IReadOnlyList<Hint> _hints = [];
    private bool _suppressed = true;
    private bool _demandGrew;
    private JobId _lastJob;

    /// <summary>The time of the event that is being handled.</summary>
    private DateTimeOffset _now;
    private DateTimeOffset? _reconcileAt;
    private DateTimeOffset? _speculateAt;
    private DateTimeOffset? _filteredUntil;
    private DateTimeOffset? _yieldAt;
    private IReadOnlyList<string>? _onlyAgents;

    public JobTracker(JobTrackerOptions options)
    {
        _options = options;
        _pools = new Pools(options.Scheduling, options.PoolWeights);
        _framework = options.Framework;
        _lastJob = new JobId(options.Cluster, 0);
    }

    public SchedulerCall.Subscribe Subscription =>
        new(_framework, _suppressed, new FrameworkFilters(_onlyAgents), _hints);

    public DateTimeOffset? NextDeadline => Earlier(_reconcileAt, Earlier(_speculateAt, Earlier(_filteredUntil, _yieldAt)));

    public void Tick(DateTimeOffset now, ICollection<SchedulerCall> calls)
    {
        _now = now;
        if (_reconcileAt <= now)
            AskAfterUnconfirmed(now, calls);
        if (_speculateAt <= now)
            FindSlow(now);
        Settle(now, calls);
    }

    /// <summary>
    /// An id for the next submission. Once the four digits are used up, the ids of the present minute begin; null if
    /// that is the minute they began with before.
    /// </summary>
    public JobId? ReserveJobId(DateTimeOffset now)
    {
        var next = _lastJob with { Number = _lastJob.Number + 1 };
        if (next.Number > JobId.NumberMax)
        {
            next = new JobId(now.ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture), 1);
            if (next.Cluster == _lastJob.Cluster)
                return null;
        }
        Record(new JobTrackerRecord.Reserved(next));
        return next;
    }

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
        _now = now;
        switch (e)
        {
            case SchedulerEvent.Subscribed s: Subscribed(now, s.FrameworkId, calls); break;
            case SchedulerEvent.Offers o: Offered(now, o.List, calls); break;
            case SchedulerEvent.Update u: Updated(now, u.Status, calls); break;
            case SchedulerEvent.AgentLost a: AgentLost(a.AgentId); break;
            case SchedulerEvent.Message m: Progressed(m.Data, calls); break;
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
        _now = now;
        switch (e)
        {
            case JobTrackerEvent.Submitted s: Submit(now, s); break;
            case JobTrackerEvent.Prepared p: Start(now, p.JobId, p.Splits, calls); break;
            case JobTrackerEvent.PrepareFailed p: Refuse(p.JobId); break;
            case JobTrackerEvent.Kill k: Kill(k.JobId, calls); break;
            case JobTrackerEvent.KillAttempt k: KillAttempt(now, k.Attempt, k.AsFailed, calls); break;
            case JobTrackerEvent.SetPriority p: SetPriority(p.JobId, p.Priority); break;
            case JobTrackerEvent.AttemptCommitted a: AttemptCommitted(now, a.Attempt); break;
            case JobTrackerEvent.AttemptCommitFailed a: AttemptCommitFailed(now, a.Attempt, a.Reason, calls); break;
            case JobTrackerEvent.JobCommitted j: End(now, j.JobId, calls); break;
            case JobTrackerEvent.JobCommitFailed j: CommitFailed(j.JobId, j.Reason, calls); break;
            case JobTrackerEvent.JobAborted j: End(now, j.JobId, calls); break;
            default: throw new UnreachableException($"event {e.GetType().Name}");
        }
        Settle(now, calls);
    }

    private void Subscribed(DateTimeOffset now, FrameworkId id, ICollection<SchedulerCall> calls)
    {
        _framework = _framework with { Id = id };
        AskAfterUnconfirmed(now, calls);
    }

    private void AskAfterUnconfirmed(DateTimeOffset now, ICollection<SchedulerCall> calls)
    {
        _reconcileAt = _unconfirmed.Count > 0 ? now + _options.ReconcileInterval : null;
        if (_unconfirmed.Count > 0)
            calls.Add(new SchedulerCall.Reconcile([.. _unconfirmed.Select(t => new TaskReference(t, _attempts[t].AgentId))]));
    }

    private void Submit(DateTimeOffset now, JobTrackerEvent.Submitted e)
    {
        if (_jobs.ContainsKey(e.JobId))
            return;
        if (_active.Count >= _options.ActiveJobsMax)
        {
            _effects.Add(new JobTrackerEffect.Refuse(e.JobId,
                $"{_active.Count} jobs are not yet ended, which is the most this JobTracker takes; submit again later"));
            return;
        }
        Record(new JobTrackerRecord.Submitted(e.JobId, e.Job, now));
        _effects.Add(new JobTrackerEffect.Prepare(e.JobId, e.Job));
    }

    private void Start(
        DateTimeOffset now, JobId id, IReadOnlyList<InputSplit> splits, ICollection<SchedulerCall> calls)
    {
        if (!_jobs.TryGetValue(id, out var job))
            return;
        if (job.Phase == JobPhase.Aborting)
            AbortOnceQuiet(job);
        if (job.Phase != JobPhase.Preparing)
            return;
        if (splits.Count > _options.MapsMax)
        {
            Abort(job, JobState.Failed, $"{splits.Count} maps are more than the {_options.MapsMax} allowed; " +
                $"raise {JobConf.SplitSizeMin}", null, calls);
            return;
        }
        Record(new JobTrackerRecord.Started(id, splits, now));
        _demandGrew = true;
        CommitJobOnceDone(job);
    }

    private void Refuse(JobId id)
    {
        if (!_jobs.TryGetValue(id, out var job))
            return;
        // Somebody has killed it meanwhile and waits to see it end.
        if (job.Phase == JobPhase.Aborting)
            AbortOnceQuiet(job);
        else
            Record(new JobTrackerRecord.Refused(id));
    }

    private void SetPriority(JobId id, string priority)
    {
        if (_jobs.TryGetValue(id, out var job) && job.Phase != JobPhase.Ended && JobPriorities.All.Contains(priority))
            Record(new JobTrackerRecord.Prioritized(id, priority));
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
        if (_attempts.Count == 0)
            _speculateAt = null;
        else
            _speculateAt ??= now + _options.SpeculationInterval;
        YieldToMaps(now, calls);
        PublishHints(calls);
        PublishFilters(now, calls);
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => a is null || b < a ? b : a;

    private void FindSlow(DateTimeOffset now)
    {
        _speculateAt = now + _options.SpeculationInterval;
        foreach (var job in _active)
        {
            if (job.Phase != JobPhase.Running || job.Slow.Count > 0)
                continue;
            if (job.PendingMaps.Count == 0 && !job.MapsComplete && job.Conf.Bool(JobConf.SpeculateMaps))
                Want(Speculation.Slowest(job.Maps, now, _options.SpeculativeLag));
            else if (job.MapsComplete && job.PendingReduces.Count == 0 && job.Conf.Bool(JobConf.SpeculateReduces))
                Want(Speculation.Slowest(job.Reduces, now, _options.SpeculativeLag));
        }
    }

    private void Want(JobTask? slow)
    {
        if (slow is null)
            return;
        slow.Job.Slow.Add(slow);
        _demandGrew = true;
    }

    private void Progressed(ReadOnlyMemory<byte> data, ICollection<SchedulerCall> calls)
    {
        var progress = JsonSerializer.Deserialize(data.Span, JobsJson.Default.TrackerProgress);
        foreach (var one in progress?.Attempts ?? [])
        {
            if (!_attempts.TryGetValue(new TaskId(one.Attempt), out var attempt))
                continue;
            attempt.Progress = Math.Clamp(one.Fraction, 0, 1);
            attempt.Status = one.Status;
            attempt.Task.Job.Version++;
            if (one.OutputsKnown is { } known)
                AnswerWaitingReduce(attempt, known, calls);
        }
    }
}
