using Agora.Spark;
using Agora.Spark.Scheduling;
using Xunit;
using static Agora.Tests.Fast.Spark.Scheduling.SchedulerBench;

namespace Agora.Tests.Fast.Spark.Scheduling;

public sealed class LocalityTests
{
    /// <summary>A dataset of as many partitions as nodes, each kept by the executor on its node.</summary>
    private static SchedulerBench Kept(params string[] hosts)
    {
        var bench = new SchedulerBench().WithNodes(hosts);
        bench.Submit(0, Stage(0, hosts.Length, isLast: true, hosts: p => [hosts[p]]));
        foreach (var task in bench.Offer())
            bench.Succeed(task, new BlockChange(new BlockId(7, task.Partition), 100, true, true));
        Assert.Null(bench.Ended[0]);
        return bench;
    }

    private static StageSpec Reading(int id, int tasks) => Stage(id, tasks, isLast: true, cached: p => [new BlockId(7, p)]);

    [Fact]
    public void Tasks_go_where_their_blocks_are_kept_in_whatever_order_nodes_are_offered()
    {
        var bench = Kept("a", "b", "c").Submit(1, Reading(1, 3));
        var launched = bench.Offer("c", "b", "a");
        Assert.Equal(["a 0", "b 1", "c 2"], launched.Select(t => $"{t.Host} {t.Partition}").Order());
        Assert.All(launched, t => Assert.Equal("Process", t.Locality));
        Assert.Equal(["b:5051"], bench.Cached[(1, 0)][new BlockId(7, 1)]);
    }

    [Fact]
    public void A_node_without_blocks_is_let_go_by_for_the_wait_and_its_offer_says_for_what()
    {
        var bench = Kept("a", "b").Node("other", 1).Submit(1, Reading(1, 2));
        Assert.Empty(bench.Offer("other"));
        var decline = bench.Last<SchedulerCall.Decline>();
        Assert.Contains("stage 1", decline.Reason, StringComparison.Ordinal);
        Assert.Contains("for b, a", decline.Reason, StringComparison.Ordinal);
        // Half the wait of 3 s at most, so that a slot that stands idle shows itself.
        Assert.Equal(TimeSpan.FromSeconds(1.5), decline.Refuse);
        bench.Advance(1.5);
        Assert.Empty(bench.Offer("other"));
        bench.Advance(1.5);
        Assert.Equal("Any", Assert.Single(bench.Offer("other")).Locality);
        var counts = bench.Scheduler.View().Offers;
        Assert.Equal((2, 2, 3), (counts.Rejected, counts.RejectedForLocality, counts.Launched));
    }

    [Fact]
    public void Tasks_without_a_better_place_are_launched_anywhere_at_once()
    {
        var bench = new SchedulerBench().WithNodes("a", "b", "c").Submit(0, Stage(0, 3, isLast: true));
        Assert.Equal(["NoPreference", "NoPreference", "NoPreference"], bench.Offer().Select(t => t.Locality));
    }

    [Fact]
    public void Tasks_without_a_better_place_do_not_wait_behind_those_that_have_one()
    {
        var bench = new SchedulerBench().Node("far", 8).Submit(0, Stage(0, 4, isLast: true, hosts: p => p < 2 ? ["near"] : []));
        Assert.Equal([2, 3], bench.Offer().Select(t => t.Partition).Order());
    }

    [Fact]
    public void Input_on_a_host_is_waited_for_then_its_rack_and_then_any()
    {
        var bench = new SchedulerBench().Node("near", 1, "r1").Node("rack", 1, "r1").Node("far", 1, "r2");
        // Which rack a host is in is known once it was offered.
        bench.Submit(9, Stage(9, 3, isLast: true));
        foreach (var task in bench.Offer())
            bench.Succeed(task);
        bench.Node("near", 0, "r1");
        bench.Submit(0, Stage(0, 4, isLast: true, hosts: _ => ["near"]));
        Assert.Empty(bench.Offer());
        bench.Advance(1.5);
        Assert.Empty(bench.Offer());
        bench.Advance(1.5);
        Assert.Equal("rack Rack", string.Join(',', bench.Offer().Select(t => $"{t.Host} {t.Locality}")));
        for (var waited = 0.0; waited < 3; waited += 1.5)
        {
            Assert.Empty(bench.Offer());
            bench.Advance(1.5);
        }
        Assert.Equal("far Any", string.Join(',', bench.Offer().Select(t => $"{t.Host} {t.Locality}")));
        bench.Node("near", 2, "r1");
        Assert.Equal(["Node", "Node"], bench.Offer("near").Select(t => t.Locality));
    }

    [Fact]
    public void Zero_waits_mean_that_every_offer_is_used()
    {
        var bench = new SchedulerBench(o => o with { ProcessWait = default, NodeWait = default, RackWait = default })
            .WithNodes("far", "near").Submit(0, Stage(0, 2, isLast: true, hosts: _ => ["near"]));
        Assert.Equal(["far Any", "near Node"], bench.Offer().Select(t => $"{t.Host} {t.Locality}").Order());
    }

    [Fact]
    public void A_block_that_is_kept_or_lost_while_tasks_wait_moves_them()
    {
        var bench = Kept("a", "b").Submit(1, Reading(1, 2));
        Assert.Equal("a", Assert.Single(bench.Offer("a")).Host);
        bench.LoseExecutor("b");
        // Partition 1 is kept nowhere any more: any node will do.
        Assert.Equal((1, "NoPreference"), bench.Offer("a", "b").Select(t => (t.Partition, t.Locality)).Single());
    }

    [Fact]
    public void A_task_reads_the_nearest_of_its_blocks_that_is_kept()
    {
        var bench = Kept("a", "b");
        bench.Submit(1, Stage(1, 1, isLast: true, cached: _ => [new BlockId(99, 0), new BlockId(7, 1)]));
        Assert.Equal(("b", "Process"), bench.Offer().Select(t => (t.Host, t.Locality)).Single());
    }

    [Fact]
    public void A_block_that_was_dropped_is_no_reason_to_wait()
    {
        var bench = Kept("a", "b").Submit(1, Stage(1, 1, isLast: true, hosts: _ => ["b"]));
        bench.Succeed(Assert.Single(bench.Offer()), new BlockChange(new BlockId(7, 1), 0, false, false));
        bench.Submit(2, Reading(2, 2));
        Assert.Equal(["Process 0", "NoPreference 1"], bench.Offer("a", "b").Select(t => $"{t.Locality} {t.Partition}").OrderDescending());
        Assert.Equal(1, Assert.Single(bench.Scheduler.View().Cached).Partitions);
    }

    [Fact]
    public void An_unpersisted_dataset_is_no_reason_to_wait()
    {
        var bench = Kept("a", "b").Submit(1, Reading(1, 2));
        bench.Scheduler.Unpersist(7);
        Assert.Equal(2, bench.Offer().Count(t => t.Locality == "NoPreference"));
        Assert.Empty(bench.Scheduler.View().Cached);
    }

    [Fact]
    public void Cached_datasets_are_seen_with_their_sizes_and_places()
    {
        var bench = Kept("a", "b").Submit(1, Reading(1, 2));
        bench.Succeed(bench.Offer().Single(t => t.Host == "a"), new BlockChange(new BlockId(7, 0), 70, false, true), new BlockChange(new BlockId(8, 0), 5, true, true));
        var view = bench.Scheduler.View();
        Assert.Equal(["7: 2 100 70 agent-a,agent-b", "8: 1 5 0 agent-a"],
            view.Cached.Select(c => $"{c.RddId}: {c.Partitions} {c.MemoryBytes} {c.DiskBytes} {string.Join(',', c.Agents)}"));
        Assert.Equal(["a 0 2 75", "b 1 1 100"], view.Executors.Select(e => $"{e.Hostname} {e.RunningTasks} {e.Blocks} {e.BlockBytes}"));
    }

    /// <summary>SPARK-18886: launches on the one near node must not keep all others shut for ever.</summary>
    [Fact]
    public void One_near_node_does_not_keep_an_idle_cluster_shut()
    {
        var bench = new SchedulerBench().WithNodes([.. Enumerable.Range(0, 20).Select(i => $"n{i}")]);
        bench.Submit(0, Stage(0, 100, isLast: true, hosts: _ => ["n0"]));
        var started = bench.Now;
        var far = 0;
        while (!bench.Ended.ContainsKey(0))
        {
            var launched = bench.Offer();
            far += launched.Count(t => t.Locality == "Any");
            bench.Advance(1.5);
            foreach (var task in bench.Live.ToArray())
                bench.Succeed(task);
        }
        // On the one node alone it were 150 s. Each other node opens after 3 s and is open for 20 tasks in all at once.
        Assert.InRange((bench.Now - started).TotalSeconds, 3, 60);
        Assert.InRange(far, 40, 99);
    }
}
