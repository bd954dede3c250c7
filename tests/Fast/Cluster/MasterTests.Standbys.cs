using Agora.Cluster;
using Xunit;

namespace Agora.Tests.Fast.Cluster;

public partial class MasterTests
{
    [Fact]
    public void A_second_scheduler_stands_by_and_takes_over_when_the_active_one_is_lost()
    {
        var bench = new MasterBench();
        var agent = bench.Register();
        var id = new FrameworkId("service");
        var active = bench.Subscribe(id: id, failover: OneHour, standby: true);
        var second = bench.Subscribe(id: id, failover: OneHour, standby: true);
        var third = bench.Subscribe(id: id, failover: OneHour, standby: true);
        Assert.Single(active.Take<SchedulerEvent.Subscribed>());
        Assert.Single(second.Take<SchedulerEvent.StandingBy>());
        Assert.Equal(2, bench.View(active).Standbys);
        bench.Pass();
        active.Launch("t1");
        second.Call(new SchedulerCall.Revive());
        Assert.Equal("Revive refused: this scheduler stands by", second.Error());
        bench.Advance(bench.Options.HeartbeatInterval);
        Assert.Single(second.Take<SchedulerEvent.Heartbeat>());

        active.Disconnect();
        Assert.Equal(id, Assert.Single(second.Take<SchedulerEvent.Takeover>()).FrameworkId);
        Assert.Empty(third.Take<SchedulerEvent.Takeover>());
        Assert.Equal((FrameworkCondition.Active, 1), bench.View(second) is var v ? (v.Condition, v.Standbys) : default);
        agent.Report(second, "t1", TaskState.Running);
        Assert.Equal(TaskState.Running, second.Update().State);
        bench.Pass();
        Assert.Single(second.Offers);
        bench.Advance(OneHour * 2);
        // It beats at the same pace as before: 7200 s of 15 s each.
        Assert.Equal(480, second.Take<SchedulerEvent.Heartbeat>().Count);

        // Torn down, it ends for those that stand by as well.
        second.Call(new SchedulerCall.Teardown());
        Assert.Contains("has ended", third.Error(fatal: true), StringComparison.Ordinal);
        Assert.True(third.Closed);
    }

    /// <remarks>What it sends behind the end of its framework may be on its way already.</remarks>
    [Fact]
    public void A_scheduler_that_would_stand_by_may_end_its_framework_and_subscribe_again_in_one_breath()
    {
        var bench = new MasterBench();
        var first = bench.Subscribe(failover: OneHour, standby: true);
        var ended = first.Id;
        first.Call(new SchedulerCall.Teardown());
        first.Call(new SchedulerCall.Subscribe(new FrameworkInfo(null, "next"), Standby: true));
        Assert.NotEqual(ended, first.Take<SchedulerEvent.Subscribed>()[^1].FrameworkId);
        bench.Advance(bench.Options.HeartbeatInterval);
    }

    [Fact]
    public void A_scheduler_that_would_stand_by_is_the_active_one_if_there_is_none()
    {
        var bench = new MasterBench();
        var first = bench.Subscribe(failover: OneHour, standby: true);
        first.Disconnect();
        var second = bench.Subscribe(id: first.Id, failover: OneHour, standby: true);
        Assert.Single(second.Take<SchedulerEvent.Subscribed>());
        // And the failover timeout that ran has ended.
        bench.Advance(OneHour * 2);
        Assert.False(second.Closed);
    }

    [Fact]
    public void A_standby_that_goes_is_not_called_and_the_failover_timeout_runs_when_none_is_left()
    {
        var bench = new MasterBench();
        var active = bench.Subscribe(failover: OneHour, standby: true);
        var standby = bench.Subscribe(id: active.Id, failover: OneHour, standby: true);
        standby.Disconnect();
        active.Disconnect();
        Assert.Empty(standby.Take<SchedulerEvent.Takeover>());
        bench.Advance(OneHour);
        Assert.Equal(FrameworkCondition.Completed, bench.View(active).Condition);
    }

    [Fact]
    public void More_schedulers_than_may_stand_by_are_refused()
    {
        var bench = new MasterBench(new MasterOptions { Limits = new Limits { StandbysMax = 1 } });
        var active = bench.Subscribe(standby: true);
        bench.Subscribe(id: active.Id, standby: true);
        var third = bench.Subscribe(id: active.Id, standby: true);
        Assert.Equal("subscription refused: 1 schedulers of framework-1-1 stand by already", third.Error(fatal: true));
    }

    [Fact]
    public void A_scheduler_that_is_silent_is_replaced_if_another_stands_by_and_only_then()
    {
        var bench = new MasterBench();
        var active = bench.Subscribe(failover: OneHour, standby: true);
        active.AnswersHeartbeats = false;
        // One that stands still may go on when it wakes up, as long as nobody else can.
        bench.Advance(bench.Options.HeartbeatInterval * 20);
        Assert.False(active.Closed);
        var standby = bench.Subscribe(id: active.Id, failover: OneHour, standby: true);
        bench.Advance(bench.Options.HeartbeatInterval);
        Assert.Single(standby.Take<SchedulerEvent.Takeover>());
        Assert.True(active.Closed);
        // Back again, it stands by.
        var back = bench.Subscribe(id: active.Id, failover: OneHour, standby: true);
        Assert.Single(back.Take<SchedulerEvent.StandingBy>());
        bench.Advance(bench.Options.HeartbeatInterval * 20);
        Assert.False(standby.Closed);
        Assert.False(back.Closed);
    }

    [Fact]
    public void A_scheduler_is_replaced_after_five_heartbeats_without_an_answer()
    {
        var bench = new MasterBench();
        var active = bench.Subscribe(failover: OneHour, standby: true);
        var standby = bench.Subscribe(id: active.Id, failover: OneHour, standby: true);
        bench.Advance(bench.Options.HeartbeatInterval * 3);
        active.AnswersHeartbeats = false;
        bench.Advance(bench.Options.HeartbeatInterval * 6 - Moment);
        Assert.False(active.Closed);
        bench.Advance(Moment);
        Assert.True(active.Closed);
        Assert.Single(standby.Take<SchedulerEvent.Takeover>());
    }

    [Fact]
    public void One_that_stands_by_and_is_silent_is_passed_over_and_then_let_go()
    {
        var bench = new MasterBench();
        var active = bench.Subscribe(failover: OneHour, standby: true);
        var silent = bench.Subscribe(id: active.Id, failover: OneHour, standby: true);
        var awake = bench.Subscribe(id: active.Id, failover: OneHour, standby: true);
        silent.AnswersHeartbeats = false;
        bench.Advance(bench.Options.HeartbeatInterval * 3);
        active.Disconnect();
        Assert.Empty(silent.Take<SchedulerEvent.Takeover>());
        Assert.Single(awake.Take<SchedulerEvent.Takeover>());
        bench.Advance(bench.Options.HeartbeatInterval * 3);
        Assert.True(silent.Closed);
        Assert.Equal(0, bench.View(awake).Standbys);
    }
}
