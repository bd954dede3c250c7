using Agora.Spark.Scheduling;
using Xunit;
using static Agora.Tests.Fast.Spark.Scheduling.SchedulerBench;

namespace Agora.Tests.Fast.Spark.Scheduling;

/// <summary>Several jobs at once, and their end by their user.</summary>
public sealed class SharingTests
{
    private static SchedulerBench Fair(params (string Name, PoolOptions Options)[] pools) => new(o => o with
    {
        Scheduling = SchedulingMode.Fair,
        Pools = pools.ToDictionary(p => p.Name, p => p.Options),
    });

    private static string Shares(IEnumerable<LaunchedTask> tasks) =>
        string.Join(' ', tasks.GroupBy(t => t.Stage).OrderBy(g => g.Key).Select(g => $"{g.Key}:{g.Count()}"));

    [Fact]
    public void In_order_of_age_the_older_job_takes_what_it_can_use()
    {
        var bench = new SchedulerBench().Node("a", 6).Submit(5, Stage(0, 4, isLast: true)).Submit(7, Stage(1, 4, isLast: true), pool: "other");
        Assert.Equal("0:4 1:2", Shares(bench.Offer()));
    }

    [Fact]
    public void An_older_job_that_waits_for_a_near_node_does_not_hold_up_the_next()
    {
        var bench = new SchedulerBench().Node("a", 2).Submit(0, Stage(0, 4, isLast: true, hosts: _ => ["b"])).Submit(1, Stage(1, 1, isLast: true));
        Assert.Equal("1:1", Shares(bench.Offer()));
        // What is left is wanted back when the older one would take it.
        Assert.Equal(TimeSpan.FromSeconds(1.5), bench.Last<SchedulerCall.Accept>().Refuse);
    }

    [Fact]
    public void Pools_share_by_weight_within_one_set_of_offers_and_over_many()
    {
        var bench = Fair(("heavy", new PoolOptions(Weight: 3))).Node("a", 8);
        bench.Submit(0, Stage(0, 50, isLast: true), pool: "light").Submit(1, Stage(1, 50, isLast: true), pool: "heavy");
        bench.Offer();
        Assert.Equal("0:2 1:6", Shares(bench.Live));
        for (var i = 0; i < 20; i++)
        {
            bench.Succeed(bench.Live.MinBy(t => t.Spec.Id.Value)!);
            bench.Offer();
            Assert.Equal("0:2 1:6", Shares(bench.Live));
        }
    }

    [Fact]
    public void A_pool_below_its_minimum_share_goes_before_all_others()
    {
        var bench = Fair(("small", new PoolOptions(MinShare: 3)), ("big", new PoolOptions(Weight: 100))).Node("a", 4);
        bench.Submit(0, Stage(0, 50, isLast: true), pool: "big").Submit(1, Stage(1, 50, isLast: true), pool: "small");
        Assert.Equal("0:1 1:3", Shares(bench.Offer()));
    }

    [Fact]
    public void Within_a_pool_jobs_go_by_age_or_share_as_it_says()
    {
        foreach (var (mode, expected) in ((SchedulingMode, string)[])[(SchedulingMode.Fifo, "0:4"), (SchedulingMode.Fair, "0:2 1:2")])
        {
            var bench = Fair(("p", new PoolOptions(mode))).Node("a", 4);
            bench.Submit(0, Stage(0, 50, isLast: true), pool: "p").Submit(1, Stage(1, 50, isLast: true), pool: "p");
            Assert.Equal(expected, Shares(bench.Offer()));
        }
    }

    [Fact]
    public void Each_slot_that_becomes_free_goes_to_whoever_has_least_of_any_number_of_jobs()
    {
        var bench = Fair(("p", new PoolOptions(SchedulingMode.Fair))).Node("a", 12);
        for (var job = 0; job < 6; job++)
            bench.Submit(job, Stage(job, 40, isLast: true), pool: job % 2 == 0 ? "p" : "q");
        bench.Offer();
        // Half for each pool; within p two for each of three jobs, within q all for the oldest.
        Assert.Equal("0:2 1:6 2:2 4:2", Shares(bench.Live));
    }

    [Fact]
    public void A_cancelled_job_ends_its_tasks_and_says_so()
    {
        var bench = new SchedulerBench().Node("a", 4).Submit(0, Stage(1, 2, [Stage(0, 2)], isLast: true)).Submit(1, Stage(2, 1, isLast: true));
        bench.Offer();
        bench.Scheduler.Cancel(bench.Now, 0, "cancelled by Ctrl-C", bench.Calls);
        Assert.Equal(("cancelled by Ctrl-C", true), (bench.Ended[0]!.Reason, bench.Ended[0]!.IsCancelled));
        Assert.Equal(2, bench.Calls.OfType<SchedulerCall.Kill>().Count());
        foreach (var task in bench.Live.Where(t => t.Stage == 0).ToArray())
            bench.End(task, TaskState.Killed, new Agora.Spark.TaskReport.Killed());
        bench.RunAll();
        Assert.Equal([1], bench.Results.Keys.Select(k => k.Job));
        Assert.Equal("cancelled by Ctrl-C", bench.Scheduler.View().Jobs.Single(j => j.Id == 0).Failure);
    }

    [Fact]
    public void A_group_of_jobs_is_cancelled_and_no_other()
    {
        var bench = new SchedulerBench().Submit(0, Stage(0, 1, isLast: true), group: "g").Submit(1, Stage(1, 1, isLast: true))
            .Submit(2, Stage(2, 1, isLast: true), group: "g");
        bench.Scheduler.CancelGroup(bench.Now, "g", "enough", bench.Calls);
        Assert.Equal([0, 2], bench.Ended.Keys.Order());
        bench.Scheduler.CancelAll(bench.Now, "enough", bench.Calls);
        Assert.Equal([0, 1, 2], bench.Ended.Keys.Order());
    }

    [Fact]
    public void A_killed_task_that_still_runs_when_it_is_heard_of_is_killed_again()
    {
        var bench = new SchedulerBench().Node("a", 1).Submit(0, Stage(0, 1, isLast: true));
        var task = Assert.Single(bench.Offer());
        bench.Scheduler.CancelAll(bench.Now, "enough", bench.Calls);
        bench.Tell(task, TaskState.Running);
        Assert.Equal(2, bench.Calls.OfType<SchedulerCall.Kill>().Count(k => k.TaskId == task.Spec.Id));
    }

    [Fact]
    public void What_a_cancelled_job_has_shuffled_is_there_for_the_next()
    {
        var map = Stage(0, 2);
        var bench = new SchedulerBench().Node("a", 1).Submit(0, Stage(1, 1, [map], isLast: true));
        bench.Succeed(Assert.Single(bench.Offer()));
        bench.Scheduler.CancelAll(bench.Now, "enough", bench.Calls);
        bench.Submit(1, Stage(2, 1, [map], isLast: true));
        Assert.Equal((0, 1, 1), Assert.Single(bench.Offer()) is var t ? (t.Stage, t.StageAttempt, t.Partition) : default);
        bench.RunAll();
        Assert.Null(bench.Ended[1]);
    }
}
