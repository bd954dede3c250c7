using Agora.Cluster;
using Xunit;

namespace Agora.Tests.Fast.Cluster;

/// <summary>The master, through its one door. Each file holds the tests of the part of the master it is named after.</summary>
public partial class MasterTests
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OneHour = TimeSpan.FromHours(1);

    /// <summary>Moments before and after a refusal, timeout or grace ends.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(10);

    [Fact]
    public void A_subscriber_without_an_id_is_given_one()
    {
        var bench = new MasterBench(new MasterOptions { Epoch = 7 });
        var first = bench.Subscribe("a");
        var second = bench.Subscribe("b");
        Assert.Equal("framework-7-1", first.Id.Value);
        Assert.Equal("framework-7-2", second.Id.Value);
        Assert.Equal(7, Assert.Single(first.Take<SchedulerEvent.Subscribed>()).Epoch);
    }

    [Fact]
    public void An_id_from_a_former_master_is_taken_over() =>
        Assert.Equal("framework-1-9", new MasterBench().Subscribe(id: new FrameworkId("framework-1-9")).Id.Value);

    [Fact]
    public void Subscribing_again_with_the_id_closes_the_older_connection_with_a_fatal_error()
    {
        var bench = new MasterBench();
        bench.Register();
        var older = bench.Subscribe();
        bench.Pass();
        Assert.Single(older.Offers);
        var newer = bench.Subscribe(id: older.Id);
        Assert.Contains("another scheduler subscribed as framework-1-1", older.Error(fatal: true), StringComparison.Ordinal);
        Assert.True(older.Closed);
        Assert.Equal(older.Id, newer.Id);
        // The host closes the older connection, which must not be taken for the framework's own.
        bench.Handle(new MasterEvent.SchedulerDisconnected(older.Connection));
        bench.Pass();
        Assert.Single(newer.Offers);
    }

    [Fact]
    public void A_framework_that_has_ended_cannot_come_back()
    {
        var bench = new MasterBench();
        var framework = bench.Subscribe();
        framework.Call(new SchedulerCall.Teardown());
        var again = bench.Subscribe(id: framework.Id);
        Assert.Equal("subscription refused: framework framework-1-1 has ended; subscribe without an id to start a new one",
            again.Error(fatal: true));
        Assert.True(again.Closed);
    }

    [Fact]
    public void A_framework_cannot_change_its_role()
    {
        var bench = new MasterBench();
        var framework = bench.Subscribe(role: "batch");
        var again = bench.Subscribe(role: "web", id: framework.Id);
        Assert.Contains("is of role 'batch' and cannot change to 'web'", again.Error(fatal: true), StringComparison.Ordinal);
        Assert.False(framework.Closed);
    }

    [Fact]
    public void Anything_before_Subscribe_is_a_fatal_error()
    {
        var bench = new MasterBench();
        var stranger = bench.Connect();
        stranger.Call(new SchedulerCall.Revive());
        Assert.Equal("Revive before Subscribe: the first call must be Subscribe", stranger.Error(fatal: true));
        Assert.True(stranger.Closed);
    }

    [Fact]
    public void A_second_Subscribe_on_one_connection_is_refused_and_the_first_stands()
    {
        var bench = new MasterBench();
        bench.Register();
        var framework = bench.Subscribe();
        framework.Call(new SchedulerCall.Subscribe(new FrameworkInfo(null, "other")));
        Assert.Contains("has subscribed framework-1-1 already", framework.Error(), StringComparison.Ordinal);
        bench.Pass();
        Assert.Single(framework.Offers);
    }

    [Theory]
    [InlineData("", "default", 0, "the framework has no name")]
    [InlineData("f", "-batch", 0, "'-batch' is not a role name")]
    [InlineData("f", "two words", 0, "'two words' is not a role name")]
    [InlineData("f", "", 0, "'' is not a role name")]
    [InlineData("f", "default", -1, "failover timeout -00:00:01 is negative")]
    public void A_subscription_that_makes_no_sense_is_refused(string name, string role, int failoverSeconds, string why)
    {
        var bench = new MasterBench();
        var framework = bench.Subscribe(name, role, failover: OneSecond * failoverSeconds);
        Assert.Contains(why, framework.Error(fatal: true), StringComparison.Ordinal);
        Assert.True(framework.Closed);
        Assert.Empty(bench.Snapshot.Frameworks);
    }

    [Fact]
    public void A_scheduler_is_sent_heartbeats_until_it_is_gone()
    {
        var bench = new MasterBench();
        var framework = bench.Subscribe(failover: OneHour);
        bench.Advance(bench.Options.HeartbeatInterval * 3);
        Assert.Equal(3, framework.Take<SchedulerEvent.Heartbeat>().Count);
        framework.Disconnect();
        bench.Advance(bench.Options.HeartbeatInterval * 3);
        Assert.Empty(framework.Take<SchedulerEvent.Heartbeat>());
    }

    [Fact]
    public void Without_a_failover_timeout_a_framework_ends_with_its_scheduler()
    {
        var bench = new MasterBench();
        var agent = bench.Register();
        var framework = bench.Subscribe();
        bench.Pass();
        framework.Launch("t1");
        framework.Disconnect();
        Assert.Equal(framework.Id, Assert.Single(agent.Take<AgentCommand.ShutdownFramework>()).FrameworkId);
        Assert.Equal(FrameworkCondition.Completed, bench.View(framework).Condition);
        Assert.Equal(TaskState.Killed, bench.Task("t1")!.State);
        Assert.True(bench.View(agent).Used.IsEmpty);
    }

    [Fact]
    public void Tasks_of_a_framework_with_a_failover_timeout_go_on_until_its_scheduler_is_back()
    {
        var bench = new MasterBench();
        var agent = bench.Register();
        var framework = bench.Subscribe(failover: OneSecond * 10);
        bench.Pass();
        framework.Launch("t1");
        framework.Disconnect();
        Assert.Equal(FrameworkCondition.Disconnected, bench.View(framework).Condition);
        bench.Advance(OneSecond * 10 - Moment);
        var back = bench.Subscribe(id: framework.Id, failover: OneSecond * 10);
        bench.Advance(OneSecond * 30);
        Assert.Empty(agent.Take<AgentCommand.ShutdownFramework>());
        Assert.Equal(FrameworkCondition.Active, bench.View(back).Condition);
        Assert.Equal(1, bench.View(back).RunningTasks);
    }

    [Fact]
    public void A_framework_whose_failover_timeout_runs_out_ends()
    {
        var bench = new MasterBench();
        var agent = bench.Register();
        var framework = bench.Subscribe(failover: OneSecond * 10);
        bench.Pass();
        framework.Launch("t1");
        framework.Disconnect();
        bench.Advance(OneSecond * 10 - Moment);
        Assert.Empty(agent.Take<AgentCommand.ShutdownFramework>());
        bench.Advance(Moment);
        Assert.Single(agent.Take<AgentCommand.ShutdownFramework>());
    }

    [Fact]
    public void A_disconnected_frameworks_offers_go_to_others_at_once()
    {
        var bench = new MasterBench();
        bench.Register();
        var first = bench.Subscribe("a", failover: OneHour);
        bench.Pass();
        var second = bench.Subscribe("b");
        bench.Pass();
        Assert.Empty(second.Offers);
        first.Disconnect();
        bench.Pass();
        Assert.Single(second.Offers);
    }

    [Fact]
    public void Teardown_kills_everything_and_forgets_the_framework()
    {
        var bench = new MasterBench();
        var (one, two, never) = (bench.Register("node1"), bench.Register("node2"), bench.Register("node3"));
        var framework = bench.Subscribe();
        bench.Pass();
        foreach (var offer in framework.Offers.Take(2).ToList())
            framework.Accept(offer, Tasks.OnExecutor($"on-{offer.Hostname}", offer.AgentId));
        framework.Call(new SchedulerCall.Teardown());
        Assert.Single(one.Take<AgentCommand.ShutdownFramework>());
        Assert.Single(two.Take<AgentCommand.ShutdownFramework>());
        Assert.Empty(never.Take<AgentCommand.ShutdownFramework>());
        Assert.Contains("has ended: torn down by its scheduler", framework.Error(fatal: true), StringComparison.Ordinal);
        Assert.True(bench.Snapshot.Used.IsEmpty);
        var other = bench.Subscribe("other");
        bench.Pass();
        Assert.Equal(3, other.Offers.Count);
    }

    [Fact]
    public void An_update_for_a_framework_that_is_gone_is_answered_with_its_shutdown()
    {
        var bench = new MasterBench();
        var agent = bench.Register();
        var framework = bench.Subscribe();
        framework.Call(new SchedulerCall.Teardown());
        agent.Report(framework, "t1", TaskState.Running);
        Assert.Equal(framework.Id, Assert.Single(agent.Take<AgentCommand.ShutdownFramework>()).FrameworkId);
    }

    [Fact]
    public void No_more_ended_frameworks_are_remembered_than_the_limit()
    {
        var bench = new MasterBench(new MasterOptions { Limits = new Limits { CompletedFrameworksMax = 2 } });
        for (var i = 1; i <= 3; i++)
            bench.Subscribe($"f{i}").Call(new SchedulerCall.Teardown());
        Assert.Equal(["f2", "f3"], bench.Snapshot.Frameworks.Select(f => f.Info.Name));
        // It is not shown any more, and still cannot come back.
        Assert.Contains("has ended", bench.Subscribe(id: new FrameworkId("framework-1-1")).Error(fatal: true), StringComparison.Ordinal);
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused_all_at_once()
    {
        var error = Assert.Throws<ArgumentException>(() => new MasterBench(
            new MasterOptions { Epoch = 0, OfferTimeout = TimeSpan.Zero, PingsMissedMax = 0 }));
        Assert.Contains("epoch 0 is not positive", error.Message, StringComparison.Ordinal);
        Assert.Contains("offer timeout 00:00:00 is below 10 ms", error.Message, StringComparison.Ordinal);
        Assert.Contains("pings missed 0 is below 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Messages_pass_both_ways_between_scheduler_and_executor()
    {
        var bench = new MasterBench();
        var agent = bench.Register();
        var framework = bench.Subscribe();
        bench.Pass();
        framework.Accept(framework.Offer, Tasks.OnExecutor("t1", agent.Id));
        framework.Call(new SchedulerCall.Message(agent.Id, Tasks.Executor.Id, new byte[] { 1, 2 }));
        Assert.Equal([1, 2], Assert.Single(agent.Take<AgentCommand.Message>()).Data.ToArray());
        agent.Call(new AgentCall.Message(framework.Id, Tasks.Executor.Id, new byte[] { 3 }));
        Assert.Equal([3], Assert.Single(framework.Take<SchedulerEvent.Message>()).Data.ToArray());
    }
}
