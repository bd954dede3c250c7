using Agora.Spark;
using Agora.Spark.Scheduling;
using Xunit;
using static Agora.Tests.Fast.Spark.Scheduling.SchedulerBench;

namespace Agora.Tests.Fast.Spark.Scheduling;

/// <summary>Map outputs, executors and agents that are lost: what is lost is made again, and only that.</summary>
public sealed class LossTests
{
    private static readonly StageSpec Map = Stage(0, 4);

    /// <summary>Maps are done, two on each of the nodes a and b; both reduces run.</summary>
    private static (SchedulerBench Bench, LaunchedTask[] Maps) AtReduces(Func<SparkSchedulerOptions, SparkSchedulerOptions>? change = null)
    {
        var bench = new SchedulerBench(change).Node("a", 2).Node("b", 2).Submit(0, Stage(1, 2, [Map], isLast: true));
        LaunchedTask[] maps = [.. bench.Offer().OrderBy(t => t.Partition)];
        foreach (var map in maps)
            bench.Succeed(map);
        Assert.Equal([1, 1], bench.Offer().Select(t => t.Stage));
        return (bench, maps);
    }

    [Fact]
    public void An_output_that_cannot_be_fetched_is_made_again_after_a_short_wait_and_only_that()
    {
        var (bench, maps) = AtReduces();
        bench.FetchFail(bench.Find(1, 0), 0, 2, LocationOf(maps[2]));
        bench.Advance(0.1);
        Assert.Empty(bench.Offer());
        bench.Advance(0.1);
        var again = Assert.Single(bench.Offer());
        Assert.Equal((0, 1, 2), (again.Stage, again.StageAttempt, again.Partition));
        bench.Succeed(again);
        // The other reduce still runs, and has perhaps read all it needs.
        Assert.Equal((1, 1, 0), Assert.Single(bench.Offer()) is var t ? (t.Stage, t.StageAttempt, t.Partition) : default);
        Assert.Equal(LocationOf(again), bench.Outputs[(1, 1)][0][2].Location);
        Assert.Equal(LocationOf(maps[3]), bench.Outputs[(1, 1)][0][3].Location);
        bench.RunAll();
        Assert.Null(bench.Ended[0]);
        Assert.Equal(2, bench.Results.Count);
        // Each map task is told of once, though one has run twice.
        Assert.Equal(4, bench.Log.Count);
        Assert.Equal(1, Assert.Single(bench.Scheduler.View().Shuffles).Lost);
    }

    [Fact]
    public void The_result_of_an_older_attempt_at_the_stage_is_used()
    {
        var (bench, maps) = AtReduces();
        var late = bench.Find(1, 1);
        bench.FetchFail(bench.Find(1, 0), 0, 2, LocationOf(maps[2]));
        bench.Advance(0.2);
        bench.Succeed(Assert.Single(bench.Offer(), t => t.Stage == 0));
        bench.Offer();
        bench.Succeed(late);
        Assert.Equal("1/1", bench.Results[(0, 1)]);
        bench.Succeed(Assert.Single(bench.Live));
        Assert.Null(bench.Ended[0]);
    }

    [Fact]
    public void All_that_is_found_lost_within_the_wait_is_one_failure()
    {
        var (bench, maps) = AtReduces(o => o with { StageAttemptsMax = 2 });
        bench.FetchFail(bench.Find(1, 0), 0, 2, LocationOf(maps[2]));
        bench.FetchFail(bench.Find(1, 1), 0, 0, LocationOf(maps[0]));
        bench.Advance(0.2);
        Assert.Equal([0, 2], bench.Offer().Select(t => t.Partition).Order());
        bench.RunAll();
        Assert.Null(bench.Ended[0]);
    }

    [Fact]
    public void After_four_attempts_in_a_row_the_job_fails_and_says_what_could_not_be_read()
    {
        var (bench, _) = AtReduces();
        for (var i = 1; i <= 4; i++)
        {
            Assert.Empty(bench.Ended);
            var (reduce, at) = (bench.Find(1, 0), bench.Outputs[(1, i - 1)][0][i % 4].Location);
            bench.FetchFail(reduce, 0, i % 4, at);
            bench.Advance(0.2);
            foreach (var map in bench.Offer())
                bench.Succeed(map);
            bench.Offer();
        }
        Assert.Contains("4 times in a row", bench.Ended[0]!.Reason, StringComparison.Ordinal);
        Assert.Contains("connection refused", bench.Ended[0]!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_loss_at_one_agent_in_another_attempt_means_that_all_is_lost_there()
    {
        var (bench, maps) = AtReduces();
        var onA = maps.Where(m => m.Host == "a").ToArray();
        bench.FetchFail(bench.Find(1, 0), 0, onA[0].Partition, LocationOf(onA[0]));
        bench.Advance(0.2);
        // Made again on the same agent.
        var again = Assert.Single(bench.Offer("a"));
        bench.Succeed(again);
        bench.FetchFail(Assert.Single(bench.Offer("a")), 0, onA[1].Partition, LocationOf(onA[1]));
        bench.Advance(0.2);
        Assert.Equal(onA.Select(m => m.Partition).Order(), Again(bench).Order());
    }

    /// <summary>Map partitions that run again, one slot after the other.</summary>
    private static List<int> Again(SchedulerBench bench)
    {
        List<int> again = [];
        while (bench.Offer() is { Count: > 0 } launched && launched.All(t => t.Stage == 0))
        {
            foreach (var task in launched)
            {
                again.Add(task.Partition);
                bench.Succeed(task);
            }
        }
        return again;
    }

    [Fact]
    public void A_report_of_a_place_where_nothing_is_looked_for_any_more_loses_nothing()
    {
        var (bench, maps) = AtReduces();
        var slow = bench.Find(1, 1);
        bench.FetchFail(bench.Find(1, 0), 0, 2, LocationOf(maps[2]));
        bench.Advance(0.2);
        bench.Succeed(Assert.Single(bench.Offer(), t => t.Stage == 0));
        bench.Succeed(Assert.Single(bench.Offer()));
        bench.FetchFail(slow, 0, 2, LocationOf(maps[2]));
        Assert.Equal((1, 1), Assert.Single(bench.Offer()) is var t ? (t.Stage, t.StageAttempt) : default);
        bench.RunAll();
        Assert.Equal(["0.0", "1.0", "0.1", "1.1"], bench.Started);
        Assert.Null(bench.Ended[0]);
    }

    [Fact]
    public void An_agent_takes_its_outputs_with_it_and_what_it_ran_is_not_counted_as_failed()
    {
        var (bench, maps) = AtReduces(o => o with { TaskFailuresMax = 1, StageAttemptsMax = 1 });
        bench.LoseAgent("a");
        // A reduce of its is to run again and has nothing to read: the maps of that agent come first, and only they.
        Assert.Empty(bench.Offer());
        bench.Advance(0.2);
        Assert.Equal(maps.Where(m => m.Host == "a").Select(m => m.Partition), Again(bench).Order());
        bench.RunAll();
        Assert.Null(bench.Ended[0]);
        Assert.Equal(2, bench.Results.Count);
    }

    [Fact]
    public void Reduces_that_all_run_when_an_agent_is_lost_may_end_without_its_outputs()
    {
        var bench = new SchedulerBench().Node("a", 1).Node("b", 2).Submit(0, Stage(1, 2, [Stage(0, 2)], isLast: true));
        foreach (var map in bench.Offer("a").Concat(bench.Offer("b")))
            bench.Succeed(map);
        Assert.Equal(2, bench.Offer("b").Count);
        bench.LoseAgent("a");
        bench.Advance(1);
        Assert.Empty(bench.Offer());
        foreach (var reduce in bench.Live.ToArray())
            bench.Succeed(reduce);
        Assert.Null(bench.Ended[0]);
        Assert.Equal(["0.0", "1.0"], bench.Started);
    }

    [Fact]
    public void What_a_lost_agent_had_of_a_stage_that_still_runs_is_made_again_by_it()
    {
        var bench = new SchedulerBench().WithNodes("a", "b").Submit(0, Stage(1, 1, [Stage(0, 3)], isLast: true));
        bench.Offer();
        var gone = bench.Live.Single(t => t.Host == "a");
        bench.Succeed(gone);
        bench.LoseAgent("a");
        List<int> ran = [];
        while (bench.Live.FirstOrDefault() is { } task)
        {
            bench.Succeed(task);
            ran.AddRange(bench.Offer().Where(t => t.Stage == 0).Select(t => t.Partition));
        }
        Assert.Equal(new[] { gone.Partition, 2 }.Order(), ran.Order());
        Assert.Null(bench.Ended[0]);
        Assert.Equal(["0.0", "1.0"], bench.Started);
    }

    [Fact]
    public void An_executor_takes_its_blocks_with_it_and_leaves_its_map_outputs()
    {
        var (bench, _) = AtReduces();
        bench.Succeed(bench.Live.First(t => t.Host == "a"), new BlockChange(new BlockId(7, 0), 10, true, true));
        Assert.Single(bench.Scheduler.View().Cached);
        bench.LoseExecutor("a");
        Assert.Empty(bench.Scheduler.View().Cached);
        bench.RunAll();
        Assert.Equal(["0.0", "1.0"], bench.Started);
        Assert.Null(bench.Ended[0]);
    }

    [Fact]
    public void What_a_dead_executor_is_late_to_say_of_blocks_is_not_believed()
    {
        var bench = new SchedulerBench().WithNodes("a", "b").Submit(0, Stage(0, 2, isLast: true));
        var task = Assert.Single(bench.Offer("a"));
        bench.LoseAgent("a");
        bench.End(task, TaskState.Finished, Success(task) with { Blocks = [new BlockChange(new BlockId(7, 0), 1, true, true)] });
        Assert.Single(bench.Results);
        Assert.Empty(bench.Scheduler.View().Cached);
    }

    /// <summary>A launch that met the end of its executor has started the next one.</summary>
    [Fact]
    public void A_task_on_the_way_to_a_dead_executor_is_the_next_ones_and_so_are_its_blocks()
    {
        var bench = new SchedulerBench().Node("a", 2).Submit(0, Stage(0, 2, isLast: true));
        bench.Offer();
        var (ended, under) = (bench.Find(0, 0), bench.Find(0, 1));
        bench.Tell(ended, TaskState.Failed, default, StatusReason.ExecutorTerminated, StatusSource.Agent);
        bench.Scheduler.Handle(bench.Now, new SchedulerEvent.ExecutorLost(AgentOf("a"), Executor.Id, 137, "killed"), bench.Calls);
        bench.Succeed(under, new BlockChange(new BlockId(7, 0), 1, true, true));
        Assert.Equal(1, Assert.Single(bench.Scheduler.View().Executors).Blocks);
    }

    [Fact]
    public void An_executor_that_its_agent_no_longer_names_is_gone_with_its_blocks()
    {
        var bench = new SchedulerBench().Node("a", 1).Submit(0, Stage(0, 1, isLast: true));
        bench.Succeed(Assert.Single(bench.Offer()), new BlockChange(new BlockId(7, 0), 1, true, true));
        // The word of its loss was said while nobody listened.
        bench.Node("a", 1).Offer();
        Assert.Empty(bench.Scheduler.View().Cached);
        Assert.Empty(bench.Scheduler.View().Executors);
    }

    [Fact]
    public void What_lay_behind_a_lost_block_is_made_when_a_task_misses_it()
    {
        var rdd = new PersistedRdd(7, 1);
        var map = Stage(0, 1);
        var bench = new SchedulerBench().Node("a", 1).Submit(0, Stage(1, 1, isLast: true));
        bench.Succeed(Assert.Single(bench.Offer()), new BlockChange(new BlockId(7, 0), 1, true, true));
        bench.Submit(1, Stage(2, 1, [map], isLast: true, cached: _ => [new BlockId(7, 0)], hidden: [rdd]));
        var task = Assert.Single(bench.Offer());
        Assert.Equal(2, task.Stage);
        // The block was dropped meanwhile, which its executor has not told yet.
        bench.FetchFail(task, 0, 0, "");
        bench.Advance(0.2);
        bench.RunAll();
        Assert.Equal(["1.0", "2.0", "0.0", "2.1"], bench.Started);
        Assert.Null(bench.Ended[1]);
    }

    [Fact]
    public void Another_job_that_reads_the_lost_output_waits_for_it_too()
    {
        var (bench, maps) = AtReduces();
        bench.Submit(1, Stage(2, 2, [Map], isLast: true));
        bench.FetchFail(bench.Find(1, 0), 0, 1, LocationOf(maps[1]));
        Assert.Empty(bench.Offer());
        bench.Advance(0.2);
        Assert.Equal((0, 1), Assert.Single(bench.Offer()) is var t ? (t.Stage, t.Partition) : default);
        bench.RunAll();
        Assert.Null(bench.Ended[0]);
        Assert.Null(bench.Ended[1]);
        Assert.Equal(4, bench.Results.Count);
    }
}
