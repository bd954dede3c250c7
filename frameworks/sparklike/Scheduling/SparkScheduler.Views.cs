namespace Agora.Spark.Scheduling;

public sealed partial class SparkScheduler
{
    private readonly Queue<JobView> _endedJobs = new();
    private readonly Queue<StageView> _endedStages = new();

    /// <summary>All there is to see.</summary>
    public SchedulerView View() => new(
        [.. _jobs.Values.Reverse().Select(j => ViewOf(j, null, null)), .. _endedJobs.Reverse()],
        [.. _stages.Values.Reverse().Select(ViewOf), .. _endedStages.Reverse()],
        _blocks.Views(),
        [.. _agents.Values.Where(a => a.Executor is not null).OrderBy(a => a.Id).Select(ViewOf)],
        [.. _shuffles.Values.Select(s => new ShuffleView(s.ShuffleId, s.MapCount - s.Missing, s.MapCount, s.Bytes, s.Lost))],
        new OfferCounts(_offersReceived, _offersRejected, _offersFar, _tasksLaunched));

    /// <summary>Stages at work now, by id: for a line of progress, at little cost.</summary>
    public IReadOnlyList<StageView> Progress() => [.. _running.OrderBy(s => s.Spec.Id).Select(ViewOf)];

    private static JobView ViewOf(JobRun job, DateTimeOffset? ended, string? failure)
    {
        var last = job.Stages.FirstOrDefault(s => s.Outputs is null);
        return new JobView(job.Spec.Id, job.Spec.Name, job.Spec.Group, job.Spec.Pool, job.Submitted, ended, failure,
            last?.Done ?? 0, job.Spec.Partitions.Count,
            [.. job.Stages.Where(s => s.Phase != StagePhase.Done).Select(s => s.Spec.Id).Order()]);
    }

    private static StageView ViewOf(StageRun stage)
    {
        var launched = new Dictionary<TaskLocality, int>();
        for (var i = 0; i < stage.Launched.Length; i++)
            if (stage.Launched[i] > 0)
                launched.Add((TaskLocality)i, stage.Launched[i]);
        return new StageView(stage.Spec.Id, stage.Attempt, stage.Spec.Name, stage.Spec.ShuffleId, stage.Phase, stage.Wanted,
            stage.Pending.Count, stage.Live.Count, stage.Done, stage.Failed, launched, stage.Speculative,
            stage.Durations.Median, stage.Started, stage.Ended);
    }

    private ExecutorView ViewOf(AgentEntry agent)
    {
        var (blocks, bytes) = _blocks.KeptBy(agent.Id);
        return new ExecutorView(agent.Id, agent.Hostname, agent.Address, agent.Executor!.Live.Count, blocks, bytes);
    }

    private void Remember(DateTimeOffset now, JobRun job, JobFailure? failure)
    {
        _endedJobs.Enqueue(ViewOf(job, now, failure?.Reason));
        if (_endedJobs.Count > _options.EndedJobsMax)
            _endedJobs.Dequeue();
    }

    private void Remember(DateTimeOffset now, StageRun stage)
    {
        stage.Ended ??= now;
        _endedStages.Enqueue(ViewOf(stage));
        if (_endedStages.Count > _options.EndedStagesMax)
            _endedStages.Dequeue();
    }
}
