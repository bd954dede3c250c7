using Agora.Sdk;
using Xunit;
using static Agora.Tests.Fast.Sdk.SessionBench;

namespace Agora.Tests.Fast.Sdk;

public class SchedulerSessionTaskTests
{
    private static SessionOutput.Send Acknowledge(string task, long sequence) =>
        new(new SchedulerCall.Acknowledge(Agent, new TaskId(task), sequence));

    private static List<string[]> Reconciled(IEnumerable<SessionOutput> outputs) =>
    [
        .. outputs.OfType<SessionOutput.Send>().Select(s => s.Call).OfType<SchedulerCall.Reconcile>()
            .Select(r => r.Tasks.Select(t => t.TaskId.Value).ToArray()),
    ];

    [Fact]
    public void An_update_is_acknowledged_after_the_scheduler_has_answered_it()
    {
        var bench = new SessionBench().Subscribed();
        bench.Scheduler.Answer = _ => [new SchedulerCall.Suppress()];
        Assert.Equal([new SessionOutput.Send(new SchedulerCall.Suppress()), Acknowledge("t", 1)],
            bench.Receive(Update("t", TaskState.Running, 1)));
    }

    [Fact]
    public void A_repeated_update_is_acknowledged_again_but_told_once()
    {
        var bench = new SessionBench().Subscribed();
        bench.Receive(Update("t", TaskState.Running, 1));
        bench.Receive(Update("t", TaskState.Finished, 2));
        bench.Disconnect();
        bench.Subscribed();
        var heard = bench.Scheduler.Heard.Count;
        Assert.Equal([Acknowledge("t", 1)], bench.Receive(Update("t", TaskState.Running, 1)));
        Assert.Equal([Acknowledge("t", 2)], bench.Receive(Update("t", TaskState.Finished, 2)));
        Assert.Equal(heard, bench.Scheduler.Heard.Count);
        Assert.Equal([Acknowledge("t", 3)], bench.Receive(Update("t", TaskState.Finished, 3)));
        Assert.Equal(heard + 1, bench.Scheduler.Heard.Count);
    }

    [Theory]
    [InlineData(TaskState.Running, 1, false)]
    [InlineData(TaskState.Unreachable, 0, false)]
    [InlineData(TaskState.Gone, 0, false)]
    [InlineData(TaskState.Failed, 2, false)]
    [InlineData(TaskState.Finished, 2, true)]
    public void After_an_end_that_was_told_in_an_answer_only_the_same_end_is_told(TaskState state, long sequence, bool told)
    {
        var bench = new SessionBench().Subscribed();
        bench.Receive(Update("t", TaskState.Finished, 0));
        var heard = bench.Scheduler.Heard.Count;
        var outputs = bench.Receive(Update("t", state, sequence));
        Assert.Equal(heard + (told ? 1 : 0), bench.Scheduler.Heard.Count);
        // Acknowledged it is, or the agent would never come to the next.
        Assert.Equal(sequence == 0 ? [] : [Acknowledge("t", sequence)], outputs);
    }

    [Fact]
    public void What_is_lost_to_a_framework_that_does_not_tell_partitions_apart_may_come_back()
    {
        var bench = new SessionBench().Subscribed();
        bench.Receive(Update("t", TaskState.Lost, 0));
        bench.Receive(Update("t", TaskState.Running, 1));
        bench.Receive(Update("t", TaskState.Finished, 2));
        Assert.Equal([TaskState.Lost, TaskState.Running, TaskState.Finished],
            bench.Scheduler.Heard.OfType<SchedulerEvent.Update>().Select(u => u.Status.State));
    }

    [Fact]
    public void An_id_that_is_refused_since_a_task_has_it_already_does_not_hide_that_task()
    {
        var bench = new SessionBench().Subscribed();
        bench.Receive(Update("t", TaskState.Error, 0));
        var heard = bench.Scheduler.Heard.Count;
        bench.Receive(Update("t", TaskState.Running, 1));
        bench.Receive(Update("t", TaskState.Finished, 2));
        Assert.Equal(heard + 2, bench.Scheduler.Heard.Count);
    }

    [Fact]
    public void What_the_master_says_itself_is_told_each_time_and_not_acknowledged()
    {
        var bench = new SessionBench().Subscribed();
        Assert.Empty(bench.Receive(Update("t", TaskState.Lost, 0)));
        Assert.Empty(bench.Receive(Update("t", TaskState.Lost, 0)));
        Assert.Equal(2, bench.Scheduler.Heard.OfType<SchedulerEvent.Update>().Count());
    }

    [Fact]
    public void The_scheduler_s_own_acknowledgements_are_not_sent_on() =>
        Assert.Empty(new SessionBench().Subscribed().Call(new SchedulerCall.Acknowledge(Agent, new TaskId("t"), 1)));

    [Fact]
    public void An_ended_task_is_remembered_for_its_time_and_then_forgotten()
    {
        var options = new SchedulerSessionOptions { EndedTaskKept = TimeSpan.FromSeconds(30) };
        var bench = new SessionBench(options).Subscribed();
        bench.Receive(Update("t", TaskState.Finished, 1));
        bench.Advance(TimeSpan.FromSeconds(29));
        bench.Receive(Update("t", TaskState.Finished, 1));
        Assert.Single(bench.Scheduler.Heard.OfType<SchedulerEvent.Update>());
        bench.Advance(TimeSpan.FromSeconds(1));
        bench.Receive(new SchedulerEvent.Heartbeat());
        bench.Receive(Update("t", TaskState.Finished, 1));
        Assert.Equal(2, bench.Scheduler.Heard.OfType<SchedulerEvent.Update>().Count());
    }

    [Fact]
    public void Only_so_many_ended_tasks_are_remembered_and_live_ones_always()
    {
        var bench = new SessionBench(new SchedulerSessionOptions { EndedTasksMax = 2 }).Subscribed();
        bench.Receive(Update("alive", TaskState.Running, 1));
        foreach (var task in (string[])["a", "b", "c"])
            bench.Receive(Update(task, TaskState.Finished, 1));
        foreach (var task in (string[])["b", "c", "alive"])
            bench.Receive(Update(task, TaskState.Finished, 1));
        Assert.Equal(4, bench.Scheduler.Heard.OfType<SchedulerEvent.Update>().Count());
        bench.Receive(Update("a", TaskState.Finished, 1));
        Assert.Equal(5, bench.Scheduler.Heard.OfType<SchedulerEvent.Update>().Count());
    }

    [Fact]
    public void An_id_that_is_launched_anew_counts_from_the_beginning()
    {
        var bench = new SessionBench().Subscribed();
        bench.Call(Accept(1, "t"));
        bench.Receive(Update("t", TaskState.Finished, 1));
        bench.Call(Accept(2, "t"));
        bench.Receive(Update("t", TaskState.Running, 1));
        Assert.Equal([TaskState.Finished, TaskState.Running],
            bench.Scheduler.Heard.OfType<SchedulerEvent.Update>().Select(u => u.Status.State));
        bench.Disconnect();
        bench.Subscribed();
        Assert.Equal([["t"]], Reconciled(bench.Outputs));
    }

    [Fact]
    public void Tasks_that_live_are_asked_about_after_each_reconnection_until_all_are_answered()
    {
        var bench = new SessionBench().Subscribed();
        bench.Call(Accept(1, "a", "b", "c", "ended"));
        bench.Receive(Update("ended", TaskState.Finished, 1));
        Assert.Empty(Reconciled(bench.Outputs));
        bench.Disconnect();
        bench.Subscribed();
        Assert.Equal([["a", "b", "c"]], Reconciled(bench.Outputs));

        bench.Receive(Update("b", TaskState.Running, 0));
        Assert.Empty(Reconciled(bench.Advance(TimeSpan.FromSeconds(0.49))));
        Assert.Equal([["a", "c"]], Reconciled(bench.Advance(TimeSpan.FromSeconds(0.02))));
        bench.Receive(Update("a", TaskState.Finished, 1));
        bench.Receive(Update("c", TaskState.Unreachable, 0));
        Assert.Empty(Reconciled(bench.Advance(TimeSpan.FromSeconds(60))));

        bench.Disconnect();
        bench.Outputs.Clear();
        bench.Subscribed();
        Assert.Equal([["b", "c"]], Reconciled(bench.Outputs));
    }

    [Fact]
    public void The_waits_between_two_questions_double_up_to_a_minute()
    {
        var bench = new SessionBench().Subscribed();
        bench.Call(Accept(1, "t"));
        bench.Disconnect();
        bench.Subscribed();
        var asked = new List<double>();
        var start = bench.Now;
        while (asked.Count < 9)
        {
            // The master is there, only silent about the task.
            bench.Receive(new SchedulerEvent.Heartbeat());
            if (Reconciled(bench.AdvanceToDeadline()).Count == 1)
                asked.Add((bench.Now - start).TotalSeconds);
        }
        // Half of 1, 2, 4, 8, 16, 32, 60, 60, 60 s after one another.
        Assert.Equal([0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 61.5, 91.5, 121.5], asked);
    }

    [Fact]
    public void A_task_that_the_master_does_not_know_is_not_asked_about_again()
    {
        var bench = new SessionBench().Subscribed();
        bench.Call(Accept(1, "t"));
        bench.Disconnect();
        bench.Subscribed();
        bench.Receive(Update("t", TaskState.Unknown, 0));
        bench.Disconnect();
        bench.Outputs.Clear();
        bench.Subscribed();
        Assert.Empty(Reconciled(bench.Outputs));
        Assert.Equal(TaskState.Unknown, bench.Scheduler.Heard.OfType<SchedulerEvent.Update>().Single().Status.State);
    }

    [Fact]
    public void A_lost_task_that_comes_back_is_asked_about_again()
    {
        var bench = new SessionBench().Subscribed();
        bench.Call(Accept(1, "t"));
        bench.Receive(Update("t", TaskState.Lost, 0));
        bench.Receive(Update("t", TaskState.Running, 2));
        bench.Disconnect();
        bench.Subscribed();
        Assert.Equal([["t"]], Reconciled(bench.Outputs));
    }

    [Fact]
    public void Many_tasks_are_asked_about_in_several_calls()
    {
        var bench = new SessionBench(new SchedulerSessionOptions { ReconcileTasksMax = 2 }).Subscribed();
        bench.Call(Accept(1, "a", "b", "c"));
        bench.Disconnect();
        bench.Subscribed();
        Assert.Equal([["a", "b"], ["c"]], Reconciled(bench.Outputs));
    }

    [Fact]
    public void Tasks_launched_on_the_new_connection_are_not_in_doubt()
    {
        var bench = new SessionBench().Subscribed();
        bench.Call(Accept(1, "old"));
        bench.Disconnect();
        bench.Scheduler.Answer = e => e is SchedulerEvent.Subscribed ? [Accept(2, "new")] : [];
        bench.Subscribed();
        Assert.Equal([["old"]], Reconciled(bench.Outputs));
    }
}
