using Agora.Spark.Scheduling;
using Xunit;
using static Agora.Tests.Fast.Spark.Scheduling.SchedulerBench;

namespace Agora.Tests.Fast.Spark.Scheduling;

/// <summary>What progress lines and the application's page show.</summary>
public sealed class ViewTests
{
    [Fact]
    public void A_job_is_seen_with_its_stages_and_how_far_they_are()
    {
        var bench = new SchedulerBench().Node("a", 3);
        bench.Submit(4, Stage(1, 2, [Stage(0, 5)], isLast: true), group: "g");
        bench.Offer();
        bench.Succeed(bench.Find(0, 0));
        bench.Fail(bench.Find(0, 1));
        var job = Assert.Single(bench.Scheduler.View().Jobs);
        Assert.Equal((4, "job 4", "g", 0, 2), (job.Id, job.Name, job.Group, job.Results, job.ResultsWanted));
        Assert.Equal([0, 1], job.StagesLeft);
        Assert.Null(job.Ended);
        var stage = Assert.Single(bench.Scheduler.Progress());
        // Five tasks: one done, one runs, two were not launched yet and one is to run again.
        Assert.Equal((5, 3, 1, 1, 1), (stage.Tasks, stage.Pending, stage.Running, stage.Done, stage.Failed));
        Assert.Equal(3, stage.Launched[TaskLocality.NoPreference]);
        Assert.Equal(StagePhase.Waiting, bench.View(1).Phase);
        Assert.Equal("0: 1 of 5, 100 bytes", string.Join(',', bench.Scheduler.View().Shuffles.Select(s => $"{s.ShuffleId}: {s.Outputs} of {s.MapTasks}, {s.Bytes} bytes")));
        bench.RunAll();
        job = Assert.Single(bench.Scheduler.View().Jobs);
        Assert.Equal((2, true, null), (job.Results, job.Ended < bench.Now, job.Failure));
        Assert.Empty(job.StagesLeft);
        Assert.Empty(bench.Scheduler.Progress());
        Assert.Equal([StagePhase.Done, StagePhase.Done], bench.Scheduler.View().Stages.Select(s => s.Phase));
    }

    [Fact]
    public void Ended_jobs_and_stages_are_remembered_newest_first_and_no_more_than_the_bound()
    {
        var bench = new SchedulerBench(o => o with { EndedJobsMax = 3, EndedStagesMax = 2 }).Node("a", 1);
        for (var i = 0; i < 5; i++)
        {
            bench.Submit(i, Stage(i, 1, isLast: true));
            bench.Succeed(Assert.Single(bench.Offer()));
        }
        Assert.Equal([4, 3, 2], bench.Scheduler.View().Jobs.Select(j => j.Id));
        Assert.Equal([4, 3], bench.Scheduler.View().Stages.Select(s => s.Id));
    }

    [Fact]
    public void The_median_is_of_all_durations_in_whatever_order_they_come()
    {
        var bench = new SchedulerBench().Node("a", 9).Submit(0, Stage(0, 9, isLast: true));
        LaunchedTask[] tasks = [.. bench.Offer()];
        TimeSpan? before = null;
        for (var i = 0; i < 7; i++)
        {
            bench.Advance(1);
            bench.Succeed(tasks[i]);
            before = bench.View(0).MedianDuration;
        }
        // Of 1 to 7 seconds.
        Assert.Equal(TimeSpan.FromSeconds(4), before);
    }

    [Fact]
    public void Tasks_say_what_they_are_of()
    {
        var bench = new SchedulerBench().Node("a", 1).Submit(3, Stage(0, 1, isLast: true));
        var spec = Assert.Single(bench.Offer()).Spec;
        Assert.Equal(("stage 0", "3", "0.0"), (spec.Name, spec.Labels!["job"], spec.Labels["stage"]));
        Assert.Equal("0-stage0.0-0.0", spec.Id.Value);
    }
}
