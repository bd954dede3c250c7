using Agora.Sdk;
using Xunit;
using static Agora.Tests.Fast.Sdk.SessionBench;

namespace Agora.Tests.Fast.Sdk;

public class SchedulerSessionConnectionTests
{
    [Fact]
    public void The_first_tick_connects_and_the_connection_begins_with_Subscribe()
    {
        var bench = new SessionBench();
        Assert.Equal([new SessionOutput.Connect(1)], bench.Do(new SessionInput.Tick()));
        Assert.Equal(
            [new SessionOutput.Send(bench.Scheduler.Subscription)], bench.Do(new SessionInput.Connected(1)));
        bench.Receive(new SchedulerEvent.Subscribed(Framework, 1, Heartbeat, Resources.Empty));
        Assert.IsType<SchedulerEvent.Subscribed>(Assert.Single(bench.Scheduler.Heard));
        Assert.Equal(Framework, bench.Id);
    }

    [Fact]
    public void Failing_connections_are_tried_again_after_waits_that_double_up_to_15_s()
    {
        var bench = new SessionBench();
        bench.Do(new SessionInput.Tick());
        var waits = new List<double>();
        for (var i = 0; i < 10; i++)
        {
            bench.Disconnect();
            waits.Add((bench.NextDeadline!.Value - bench.Now).TotalSeconds);
            Assert.Equal([new SessionOutput.Connect(i + 2)], bench.AdvanceToDeadline());
        }
        // Half of 0.1 s · 2ⁿ, at most half of 15 s.
        Assert.Equal([0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 7.5, 7.5], waits);
    }

    [Fact]
    public void A_connection_that_was_subscribed_makes_the_next_wait_short_again()
    {
        var bench = new SessionBench().Subscribed();
        for (var i = 0; i < 8; i++)
        {
            bench.Disconnect();
            bench.AdvanceToDeadline();
        }
        bench.Subscribed().Disconnect();
        Assert.Equal(0.05, (bench.NextDeadline!.Value - bench.Now).TotalSeconds);
    }

    [Fact]
    public void Once_another_master_leads_it_connects_soon_however_long_it_had_failed()
    {
        var bench = new SessionBench();
        bench.Do(new SessionInput.Tick());
        for (var i = 0; i < 8; i++)
        {
            bench.Disconnect();
            bench.AdvanceToDeadline();
        }
        bench.Disconnect();
        bench.Do(new SessionInput.Elected());
        Assert.Equal(0.05, (bench.NextDeadline!.Value - bench.Now).TotalSeconds);
        Assert.Equal([new SessionOutput.Connect(10)], bench.AdvanceToDeadline());
        // While it connects already there is nothing to hurry.
        Assert.Empty(bench.Do(new SessionInput.Elected()));
    }

    [Fact]
    public void A_master_of_an_older_epoch_is_left_and_its_subscription_not_heard_of()
    {
        var bench = new SessionBench();
        bench.Do(new SessionInput.Tick());
        bench.Do(new SessionInput.Connected(1));
        bench.Receive(new SchedulerEvent.Subscribed(Framework, 5, Heartbeat, Resources.Empty));
        bench.Disconnect();
        bench.AdvanceToDeadline();
        bench.Do(new SessionInput.Connected(2));
        var outputs = bench.Receive(new SchedulerEvent.Subscribed(Framework, 4, Heartbeat, Resources.Empty));
        Assert.Equal([new SessionOutput.Close(2)], outputs);
        Assert.Equal(5, Assert.Single(bench.Scheduler.Heard.OfType<SchedulerEvent.Subscribed>()).Epoch);
        Assert.Equal([new SessionOutput.Connect(3)], bench.AdvanceToDeadline());
    }

    [Fact]
    public void A_connection_that_is_not_made_in_time_is_given_up()
    {
        var bench = new SessionBench();
        bench.Do(new SessionInput.Tick());
        Assert.Equal(
            [new SessionOutput.Close(1), new SessionOutput.Connect(2)], bench.Advance(TimeSpan.FromSeconds(10.1)));
    }

    [Fact]
    public void It_comes_back_as_the_same_framework()
    {
        var bench = new SessionBench().Subscribed();
        bench.Disconnect();
        bench.Subscribed();
        Assert.Equal([null, Framework], bench.Sent.OfType<SchedulerCall.Subscribe>().Select(s => s.Framework.Id));
    }

    [Fact]
    public void A_scheduler_that_brings_its_id_subscribes_with_it()
    {
        var scheduler = new ScriptedScheduler { Subscription = new(new FrameworkInfo(Framework, "test")) };
        var bench = new SessionBench(null, scheduler).Subscribed();
        Assert.Equal(Framework, bench.Sent.OfType<SchedulerCall.Subscribe>().Single().Framework.Id);
    }

    [Fact]
    public void Five_missed_heartbeats_break_the_connection()
    {
        var bench = new SessionBench().Subscribed();
        bench.Advance(Heartbeat * 4.9);
        bench.Receive(new SchedulerEvent.Heartbeat());
        Assert.Empty(bench.Advance(Heartbeat * 4.9));
        Assert.Equal(
            [new SessionOutput.Close(1), new SessionOutput.Connect(2)], bench.Advance(Heartbeat * 0.2));
        Assert.DoesNotContain(bench.Scheduler.Heard, e => e is SchedulerEvent.Heartbeat);
    }

    [Fact]
    public void A_master_that_does_not_answer_Subscribe_is_left()
    {
        var bench = new SessionBench();
        bench.Do(new SessionInput.Tick());
        bench.Do(new SessionInput.Connected(1));
        Assert.Contains(new SessionOutput.Close(1), bench.Advance(TimeSpan.FromSeconds(76)));
    }

    [Fact]
    public void What_comes_late_from_an_older_connection_is_ignored()
    {
        var bench = new SessionBench().Subscribed();
        bench.Disconnect();
        bench.Subscribed();
        var heard = bench.Scheduler.Heard.Count;
        Assert.Empty(bench.Do(new SessionInput.FromMaster(1, new SchedulerEvent.Offers([Offer(1)]))));
        Assert.Empty(bench.Do(new SessionInput.Disconnected(1, "late")));
        Assert.Empty(bench.Do(new SessionInput.Connected(1)));
        Assert.Equal(heard, bench.Scheduler.Heard.Count);
    }

    [Fact]
    public void A_takeover_makes_a_waiting_scheduler_the_active_one()
    {
        var bench = new SessionBench();
        bench.Do(new SessionInput.Tick());
        bench.Do(new SessionInput.Connected(1));
        bench.Advance(Heartbeat * 4);
        bench.Receive(new SchedulerEvent.Heartbeat());
        bench.Advance(Heartbeat * 4);
        bench.Receive(new SchedulerEvent.Takeover(Framework));
        Assert.Equal([new SessionOutput.Send(new SchedulerCall.Revive())], bench.Call(new SchedulerCall.Revive()));
        Assert.Equal(Framework, bench.Id);
    }

    [Fact]
    public void A_fatal_error_is_told_and_ends_the_session()
    {
        var bench = new SessionBench().Subscribed();
        Assert.Equal([new SessionOutput.Close(1), new SessionOutput.Ended("another scheduler came")],
            bench.Receive(new SchedulerEvent.Error("another scheduler came", true)));
        Assert.IsType<SchedulerEvent.Error>(bench.Scheduler.Heard[^1]);
        Assert.Null(bench.NextDeadline);
        Assert.Empty(bench.Do(new SessionInput.Tick()));
    }

    [Fact]
    public void An_error_that_is_not_fatal_is_only_told()
    {
        var bench = new SessionBench().Subscribed();
        Assert.Empty(bench.Receive(new SchedulerEvent.Error("no such agent", false)));
        Assert.IsType<SchedulerEvent.Error>(bench.Scheduler.Heard[^1]);
    }

    [Fact]
    public void Stopping_leaves_without_teardown() =>
        Assert.Equal([new SessionOutput.Close(1), new SessionOutput.Ended(null)],
            new SessionBench().Subscribed().Do(new SessionInput.Stop()));

    [Fact]
    public void The_scheduler_is_ticked_once_its_deadline_is_reached_connected_or_not()
    {
        var bench = new SessionBench();
        bench.Do(new SessionInput.Tick());
        bench.Disconnect();
        bench.Scheduler.NextDeadline = bench.Now + TimeSpan.FromSeconds(0.01);
        bench.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(0.01)], bench.Scheduler.Ticks);
        bench.Subscribed();
        bench.Scheduler.NextDeadline = bench.Now + TimeSpan.FromSeconds(5);
        Assert.Equal(
            [new SessionOutput.Send(new SchedulerCall.Revive())], bench.Advance(TimeSpan.FromSeconds(5)));
    }
}
