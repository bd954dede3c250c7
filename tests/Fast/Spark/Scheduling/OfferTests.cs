using Xunit;
using static Agora.Tests.Fast.Spark.Scheduling.SchedulerBench;

namespace Agora.Tests.Fast.Spark.Scheduling;

public sealed class OfferTests
{
    [Fact]
    public void One_accept_launches_as_many_tasks_as_fit()
    {
        var bench = new SchedulerBench().Node("a", 6).Submit(0, Stage(0, 10, isLast: true));
        Assert.Equal(6, bench.Offer().Count);
        Assert.Equal([0, 1, 2, 3, 4, 5], Assert.Single(bench.Calls.OfType<SchedulerCall.Accept>()).Tasks.Select((_, i) => i));
        Assert.Equal(6, bench.View(0).Running);
        Assert.Equal(4, bench.View(0).Pending);
    }

    [Fact]
    public void Tasks_spread_over_the_nodes_that_are_offered_together()
    {
        var bench = new SchedulerBench().Node("a", 4).Node("b", 4).Submit(0, Stage(0, 4, isLast: true));
        Assert.Equal(2, bench.Offer().Count(t => t.Host == "a"));
    }

    [Fact]
    public void Offers_are_asked_for_only_while_a_task_could_start()
    {
        var bench = new SchedulerBench().Node("a", 1);
        Assert.True(bench.Scheduler.Subscription.Suppressed);
        bench.Submit(0, Stage(0, 2, isLast: true));
        Assert.IsType<SchedulerCall.Revive>(bench.Calls[0]);
        Assert.False(bench.Scheduler.Subscription.Suppressed);
        bench.Succeed(Assert.Single(bench.Offer()));
        Assert.Empty(bench.Calls.OfType<SchedulerCall.Suppress>());
        var last = Assert.Single(bench.Offer());
        Assert.Single(bench.Calls.OfType<SchedulerCall.Suppress>());
        bench.Fail(last);
        Assert.Equal(2, bench.Calls.OfType<SchedulerCall.Revive>().Count());
    }

    [Fact]
    public void An_offer_without_room_for_an_executor_is_declined_with_the_sum()
    {
        var bench = new SchedulerBench(o => o with { Executor = Executor with { Resources = Resources.Of(0, 8192) } })
            .Node("a", 2).Submit(0, Stage(0, 1, isLast: true));
        Assert.Empty(bench.Offer());
        var decline = bench.Last<SchedulerCall.Decline>();
        Assert.Contains("cpus:1 and an executor mem:8192", decline.Reason, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromMinutes(5), decline.Refuse);
    }

    [Fact]
    public void Where_the_executor_runs_already_no_memory_is_needed()
    {
        var bench = new SchedulerBench(o => o with { Executor = Executor with { Resources = Resources.Of(0, 3072) } });
        bench.Submit(0, Stage(0, 2, isLast: true));
        Offer Of(int number, string resources, params ExecutorId[] executors) => new(new OfferId(1, number), new FrameworkId("app"),
            AgentOf("a"), "a", "a", 1, Resources.Parse(resources), Attributes.Empty, executors, bench.Now);
        bench.Scheduler.Handle(bench.Now, new SchedulerEvent.Offers([Of(1, "cpus:1;mem:3072")]), bench.Calls);
        bench.Scheduler.Handle(bench.Now, new SchedulerEvent.Offers([Of(2, "cpus:1", Executor.Id)]), bench.Calls);
        Assert.Equal(2, bench.Calls.OfType<SchedulerCall.Accept>().Sum(a => a.Tasks.Count));
    }

    [Fact]
    public void What_is_left_of_an_offer_is_refused_until_there_is_more()
    {
        var bench = new SchedulerBench().Node("a", 2).Submit(0, Stage(0, 2, isLast: true));
        bench.Offer();
        Assert.Equal(TimeSpan.FromMinutes(5), bench.Last<SchedulerCall.Accept>().Refuse);
        Assert.Empty(bench.Offer());
    }

    [Fact]
    public void An_offer_that_comes_when_nothing_waits_is_declined_as_such()
    {
        var bench = new SchedulerBench().Node("a", 2);
        bench.Offer();
        Assert.Contains("no stage has a task", bench.Last<SchedulerCall.Decline>().Reason, StringComparison.Ordinal);
        Assert.Equal(0, bench.Scheduler.View().Offers.Rejected);
    }

    [Fact]
    public void The_bound_of_processors_holds_over_all_nodes()
    {
        var bench = new SchedulerBench(o => o with { MilliCpusMax = 3_500 }).Node("a", 2).Node("b", 4).Submit(0, Stage(0, 9, isLast: true));
        Assert.Equal(3, bench.Offer().Count);
        Assert.Empty(bench.Offer());
        Assert.Contains("3.5 processors", bench.Last<SchedulerCall.Decline>().Reason, StringComparison.Ordinal);
        bench.Succeed(bench.Live.First());
        Assert.Single(bench.Offer());
    }

    [Fact]
    public void Hints_tell_the_size_of_a_task_with_and_without_its_executor_and_where_it_is_best_run()
    {
        var bench = new SchedulerBench().Submit(0, Stage(0, 40, isLast: true, hosts: p => [$"n{p % 3}"]));
        var hints = bench.Last<SchedulerCall.UpdateHints>().Hints;
        Assert.Equal("cpus:1;mem:512 cpus:1", string.Join(' ', hints.Select(h => h.Size)));
        Assert.Equal(["n0", "n1", "n2"], hints[0].Agents.Order());
        Assert.Equal(40, hints[0].Count);
        bench.Advance(1);
        bench.Scheduler.Cancel(bench.Now, 0, "enough", bench.Calls);
        Assert.Empty(bench.Last<SchedulerCall.UpdateHints>().Hints);
    }

    [Fact]
    public void Hints_are_not_told_for_every_stage_of_many_short_ones()
    {
        var bench = new SchedulerBench().Node("a", 1);
        for (var i = 0; i < 200; i++)
        {
            bench.Submit(i, Stage(i, 1, isLast: true));
            bench.Succeed(Assert.Single(bench.Offer()));
            bench.Advance(0.001);
        }
        // 0.2 s in all, and 0.1 s between two.
        Assert.InRange(bench.Calls.OfType<SchedulerCall.UpdateHints>().Count(), 1, 4);
    }

    [Fact]
    public void A_node_on_which_no_executor_starts_is_let_go_by_for_longer_each_time()
    {
        var bench = new SchedulerBench().Node("bad", 1).Submit(0, Stage(0, 1, isLast: true));
        bench.Offer();
        bench.LoseExecutor("bad", hasRun: false);
        Assert.Empty(bench.Offer());
        Assert.Contains("could not start", bench.Last<SchedulerCall.Decline>().Reason, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(1), bench.Last<SchedulerCall.Decline>().Refuse);
        bench.Advance(1);
        Assert.Single(bench.Offer());
        bench.LoseExecutor("bad", hasRun: false);
        bench.Advance(1);
        Assert.Empty(bench.Offer());
        bench.Advance(1);
        bench.Succeed(Assert.Single(bench.Offer()));
        Assert.Null(bench.Ended[0]);
    }

    [Fact]
    public void The_masters_last_word_ends_all_jobs()
    {
        var bench = new SchedulerBench().Submit(0, Stage(0, 1, isLast: true));
        bench.Scheduler.Handle(bench.Now, new SchedulerEvent.Error("an operator removed it", Fatal: true), bench.Calls);
        Assert.Contains("an operator removed it", bench.Ended[0]!.Reason, StringComparison.Ordinal);
    }
}
