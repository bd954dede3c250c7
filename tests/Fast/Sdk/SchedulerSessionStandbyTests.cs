using Agora.Sdk;
using Xunit;
using static Agora.Tests.Fast.Sdk.SessionBench;

namespace Agora.Tests.Fast.Sdk;

public class SchedulerSessionStandbyTests
{
    private static SessionBench StandingBy()
    {
        var bench = new SessionBench(scheduler: new ScriptedScheduler
        {
            Subscription = new SchedulerCall.Subscribe(new FrameworkInfo(Framework, "test"), Standby: true),
        });
        bench.Do(new SessionInput.Tick());
        bench.Do(new SessionInput.Connected(bench.Connection));
        bench.Receive(new SchedulerEvent.StandingBy(Framework, 1, Heartbeat));
        return bench;
    }

    [Fact]
    public void One_that_stands_by_is_told_so_and_sends_nothing_until_it_takes_over()
    {
        var bench = StandingBy();
        Assert.True(Assert.IsType<SchedulerCall.Subscribe>(Assert.Single(bench.Sent)).Standby);
        Assert.IsType<SchedulerEvent.StandingBy>(Assert.Single(bench.Scheduler.Heard));
        bench.Outputs.Clear();
        bench.Call(new SchedulerCall.Kill(new TaskId("t")));
        Assert.Empty(bench.Sent);
        bench.Receive(new SchedulerEvent.Takeover(Framework));
        Assert.IsType<SchedulerEvent.Takeover>(bench.Scheduler.Heard[^1]);
        // What waited goes out, and it asks for all that the former one has launched.
        Assert.Equal(2, bench.Sent.Count());
        Assert.IsType<SchedulerCall.Kill>(bench.Sent.First());
        Assert.Empty(Assert.IsType<SchedulerCall.Reconcile>(bench.Sent.Last()).Tasks);
    }

    [Fact]
    public void The_heartbeats_of_the_master_keep_it_standing_by_and_their_lack_ends_it()
    {
        var bench = StandingBy();
        for (var i = 0; i < 20; i++)
        {
            Assert.Empty(bench.Advance(Heartbeat));
            Assert.Equal([new SessionOutput.Send(new SchedulerCall.Pong())], bench.Receive(new SchedulerEvent.Heartbeat()));
        }
        // Five in a row.
        Assert.Contains(new SessionOutput.Close(bench.Connection), bench.Advance(Heartbeat * 5));
    }

    [Fact]
    public void It_comes_to_the_next_master_after_the_active_one()
    {
        var bench = StandingBy();
        bench.Disconnect();
        // 2 s, and half of the back-off's 0.1 s.
        Assert.Equal(2.05, (bench.NextDeadline!.Value - bench.Now).TotalSeconds);
    }

    [Fact]
    public void A_former_leader_s_word_that_it_stands_by_is_not_heeded()
    {
        var bench = StandingBy();
        bench.Disconnect();
        bench.AdvanceToDeadline();
        bench.Do(new SessionInput.Connected(bench.Connection));
        Assert.Contains(new SessionOutput.Close(bench.Connection), bench.Receive(new SchedulerEvent.StandingBy(Framework, 0, Heartbeat)));
        Assert.Single(bench.Scheduler.Heard);
    }

    [Fact]
    public void One_that_stands_by_cannot_tear_the_framework_down_and_only_leaves()
    {
        var bench = StandingBy();
        bench.Outputs.Clear();
        Assert.Equal([new SessionOutput.Close(bench.Connection), new SessionOutput.Ended(null)], bench.Call(new SchedulerCall.Teardown()));
    }

    private sealed class Mover : IScheduler
    {
        public SchedulerCall.Subscribe Subscription { get; } = new(new FrameworkInfo(null, "mover"));
        public DateTimeOffset? NextDeadline => null;

        public void Handle(DateTimeOffset now, SchedulerEvent e, ICollection<SchedulerCall> calls) => Assert.IsType<SchedulerEvent.Subscribed>(e);

        public string? Leave(DateTimeOffset now, InverseOffer offer, ICollection<SchedulerCall> calls)
        {
            calls.Add(new SchedulerCall.Kill(new TaskId("t")));
            return null;
        }

        public void Tick(DateTimeOffset now, ICollection<SchedulerCall> calls)
        {
        }
    }

    private static SchedulerEvent.InverseOffers Asked(params long[] numbers) => new([.. numbers.Select(n => new InverseOffer(
        new OfferId(1, n), Framework, Agent, "host", Resources.Of(1, 64), new Unavailability(DateTimeOffset.UnixEpoch, null)))]);

    [Fact]
    public void A_scheduler_that_says_nothing_of_maintenance_declines_with_a_reason()
    {
        var bench = new SessionBench().Subscribed();
        bench.Outputs.Clear();
        bench.Receive(Asked(7, 8));
        Assert.All(bench.Sent, c => Assert.Equal("its scheduler does not move tasks by itself", Assert.IsType<SchedulerCall.DeclineInverse>(c).Reason));
        Assert.Equal(2, bench.Sent.Count());
        // It is not bothered with events that it may not know.
        Assert.IsType<SchedulerEvent.Subscribed>(Assert.Single(bench.Scheduler.Heard));
        bench.Receive(new SchedulerEvent.RescindInverse([new OfferId(1, 7)]));
        Assert.Single(bench.Scheduler.Heard);
    }

    [Fact]
    public void A_scheduler_that_leaves_accepts_and_may_do_so_at_once()
    {
        var session = new SchedulerSession(new Mover(), () => 0);
        session.Handle(DateTimeOffset.UnixEpoch, new SessionInput.Tick());
        session.Handle(DateTimeOffset.UnixEpoch, new SessionInput.Connected(1));
        session.Handle(DateTimeOffset.UnixEpoch, new SessionInput.FromMaster(1, new SchedulerEvent.Subscribed(Framework, 1, Heartbeat, Resources.Empty)));
        var sent = session.Handle(DateTimeOffset.UnixEpoch, new SessionInput.FromMaster(1, Asked(7))).Cast<SessionOutput.Send>().Select(s => s.Call).ToList();
        Assert.Equal(2, sent.Count);
        Assert.Equal([new OfferId(1, 7)], Assert.IsType<SchedulerCall.AcceptInverse>(sent[0]).Offers);
        Assert.IsType<SchedulerCall.Kill>(sent[1]);
    }
}
