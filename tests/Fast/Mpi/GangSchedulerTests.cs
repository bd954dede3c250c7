using Agora.Mpi.Scheduling;
using Xunit;

namespace Agora.Tests.Fast.Mpi;

public sealed class GangSchedulerTests
{
    [Fact]
    public void A_gang_that_fits_is_placed_on_as_few_nodes_as_possible()
    {
        var bench = new GangBench();
        bench.Agent("node1");
        bench.Agent("node2");
        bench.Agent("node3");
        var gang = bench.Start("job", slots: 6);
        bench.Advance(1);
        // 6 slots on nodes of 4 cpus: one node full, two slots on another.
        Assert.Equal([4, 2], gang.Hosts!.Select(h => h.Slots).OrderDescending());
    }

    [Fact]
    public void By_node_the_ranks_are_spread_evenly()
    {
        var bench = new GangBench();
        bench.Agent("node10");
        bench.Agent("node2");
        bench.Agent("node1");
        var gang = bench.Start("job", slots: 5, Mapping.Node);
        bench.Advance(1);
        Assert.Equal([("node1", 2), ("node2", 2), ("node10", 1)], gang.Hosts!.Select(h => (h.Name, h.Slots)));
    }

    [Fact]
    public void The_memory_of_ranks_and_of_the_host_itself_counts()
    {
        var bench = new GangBench();
        // 32 MiB for MpiHost leave 512 of 544: two ranks of 256 MiB, whatever the processors.
        bench.Agent("node1", "cpus:8;mem:544");
        bench.Agent("node2", "cpus:8;mem:543");
        var gang = bench.Start("job", slots: 3);
        bench.Advance(1);
        Assert.Equal([("node1", 2), ("node2", 1)], gang.Hosts!.Select(h => (h.Name, h.Slots)));
    }

    [Fact]
    public void Nothing_is_launched_before_all_slots_are_there()
    {
        var bench = new GangBench();
        bench.Agent("node1");
        var gang = bench.Start("job", slots: 6);
        bench.Advance(20);
        Assert.Empty(bench.Master.Snapshot.Tasks);
        bench.Agent("node2");
        Assert.True(bench.AdvanceUntil(() => gang.Hosts is not null, 60));
    }

    /// <summary>A cluster of 10 slots and two gangs of 6: neither fits beside the other, and each is offered a part.</summary>
    [Fact]
    public void Two_gangs_of_60_percent_each_run_one_after_the_other()
    {
        for (var seed = 1; seed <= 50; seed++)
        {
            var bench = new GangBench();
            for (var i = 1; i <= 5; i++)
                bench.Agent($"node{i}", "cpus:2;mem:2048");
            var (a, b) = (bench.Start("a", slots: 6, seed: 2 * seed), bench.Start("b", slots: 6, seed: (2 * seed) + 1));
            Assert.True(bench.AdvanceUntil(() => a.Hosts is not null || b.Hosts is not null, 120), $"seed {seed}: neither runs");
            Assert.False(a.Hosts is not null && b.Hosts is not null);
            var (first, second) = a.Hosts is not null ? (a, b) : (b, a);
            bench.End(first);
            Assert.True(bench.AdvanceUntil(() => second.Hosts is not null, 120), $"seed {seed}: {second.Name} does not run");
        }
    }

    [Fact]
    public void Many_gangs_that_do_not_fit_together_all_run()
    {
        var bench = new GangBench();
        for (var i = 1; i <= 4; i++)
            bench.Agent($"node{i}", "cpus:2;mem:2048");
        var waiting = Enumerable.Range(1, 8).Select(i => bench.Start($"gang{i}", slots: 3 + (i % 4), seed: i)).ToList();
        while (waiting.Count > 0)
        {
            Assert.True(bench.AdvanceUntil(() => waiting.Any(g => g.Hosts is not null), 600),
                $"{string.Join(", ", waiting.Select(g => g.Name))} wait for ever");
            foreach (var ready in waiting.Where(g => g.Hosts is not null).ToList())
            {
                bench.End(ready);
                waiting.Remove(ready);
            }
        }
    }

    [Fact]
    public void A_gang_that_gives_up_gives_back_what_it_holds_and_says_what_it_had()
    {
        var bench = new GangBench();
        bench.Agent("node1");
        var gang = bench.Start("job", slots: 6, waitSeconds: 2);
        bench.Advance(2.5);
        var end = Assert.IsType<GangEvent.TimedOut>(Assert.Single(gang.Told));
        Assert.Equal("4 of 6 slots (node1: 4)", end.Most);
        Assert.All(bench.Master.Snapshot.Agents, a => Assert.True(a.Offered.IsEmpty));
    }

    [Fact]
    public void What_is_held_is_said_by_node()
    {
        var bench = new GangBench();
        bench.Agent("node1");
        var gang = bench.Start("job", slots: 6);
        bench.Advance(0.5);
        Assert.Equal("4 of 6 slots (node1: 4)", gang.Scheduler.Have);
    }

    [Fact]
    public void Only_the_named_hosts_are_taken()
    {
        var bench = new GangBench();
        bench.Agent("node1");
        bench.Agent("node2");
        var gang = bench.Start("job", slots: 2, onlyHosts: ["node2"]);
        bench.Advance(1);
        Assert.Equal("node2", Assert.Single(gang.Hosts!).Name);
    }

    [Fact]
    public void A_host_that_is_lost_while_the_job_runs_is_told_once()
    {
        var bench = new GangBench();
        var agent = bench.Agent("node1");
        var gang = bench.Start("job", slots: 2);
        bench.Advance(1);
        foreach (var sequence in (long[])[2, 3])
        {
            agent.Call(new AgentCall.Update(gang.Connection.Id, new TaskStatus(new TaskId("ranks-1"), TaskState.Failed,
                StatusSource.Agent, StatusReason.ExecutorTerminated, "it was killed", bench.Master.Now, agent.Id, Sequence: sequence),
                TaskState.Failed));
            bench.Advance(0.1);
        }
        Assert.Equal(new GangEvent.HostLost("node1", "it was killed"), Assert.Single(gang.Told.OfType<GangEvent.HostLost>()));
    }

    [Fact]
    public void A_host_that_is_done_is_not_lost()
    {
        var bench = new GangBench();
        var agent = bench.Agent("node1");
        var gang = bench.Start("job", slots: 2);
        bench.Advance(1);
        agent.Call(new AgentCall.Update(gang.Connection.Id, new TaskStatus(new TaskId("ranks-1"), TaskState.Finished,
            StatusSource.Executor, StatusReason.None, "", bench.Master.Now, agent.Id, Sequence: 2), TaskState.Finished));
        bench.Advance(0.1);
        Assert.IsType<GangEvent.Ready>(Assert.Single(gang.Told));
    }

    [Fact]
    public void An_offer_that_was_gone_when_it_was_taken_makes_the_gang_start_over()
    {
        var told = new List<GangEvent>();
        var request = new GangRequest("job", "ann", "default", 2, Resources.Of(1, 256), Mapping.Slot, null,
            TimeSpan.FromMinutes(1), ["agora-mpi", "host"], "token");
        var scheduler = new GangScheduler(request, new Random(1), told.Add);
        var now = DateTimeOffset.UnixEpoch;
        List<SchedulerCall> calls = [];
        scheduler.Handle(now, new SchedulerEvent.Subscribed(new FrameworkId("f"), 1, TimeSpan.FromSeconds(5), Resources.Empty), calls);
        scheduler.Handle(now, Offers(1), calls);
        var task = Assert.Single(Assert.Single(calls.OfType<SchedulerCall.Accept>()).Tasks);
        calls.Clear();
        scheduler.Handle(now, new SchedulerEvent.Update(new TaskStatus(task.Id, TaskState.Dropped, StatusSource.Master,
            StatusReason.InvalidOffers, "the offer has expired", now)), calls);
        Assert.Contains(calls, c => c is SchedulerCall.Revive);
        scheduler.Handle(now, Offers(2), calls);
        Assert.NotEqual(task.Id, Assert.Single(Assert.Single(calls.OfType<SchedulerCall.Accept>()).Tasks).Id);
        Assert.Empty(told);

        static SchedulerEvent.Offers Offers(long number) => new([new Offer(new OfferId(1, number), new FrameworkId("f"),
            new AgentId("agent1"), "node1", "127.0.0.1", 80, Resources.Of(2, 2048), Attributes.Empty, [], DateTimeOffset.MaxValue)]);
    }
}
