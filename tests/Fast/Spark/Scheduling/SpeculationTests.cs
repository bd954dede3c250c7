using Xunit;
using static Agora.Tests.Fast.Spark.Scheduling.SchedulerBench;

namespace Agora.Tests.Fast.Spark.Scheduling;

public sealed class SpeculationTests
{
    /// <summary>Four tasks on two nodes, of which three took a second; the last one runs on a.</summary>
    private static (SchedulerBench Bench, LaunchedTask Slow) WithSlowTask(bool isOn = true)
    {
        var bench = new SchedulerBench(o => o with { Speculation = isOn }).Node("a", 2).Node("b", 2).Submit(0, Stage(0, 4, isLast: true));
        bench.Offer();
        bench.Advance(1);
        var slow = bench.Live.First(t => t.Host == "a");
        foreach (var task in bench.Live.Where(t => t != slow).ToArray())
            bench.Succeed(task);
        return (bench, slow);
    }

    [Fact]
    public void A_task_far_slower_than_the_rest_gets_a_second_attempt_on_another_host_and_the_first_to_end_counts()
    {
        var (bench, slow) = WithSlowTask();
        bench.Advance(0.4);
        Assert.Empty(bench.Offer());
        // Slow beyond 1.5 times a second.
        bench.Advance(0.3);
        Assert.Empty(bench.Offer("a"));
        Assert.Contains("on other hosts than a", bench.Last<SchedulerCall.Decline>().Reason, StringComparison.Ordinal);
        var second = Assert.Single(bench.Offer());
        Assert.Equal(("b", slow.Partition, 1), (second.Host, second.Partition, second.Attempt));
        bench.Advance(5);
        Assert.Empty(bench.Offer());
        bench.Succeed(second);
        Assert.Null(bench.Ended[0]);
        Assert.Equal(slow.Spec.Id, Assert.Single(bench.Calls.OfType<SchedulerCall.Kill>()).TaskId);
        bench.Succeed(slow);
        Assert.Equal(4, bench.Results.Count);
        Assert.Equal(1, bench.View(0).Speculative);
    }

    [Fact]
    public void A_failure_of_one_of_two_attempts_leaves_the_other()
    {
        var (bench, slow) = WithSlowTask();
        bench.Advance(1);
        var second = Assert.Single(bench.Offer());
        bench.Fail(slow);
        Assert.Empty(bench.Offer());
        bench.Succeed(second);
        Assert.Null(bench.Ended[0]);
    }

    [Fact]
    public void Nothing_is_tried_twice_unless_it_is_wanted()
    {
        var (bench, _) = WithSlowTask(isOn: false);
        bench.Advance(100);
        Assert.Empty(bench.Offer());
        Assert.Null(bench.Scheduler.NextDeadline);
    }

    [Fact]
    public void Short_tasks_are_not_slow_and_early_ones_say_nothing()
    {
        var bench = new SchedulerBench(o => o with { Speculation = true }).Node("a", 2).Node("b", 2).Submit(0, Stage(0, 4, isLast: true));
        bench.Offer();
        bench.Advance(0.01);
        foreach (var task in bench.Live.Take(3).ToArray())
            bench.Succeed(task);
        bench.Advance(0.08);
        Assert.Empty(bench.Offer());
        bench.Advance(0.2);
        Assert.Single(bench.Offer());
    }
}
