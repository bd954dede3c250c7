using Agora.Sdk;

namespace Agora.Hadoop.Jobs;

internal sealed partial class Job
{
    public void SetPriority(string priority)
    {
        Priority = priority;
        PriorityRank = JobPriorities.Rank(priority);
        Version++;
    }

    public void Start(JobTrackerRecord.Started record)
    {
        Maps = [.. record.Splits.Select((s, i) => new JobTask(this, new JobTaskId(Id, TaskKind.Map, i), s))];
        MapsByInput = [.. Maps.OrderBy(m => m.Split!.Order)];
        Reduces = [.. Enumerable.Range(0, Conf.Int(JobConf.ReduceTasks))
            .Select(i => new JobTask(this, new JobTaskId(Id, TaskKind.Reduce, i), null))];
        foreach (var map in Maps)
            PendingMaps.Add(map);
        foreach (var reduce in Reduces)
            PendingReduces.Add(reduce.Id.Index);
        Phase = JobPhase.Running;
        Started = record.Time;
        Version++;
    }

    public Attempt Launch(JobTrackerRecord.Launched record)
    {
        var task = Task(record.Attempt.Task)!;
        if (task.Phase == JobTaskPhase.Pending)
            Unpend(task);
        else
            Slow.Remove(task);
        task.Phase = JobTaskPhase.Running;
        var attempt = new Attempt(record.Attempt, task, new AgentId(record.Agent), record.Hostname, record.Files,
            record.Locality, record.Time);
        task.Attempts.Add(attempt);
        LiveAttempts++;
        RunningMilliCpus += SizeOf(task.Id.Kind).MilliCpus;
        Agents.Add(attempt.AgentId);
        JobCounters.Add(CounterNames.Job, task.IsMap ? CounterNames.LaunchedMaps : CounterNames.LaunchedReduces, 1);
        if (task.IsMap && record.Locality is { } level)
        {
            var (group, name) = level switch
            {
                Locality.Process or Locality.Node => (CounterNames.Job, CounterNames.DataLocalMaps),
                Locality.Rack => (CounterNames.Job, CounterNames.RackLocalMaps),
                Locality.Any => (CounterNames.Scheduling, CounterNames.RemoteMaps),
            };
            JobCounters.Add(group, name, 1);
        }
        Version++;
        return attempt;
    }

    /// <summary>An attempt has ended, or one that had succeeded could not be committed.</summary>
    public void End(Attempt attempt, JobTrackerRecord.Ended record)
    {
        var task = attempt.Task;
        if (attempt.End is null)
        {
            LiveAttempts--;
            RunningMilliCpus -= SizeOf(task.Id.Kind).MilliCpus;
            JobCounters.Add(CounterNames.Job, task.IsMap ? CounterNames.MapTime : CounterNames.ReduceTime,
                (long)(record.Time - attempt.Launched).TotalMilliseconds);
        }
        attempt.End = record.End;
        attempt.EndTime = record.Time;
        attempt.Message = record.Message;
        attempt.Report = record.Report;
        Version++;
        if (task.Winner == attempt)
        {
            task.Winner = null;
            task.Phase = JobTaskPhase.Running;
        }
        if (task.IsOver)
        {
            // Another attempt was first.
            if (record.End == AttemptEnd.Succeeded)
                attempt.End = AttemptEnd.Killed;
            return;
        }
        switch (record.End)
        {
            case AttemptEnd.Succeeded:
                task.Winner = attempt;
                task.Phase = JobTaskPhase.Committing;
                Slow.Remove(task);
                if (task.IsMap && !IsMapOnly)
                    Done(task);
                return;
            case AttemptEnd.Failed:
                task.Failures++;
                task.FailedHosts.Add(attempt.Hostname);
                HostFailures[attempt.Hostname] = HostFailures.GetValueOrDefault(attempt.Hostname) + 1;
                if (task.Failures >= AttemptsAllowed(task))
                    GiveUp(task);
                break;
            case AttemptEnd.LostInput:
                task.LostInputs++;
                break;
            case AttemptEnd.Killed:
                break;
        }
        if (task.Phase == JobTaskPhase.Running && !task.Live.Any())
            MakePending(task);
    }

    /// <summary>Its files are where they belong; or it is a map, whose output waits for the reduces.</summary>
    public void Done(JobTask task)
    {
        task.Phase = JobTaskPhase.Done;
        TaskCounters.Add(task.Winner!.Report?.Counters ?? []);
        if (task.IsMap)
            MapsDone++;
        else
            ReducesDone++;
        Version++;
    }

    /// <summary>A done map is to be done again.</summary>
    public void LoseOutput(JobTask map)
    {
        TaskCounters.Subtract(map.Winner!.Report?.Counters ?? []);
        JobCounters.Add(CounterNames.Scheduling, CounterNames.MapsRerun, 1);
        map.Winner = null;
        MapsDone--;
        Version++;
        MakePending(map);
    }

    public void Abort(JobTrackerRecord.Aborted record)
    {
        Phase = JobPhase.Aborting;
        Outcome = record.Outcome;
        FailureInfo = record.FailureInfo;
        FailureLog = record.FailureLog;
        Slow.Clear();
        Version++;
    }

    public void Over(DateTimeOffset time)
    {
        Phase = JobPhase.Ended;
        Ended = time;
        Version++;
    }

    public int AttemptsAllowed(JobTask task) => Conf.Int(task.IsMap ? JobConf.MapAttempts : JobConf.ReduceAttempts);

    /// <summary>Tasks that may fail for good without the job's failing: a percentage of them.</summary>
    public bool MayGiveUp(TaskKind kind)
    {
        var tasks = kind == TaskKind.Map ? Maps : Reduces;
        var percent = Conf.Int(kind == TaskKind.Map ? JobConf.MapFailuresPercent : JobConf.ReduceFailuresPercent);
        return tasks.Count(t => t.Failures >= AttemptsAllowed(t)) * 100L <= (long)percent * tasks.Length;
    }

    private void GiveUp(JobTask task)
    {
        JobCounters.Add(CounterNames.Job, task.IsMap ? CounterNames.FailedMaps : CounterNames.FailedReduces, 1);
        task.Phase = JobTaskPhase.GivenUp;
        Slow.Remove(task);
        if (!MayGiveUp(task.Id.Kind))
            return;
        if (task.IsMap)
            MapsDone++;
        else
            ReducesDone++;
    }

    private void MakePending(JobTask task)
    {
        task.Phase = JobTaskPhase.Pending;
        Slow.Remove(task);
        if (task.IsMap)
            PendingMaps.Add(task);
        else
            PendingReduces.Add(task.Id.Index);
    }

    private void Unpend(JobTask task)
    {
        if (task.IsMap)
            PendingMaps.Remove(task);
        else
            PendingReduces.Remove(task.Id.Index);
    }
}
