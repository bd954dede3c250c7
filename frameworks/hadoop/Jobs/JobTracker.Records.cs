using System.Diagnostics;

namespace Agora.Hadoop.Jobs;

public sealed partial class JobTracker
{
    private readonly List<JobTrackerRecord> _records = [];
    private readonly List<JobId> _forgotten = [];

    /// <summary>Records since the last time, to be on disk before calls and effects go out; and jobs whose records may go.</summary>
    public (IReadOnlyList<JobTrackerRecord> Records, IReadOnlyList<JobId> Forgotten) TakeRecords()
    {
        if (_records.Count == 0 && _forgotten.Count == 0)
            return ([], []);
        (JobTrackerRecord[], JobId[]) taken = ([.. _records], [.. _forgotten]);
        _records.Clear();
        _forgotten.Clear();
        return taken;
    }

    /// <summary>
    /// Goes back to where the records of a former life end. To be called once, before anything else. Attempts that ran
    /// then are asked after on subscription; what was being done on the store is done again.
    /// </summary>
    public void Restore(DateTimeOffset now, IEnumerable<JobTrackerRecord> records)
    {
        _now = now;
        foreach (var record in records)
            Apply(record);
        _forgotten.Clear();
        foreach (var task in _attempts.Keys)
            _unconfirmed.Add(task);
        foreach (var job in _active)
        {
            switch (job.Phase)
            {
                case JobPhase.Preparing:
                    _effects.Add(new JobTrackerEffect.Prepare(job.Id, job.Submission));
                    break;
                case JobPhase.Running:
                    foreach (var task in job.Maps.Concat(job.Reduces))
                        if (task.Phase == JobTaskPhase.Committing)
                            _effects.Add(new JobTrackerEffect.CommitAttempt(task.Winner!.Id, job.Submission));
                    CommitJobOnceDone(job);
                    break;
                case JobPhase.Aborting:
                    AbortOnceQuiet(job);
                    break;
                case JobPhase.Committing or JobPhase.Ended:
                    break;
            }
        }
    }

    /// <summary>
    /// The master has ended the framework (it was away for longer than its failover timeout): all that ran is gone, and
    /// the jobs go on as another framework.
    /// </summary>
    public void SubscribeAnew(FrameworkId id, DateTimeOffset now)
    {
        foreach (var attempt in _attempts.Values.OrderBy(a => a.TaskId).ToList())
        {
            Record(new JobTrackerRecord.Ended(attempt.Id, AttemptEnd.Killed, "the master had ended the framework", null, now));
            if (attempt.Task.Job.Phase == JobPhase.Aborting)
                AbortOnceQuiet(attempt.Task.Job);
        }
        Record(new JobTrackerRecord.Subscribing(id.Value));
    }

    private void Record(JobTrackerRecord record)
    {
        _records.Add(record);
        Apply(record);
    }

    private void Apply(JobTrackerRecord record)
    {
        switch (record)
        {
            case JobTrackerRecord.Subscribing r:
                _framework = _framework with { Id = new FrameworkId(r.FrameworkId) };
                break;
            case JobTrackerRecord.Reserved r:
                _lastJob = r.Job;
                break;
            case JobTrackerRecord.Submitted r:
                var job = new Job(r.Job, r.Submission, r.Time);
                _jobs.Add(job.Id, job);
                _active.Add(job);
                break;
            case JobTrackerRecord.Refused r:
                Forget(r.Job);
                break;
            case JobTrackerRecord.Started r:
                _jobs[r.Job].Start(r);
                break;
            case JobTrackerRecord.Launched r:
                var launched = _jobs[r.Attempt.Task.Job].Launch(r);
                _attempts[launched.TaskId] = launched;
                break;
            case JobTrackerRecord.Ended r:
                var attempt = AttemptOf(r.Attempt);
                _attempts.Remove(attempt.TaskId);
                _unconfirmed.Remove(attempt.TaskId);
                attempt.Task.Job.End(attempt, r);
                break;
            case JobTrackerRecord.Committed r:
                var committed = AttemptOf(r.Attempt).Task;
                committed.Job.Done(committed);
                break;
            case JobTrackerRecord.OutputLost r:
                var map = AttemptOf(r.Attempt).Task;
                map.Job.LoseOutput(map);
                break;
            case JobTrackerRecord.Prioritized r:
                _jobs[r.Job].SetPriority(r.Priority);
                break;
            case JobTrackerRecord.Aborted r:
                _jobs[r.Job].Abort(r);
                break;
            case JobTrackerRecord.Over r:
                _jobs[r.Job].Over(r.Time);
                _active.Remove(_jobs[r.Job]);
                _ended.Enqueue(r.Job);
                if (_ended.Count > _options.EndedJobsMax)
                    Forget(_ended.Dequeue());
                break;
            default:
                throw new UnreachableException($"record {record.GetType().Name}");
        }
    }

    private Attempt AttemptOf(AttemptId id) => _jobs[id.Task.Job].Task(id.Task)!.Attempts[id.Number];

    private void Forget(JobId id)
    {
        if (_jobs.Remove(id, out var job))
            _active.Remove(job);
        _forgotten.Add(id);
    }
}
