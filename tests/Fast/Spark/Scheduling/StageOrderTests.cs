using Agora.Spark;
using Agora.Spark.Scheduling;
using Xunit;
using static Agora.Tests.Fast.Spark.Scheduling.SchedulerBench;

namespace Agora.Tests.Fast.Spark.Scheduling;

/// <summary>Which stages run, when, and which are skipped.</summary>
public sealed class StageOrderTests
{
    [Fact]
    public void A_stage_begins_when_all_it_reads_is_there()
    {
        var (left, right) = (Stage(0, 2), Stage(1, 1));
        var bench = new SchedulerBench().Node("a", 8).Submit(0, Stage(2, 2, [left, right], isLast: true));
        Assert.Equal(3, bench.Offer().Count);
        bench.Succeed(bench.Find(0, 0));
        bench.Succeed(bench.Find(1, 0));
        Assert.Empty(bench.Offer());
        var last = bench.Find(0, 1);
        bench.Succeed(last);
        Assert.Equal([2, 2], bench.Offer().Select(t => t.Stage));
        var outputs = bench.Outputs[(2, 0)];
        Assert.Equal([0, 1], outputs.Keys.Order());
        Assert.Equal(LocationOf(last), outputs[0][1].Location);
        bench.Succeed(bench.Find(2, 1));
        Assert.Empty(bench.Ended);
        bench.Succeed(bench.Find(2, 0));
        Assert.Null(bench.Ended[0]);
        Assert.Equal(["2/0", "2/1"], bench.Results.OrderBy(r => r.Key).Select(r => r.Value));
        Assert.Equal(["mapped 0/0", "mapped 0/1", "mapped 1/0"], bench.Log.Order());
    }

    [Fact]
    public void What_a_former_job_shuffled_is_not_shuffled_again()
    {
        var map = Stage(0, 3);
        var bench = new SchedulerBench().Node("a", 4).Submit(0, Stage(1, 1, [map], isLast: true)).RunAll();
        bench.Submit(1, Stage(2, 1, [map], isLast: true)).RunAll();
        Assert.Equal(["0.0", "1.0", "2.0"], bench.Started);
        Assert.Null(bench.Ended[1]);
        Assert.Equal(3, bench.Outputs[(2, 0)][0].Count);
    }

    [Fact]
    public void Only_wanted_partitions_of_the_last_stage_run()
    {
        var bench = new SchedulerBench().Node("a", 8).Submit(0, Stage(0, 5, isLast: true), [3, 1]);
        Assert.Equal([1, 3], bench.Offer().Select(t => t.Partition).Order());
        bench.RunAll();
        Assert.Null(bench.Ended[0]);
    }

    [Fact]
    public void A_job_without_partitions_ends_at_once()
    {
        var bench = new SchedulerBench().Submit(0, Stage(0, 5, isLast: true), []);
        Assert.Null(bench.Ended[0]);
        Assert.Empty(bench.Calls);
    }

    [Fact]
    public void A_stage_that_two_jobs_need_runs_once_and_outlives_the_first_job()
    {
        var map = Stage(0, 2);
        var bench = new SchedulerBench().Node("a", 1).Submit(0, Stage(1, 1, [map], isLast: true)).Submit(1, Stage(2, 1, [map], isLast: true));
        Assert.Equal(0, Assert.Single(bench.Offer()).Stage);
        bench.Scheduler.Cancel(bench.Now, 0, "no more of it", bench.Calls);
        Assert.Empty(bench.Calls.OfType<SchedulerCall.Kill>());
        bench.RunAll();
        Assert.Equal(["0.0", "2.0"], bench.Started);
        Assert.True(bench.Ended[0]!.IsCancelled);
        Assert.Null(bench.Ended[1]);
    }

    [Fact]
    public void A_second_job_keeps_the_stages_before_one_it_shares_when_the_first_is_cancelled()
    {
        var first = Stage(0, 1);
        var second = Stage(1, 1, [first]);
        var bench = new SchedulerBench().Node("a", 1).Submit(0, Stage(2, 1, [second], isLast: true)).Submit(1, Stage(3, 1, [second], isLast: true));
        bench.Scheduler.Cancel(bench.Now, 0, "no more of it", bench.Calls);
        bench.RunAll();
        Assert.Null(bench.Ended[1]);
    }

    [Fact]
    public void A_parent_behind_a_dataset_that_is_kept_whole_is_not_run()
    {
        BlockId[] blocks = [new(7, 0), new(7, 1)];
        var map = Stage(0, 2);
        var rdd = new PersistedRdd(7, 2);
        var bench = new SchedulerBench().Node("a", 4);
        bench.Submit(0, Stage(1, 2, [map], isLast: true, cached: p => [blocks[p]], hidden: [rdd]));
        bench.Offer();
        bench.Succeed(bench.Find(0, 0));
        bench.Succeed(bench.Find(0, 1));
        bench.Offer();
        foreach (var task in bench.Live.ToArray())
            bench.Succeed(task, new BlockChange(blocks[task.Partition], 10, true, true));
        Assert.Null(bench.Ended[0]);
        bench.Node("b", 4).Submit(1, Stage(2, 2, [map], isLast: true, cached: p => [blocks[p]], hidden: [rdd])).RunAll();
        Assert.Equal(["0.0", "1.0", "2.0"], bench.Started);
        // With the agent the outputs go as well; what was kept there is kept nowhere now, so they are needed.
        bench.LoseAgent("a");
        bench.Submit(2, Stage(3, 2, [map], isLast: true, cached: p => [blocks[p]], hidden: [rdd])).RunAll();
        Assert.Equal(["0.0", "1.0", "2.0", "0.1", "3.0"], bench.Started);
        Assert.Null(bench.Ended[2]);
    }

    [Fact]
    public void A_parent_that_one_way_needs_is_run_though_another_way_is_kept()
    {
        var map = Stage(0, 1);
        var bench = new SchedulerBench().Node("a", 4).Submit(0, Stage(1, 1, isLast: true, cached: _ => [new(7, 0)]));
        bench.Offer();
        bench.Succeed(bench.Find(1, 0), new BlockChange(new BlockId(7, 0), 1, true, true));
        var last = new StageSpec(2, "two ways", 1, null,
            [new StageParent(map, [new PersistedRdd(7, 1)]), new StageParent(map, [])], _ => [], _ => []);
        bench.Submit(1, last).RunAll();
        Assert.Equal(["1.0", "0.0", "2.0"], bench.Started);
    }

    [Fact]
    public void A_very_long_lineage_is_walked_without_falling_over()
    {
        var stage = Stage(0, 1);
        for (var i = 1; i < 20_000; i++)
            stage = Stage(i, 1, [stage]);
        var bench = new SchedulerBench().Node("a", 1).Submit(0, Stage(20_000, 1, [stage], isLast: true));
        for (var i = 0; i <= 20_000; i++)
            bench.Succeed(Assert.Single(bench.Offer()));
        Assert.Null(bench.Ended[0]);
    }

    [Fact]
    public void A_stage_that_cannot_be_started_fails_its_job_in_its_own_words()
    {
        var bench = new SchedulerBench { FailsStarting = new IOException("no such file: /in") };
        bench.Submit(0, Stage(0, 1, isLast: true));
        Assert.Contains("no such file: /in", bench.Ended[0]!.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain(bench.Scheduler.View().Jobs, j => j.Ended is null);
    }

    [Fact]
    public void A_job_that_cannot_be_run_is_refused()
    {
        var bench = new SchedulerBench();
        Assert.Throws<ArgumentException>(() => bench.Submit(0, Stage(0, 2, isLast: true), [2]));
        Assert.Throws<ArgumentException>(() => bench.Submit(0, Stage(0, 2, isLast: true), [1, 1]));
        Assert.Throws<ArgumentException>(() => bench.Submit(0, Stage(0, 2)));
        bench.Submit(0, Stage(0, 2, isLast: true));
        Assert.Throws<ArgumentException>(() => bench.Submit(0, Stage(1, 2, isLast: true)));
    }
}
