using Agora.Sdk;
using CsCheck;
using Xunit;
using static Agora.Tests.Fast.Sdk.SessionBench;

namespace Agora.Tests.Fast.Sdk;

public class SchedulerSessionCallTests
{
    private static readonly FrameworkFilters BigOnes = new(AtLeast: Resources.Of(4, 0));

    [Fact]
    public void Offers_die_with_their_connection_and_the_scheduler_is_told_which()
    {
        var bench = new SessionBench().Subscribed();
        bench.Receive(new SchedulerEvent.Offers([.. Enumerable.Range(1, 5).Select(i => Offer(i))]));
        bench.Receive(new SchedulerEvent.Rescind([new OfferId(1, 2)]));
        bench.Call(Accept(3, "t"));
        bench.Call(new SchedulerCall.Decline([new OfferId(1, 4)]));
        bench.Disconnect();
        var rescind = Assert.IsType<SchedulerEvent.Rescind>(bench.Scheduler.Heard[^1]);
        Assert.Equal([new OfferId(1, 1), new OfferId(1, 5)], rescind.OfferIds);
        bench.Subscribed().Disconnect();
        Assert.Equal(2, bench.Scheduler.Heard.OfType<SchedulerEvent.Rescind>().Count());
    }

    [Theory]
    [InlineData(FrameworkCapabilities.PartitionAware, TaskState.Dropped)]
    [InlineData(FrameworkCapabilities.None, TaskState.Lost)]
    public void Tasks_accepted_without_a_connection_are_reported_as_dropped(FrameworkCapabilities can, TaskState state)
    {
        var scheduler = new ScriptedScheduler
        {
            Subscription = new(new FrameworkInfo(null, "test", Capabilities: can)),
            Answer = e => e is SchedulerEvent.Rescind ? [Accept(1, "a", "b")] : [],
        };
        var bench = new SessionBench(null, scheduler).Subscribed();
        bench.Receive(new SchedulerEvent.Offers([Offer(1)]));
        Assert.Empty(bench.Disconnect());
        var updates = scheduler.Heard.OfType<SchedulerEvent.Update>().Select(u => u.Status).ToList();
        Assert.Equal(["a", "b"], updates.Select(u => u.TaskId.Value));
        Assert.All(updates, u => Assert.Equal(
            (state, StatusSource.Master, StatusReason.InvalidOffers, 0L, (AgentId?)Agent),
            (u.State, u.Source, u.Reason, u.Sequence, u.AgentId)));
    }

    [Fact]
    public void A_decline_without_a_connection_is_of_no_use_and_goes_nowhere()
    {
        var bench = new SessionBench();
        bench.Call(new SchedulerCall.Decline([new OfferId(1, 1)]));
        bench.Subscribed();
        Assert.IsType<SchedulerCall.Subscribe>(Assert.Single(bench.Sent));
    }

    [Fact]
    public void What_is_said_about_offers_without_a_connection_becomes_part_of_the_next_Subscribe()
    {
        Hint[] hints = [new Hint(["host"], Resources.Of(1, 64), 3, DateTimeOffset.MaxValue)];
        var bench = new SessionBench().Subscribed();
        bench.Disconnect();
        bench.Call(new SchedulerCall.Suppress());
        bench.Call(new SchedulerCall.SetFilters(BigOnes));
        bench.Call(new SchedulerCall.UpdateHints(hints));
        bench.Outputs.Clear();
        bench.Subscribed();
        var subscribe = Assert.IsType<SchedulerCall.Subscribe>(Assert.Single(bench.Sent));
        Assert.True(subscribe.Suppressed);
        Assert.Equal((BigOnes, hints), (subscribe.Filters, subscribe.Hints));
    }

    [Fact]
    public void What_was_said_about_offers_once_holds_for_later_connections_too()
    {
        var bench = new SessionBench().Subscribed();
        bench.Call(new SchedulerCall.SetFilters(BigOnes));
        bench.Call(new SchedulerCall.Suppress());
        bench.Disconnect();
        bench.Outputs.Clear();
        bench.Subscribed();
        var subscribe = bench.Sent.OfType<SchedulerCall.Subscribe>().Single();
        Assert.Equal((true, BigOnes), (subscribe.Suppressed, subscribe.Filters));
    }

    [Fact]
    public void What_a_framework_shows_of_itself_is_told_to_each_master_anew()
    {
        var page = new SchedulerCall.Publish("mine", "{}");
        var bench = new SessionBench();
        bench.Call(new SchedulerCall.Publish("mine", "an older one"));
        bench.Call(page);
        bench.Subscribed();
        Assert.Equal([page], bench.Sent.OfType<SchedulerCall.Publish>());
        bench.Disconnect();
        bench.Outputs.Clear();
        bench.Subscribed();
        Assert.Equal([page], bench.Sent.OfType<SchedulerCall.Publish>());
    }

    [Fact]
    public void A_revive_without_a_connection_is_still_sent_since_it_also_ends_refusals()
    {
        var bench = new SessionBench().Subscribed();
        bench.Call(new SchedulerCall.Suppress());
        bench.Disconnect();
        bench.Call(new SchedulerCall.Revive());
        bench.Call(new SchedulerCall.Revive());
        bench.Outputs.Clear();
        bench.Subscribed();
        Assert.False(bench.Sent.OfType<SchedulerCall.Subscribe>().Single().Suppressed);
        Assert.Single(bench.Sent.OfType<SchedulerCall.Revive>());
    }

    [Fact]
    public void What_is_said_about_offers_after_Subscribe_went_out_is_sent_once_it_is_answered()
    {
        var bench = new SessionBench();
        bench.Do(new SessionInput.Tick());
        bench.Do(new SessionInput.Connected(1));
        Assert.Empty(bench.Call(new SchedulerCall.SetFilters(BigOnes)));
        Assert.Empty(bench.Call(new SchedulerCall.Suppress()));
        Assert.Equal(
            [new SessionOutput.Send(new SchedulerCall.Suppress()),
                new SessionOutput.Send(new SchedulerCall.SetFilters(BigOnes))],
            bench.Receive(new SchedulerEvent.Subscribed(Framework, 1, Heartbeat, Resources.Empty)));
    }

    [Fact]
    public void Other_calls_wait_in_order_for_a_connection_up_to_a_limit_that_is_told_once()
    {
        var bench = new SessionBench(new SchedulerSessionOptions { QueuedCallsMax = 2 }).Subscribed();
        bench.Disconnect();
        SchedulerCall[] calls =
        [
            new SchedulerCall.Kill(new TaskId("a")), new SchedulerCall.Reconcile([]),
            new SchedulerCall.Kill(new TaskId("b")), new SchedulerCall.Kill(new TaskId("c")),
        ];
        foreach (var call in calls)
            bench.Call(call);
        var error = Assert.Single(bench.Scheduler.Heard.OfType<SchedulerEvent.Error>());
        Assert.False(error.Fatal);
        bench.Outputs.Clear();
        bench.Subscribed();
        Assert.Equal(calls[..2], bench.Sent.Skip(1));
    }

    [Fact]
    public void A_Subscribe_of_the_scheduler_s_own_is_answered_with_an_error()
    {
        var bench = new SessionBench().Subscribed();
        Assert.Empty(bench.Call(bench.Scheduler.Subscription));
        Assert.False(Assert.IsType<SchedulerEvent.Error>(bench.Scheduler.Heard[^1]).Fatal);
    }

    [Fact]
    public void Teardown_is_sent_and_ends_the_session() =>
        Assert.Equal(
            [new SessionOutput.Send(new SchedulerCall.Teardown()), new SessionOutput.Close(1),
                new SessionOutput.Ended(null)],
            new SessionBench().Subscribed().Call(new SchedulerCall.Teardown()));

    [Fact]
    public void Teardown_waits_for_a_master_that_knows_the_framework()
    {
        var bench = new SessionBench().Subscribed();
        bench.Disconnect();
        Assert.Empty(bench.Call(new SchedulerCall.Teardown()));
        bench.Call(new SchedulerCall.Kill(new TaskId("a")));
        bench.Outputs.Clear();
        bench.Subscribed();
        Assert.Equal([typeof(SchedulerCall.Subscribe), typeof(SchedulerCall.Teardown)], bench.Sent.Select(c => c.GetType()));
        Assert.Equal(new SessionOutput.Ended(null), bench.Outputs[^1]);
    }

    [Fact]
    public void Teardown_of_a_framework_no_master_has_heard_of_ends_at_once()
    {
        var bench = new SessionBench();
        bench.Do(new SessionInput.Tick());
        bench.Disconnect();
        Assert.Equal([new SessionOutput.Ended(null)], bench.Call(new SchedulerCall.Teardown()));
    }

    [Fact]
    public void Whatever_happens_Subscribe_is_the_first_call_of_a_connection_and_no_update_is_told_twice()
    {
        var tasks = Enumerable.Range(0, 4).Select(i => $"t{i}").ToArray();
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 3], Gen.Int[1, 5]).Array[1, 60].Sample(steps =>
        {
            var bench = new SessionBench();
            foreach (var (what, task, sequence) in steps)
            {
                switch (what)
                {
                    case 0: bench.Do(new SessionInput.Connected(bench.Connection)); break;
                    case 1: bench.Receive(new SchedulerEvent.Subscribed(Framework, 1, Heartbeat, Resources.Empty)); break;
                    case 2: bench.Disconnect(); break;
                    case 3: bench.Advance(TimeSpan.FromSeconds(sequence)); break;
                    case 4: bench.Advance(TimeSpan.FromSeconds(100)); break;
                    case 5: bench.Receive(new SchedulerEvent.Offers([Offer(task)])); break;
                    case 6: bench.Call(Accept(task, tasks[task] + sequence)); break;
                    case 7: bench.Call(new SchedulerCall.Kill(new TaskId(tasks[task]))); break;
                    default: bench.Receive(Update(tasks[task], TaskState.Running, sequence)); break;
                }
            }
            var open = false;
            foreach (var output in bench.Outputs)
            {
                if (output is SessionOutput.Connect)
                    open = false;
                if (output is SessionOutput.Send { Call: var call })
                {
                    Assert.Equal(!open, call is SchedulerCall.Subscribe);
                    open = true;
                }
            }
            var told = bench.Scheduler.Heard.OfType<SchedulerEvent.Update>().Where(u => u.Status.Sequence > 0)
                .Select(u => (u.Status.TaskId, u.Status.Sequence)).ToList();
            Assert.Equal(told.Count, told.Distinct().Count());
            Assert.True(bench.NextDeadline is not null);
        }, iter: 1_000, threads: 1);
    }
}
