using Xunit;
using static Agora.Tests.Fast.Spark.Scheduling.SchedulerBench;

namespace Agora.Tests.Fast.Spark.Scheduling;

/// <summary>Tasks that fail, are killed or come back.</summary>
public sealed class FailureTests
{
    [Fact]
    public void A_task_is_tried_four_times_and_its_job_fails_with_the_last_error()
    {
        var bench = new SchedulerBench().Node("a", 2).Submit(0, Stage(0, 2, isLast: true));
        bench.Offer();
        for (var i = 1; i <= 4; i++)
        {
            Assert.Empty(bench.Ended);
            bench.Fail(bench.Find(0, 1), $"failure {i}");
            bench.Offer();
        }
        var failure = bench.Ended[0]!;
        Assert.Equal((0, 1, "BadThing", "failure 4", false), (failure.Stage!.Id, failure.Partition, failure.Error!.Type, failure.Error.Message, failure.IsCancelled));
        Assert.Equal("the task for partition 1 of stage 0 (stage 0) failed 4 times, which is as often as it may; on a: BadThing: failure 4", failure.Reason);
        // The other task is of no use any more.
        Assert.Equal(bench.Find(0, 0).Spec.Id, Assert.Single(bench.Calls.OfType<SchedulerCall.Kill>()).TaskId);
        bench.Succeed(bench.Find(0, 0));
        Assert.Empty(bench.Results);
        Assert.Equal(4, bench.View(0).Failed);
    }

    [Fact]
    public void Failures_of_different_tasks_do_not_add_up()
    {
        var bench = new SchedulerBench().Node("a", 8).Submit(0, Stage(0, 8, isLast: true));
        for (var i = 0; i < 3; i++)
        {
            bench.Offer();
            foreach (var task in bench.Live.ToArray())
                bench.Fail(task);
        }
        bench.RunAll();
        Assert.Null(bench.Ended[0]);
    }

    [Fact]
    public void An_error_that_no_attempt_can_mend_fails_the_job_at_once()
    {
        var bench = new SchedulerBench().Node("a", 1).Submit(0, Stage(0, 1, isLast: true));
        bench.Fail(Assert.Single(bench.Offer()), "no such type", isFinal: true);
        Assert.Contains("no such type", bench.Ended[0]!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void With_one_attempt_allowed_the_first_failure_counts()
    {
        var bench = new SchedulerBench(o => o with { TaskFailuresMax = 1 }).Node("a", 1).Submit(0, Stage(0, 1, isLast: true));
        bench.Fail(Assert.Single(bench.Offer()));
        Assert.Contains("may not be tried again", bench.Ended[0]!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_that_failed_is_tried_on_another_host_first()
    {
        var bench = new SchedulerBench().WithNodes("a", "b").Submit(0, Stage(0, 2, isLast: true));
        bench.Offer();
        var bad = bench.Live.Single(t => t.Host == "a");
        bench.Fail(bad);
        Assert.Empty(bench.Offer("a"));
        Assert.Contains("have just failed on a", bench.Last<SchedulerCall.Decline>().Reason, StringComparison.Ordinal);
        bench.Succeed(bench.Live.Single(t => t.Host == "b"));
        Assert.Equal(bad.Partition, Assert.Single(bench.Offer("b")).Partition);
    }

    [Fact]
    public void Where_no_other_host_becomes_free_the_task_goes_back_after_a_while()
    {
        var bench = new SchedulerBench().WithNodes("a", "b").Submit(0, Stage(0, 2, isLast: true));
        bench.Offer();
        bench.Fail(bench.Live.Single(t => t.Host == "a"));
        bench.Offer("a");
        bench.Advance(bench.Last<SchedulerCall.Decline>().Refuse!.Value.TotalSeconds);
        Assert.Single(bench.Offer("a"));
    }

    [Fact]
    public void Bytes_that_are_no_report_are_a_failure_with_words()
    {
        var bench = new SchedulerBench(o => o with { TaskFailuresMax = 1 }).Node("a", 1).Submit(0, Stage(0, 1, isLast: true));
        bench.Tell(Assert.Single(bench.Offer()), TaskState.Finished, new byte[] { 1, 0, 200 });
        Assert.Contains("ends early", bench.Ended[0]!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_that_is_done_without_a_report_has_failed()
    {
        var bench = new SchedulerBench(o => o with { TaskFailuresMax = 1 }).Node("a", 1).Submit(0, Stage(0, 1, isLast: true));
        bench.Tell(Assert.Single(bench.Offer()), TaskState.Finished);
        Assert.Contains("said so", bench.Ended[0]!.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TaskState.Lost)]
    [InlineData(TaskState.Gone)]
    [InlineData(TaskState.Dropped)]
    [InlineData(TaskState.Unreachable)]
    [InlineData(TaskState.Unknown)]
    [InlineData(TaskState.Killed)]
    public void What_is_no_fault_of_the_task_is_not_counted(TaskState state)
    {
        var bench = new SchedulerBench().Node("a", 1).Submit(0, Stage(0, 1, isLast: true));
        for (var i = 0; i < 10; i++)
            bench.Tell(Assert.Single(bench.Offer()), state, source: StatusSource.Master,
                reason: state == TaskState.Killed ? StatusReason.Revoked : StatusReason.AgentRestarted);
        bench.RunAll();
        Assert.Null(bench.Ended[0]);
        Assert.Single(bench.Results);
    }

    [Fact]
    public void A_lost_task_that_comes_back_is_ended_and_its_result_counts_once()
    {
        var bench = new SchedulerBench().WithNodes("a", "b").Submit(0, Stage(0, 1, isLast: true));
        var first = Assert.Single(bench.Offer("a"));
        bench.Tell(first, TaskState.Unreachable, source: StatusSource.Master);
        var second = Assert.Single(bench.Offer("b"));
        bench.Tell(first, TaskState.Running);
        Assert.Equal(first.Spec.Id, bench.Last<SchedulerCall.Kill>().TaskId);
        bench.End(first, TaskState.Finished, Success(first));
        Assert.Null(bench.Ended[0]);
        Assert.Equal(second.Spec.Id, bench.Last<SchedulerCall.Kill>().TaskId);
        bench.Succeed(second);
        Assert.Single(bench.Results);
    }

    [Fact]
    public void A_lost_task_that_comes_back_done_before_it_was_launched_again_is_not_launched()
    {
        var bench = new SchedulerBench().Node("a", 1).Submit(0, Stage(1, 1, [Stage(0, 1)], isLast: true));
        var map = Assert.Single(bench.Offer());
        bench.Tell(map, TaskState.Unreachable, source: StatusSource.Master);
        bench.End(map, TaskState.Finished, Success(map));
        Assert.Equal(1, Assert.Single(bench.Offer()).Stage);
    }

    [Fact]
    public void That_a_task_has_ended_is_not_taken_for_how_it_has()
    {
        var bench = new SchedulerBench(o => o with { TaskFailuresMax = 1 }).Node("a", 2).Submit(0, Stage(0, 1, isLast: true));
        var task = Assert.Single(bench.Offer());
        bench.Scheduler.Handle(bench.Now, new SchedulerEvent.Update(new TaskStatus(task.Spec.Id, TaskState.Finished,
            StatusSource.Master, StatusReason.Reconciliation, "", bench.Now, AgentOf("a"))), bench.Calls);
        // It runs again, unless what it made comes first.
        Assert.Empty(bench.Ended);
        var again = Assert.Single(bench.Offer());
        bench.Succeed(task);
        Assert.Null(bench.Ended[0]);
        Assert.Equal(again.Spec.Id, bench.Last<SchedulerCall.Kill>().TaskId);
    }

    [Fact]
    public void A_task_that_nobody_knows_is_ended()
    {
        var bench = new SchedulerBench().Node("a", 1).Submit(0, Stage(0, 1, isLast: true));
        var task = Assert.Single(bench.Offer());
        bench.Tell(task with { Spec = task.Spec with { Id = new TaskId("another") } }, TaskState.Running);
        Assert.Equal("another", Assert.Single(bench.Calls.OfType<SchedulerCall.Kill>()).TaskId.Value);
    }

    [Fact]
    public void A_task_that_goes_with_its_executor_is_not_blamed_unless_it_goes_on_like_that()
    {
        var bench = new SchedulerBench().Node("a", 1).Submit(0, Stage(0, 1, isLast: true));
        for (var i = 0; i < 4 + 4; i++)
        {
            Assert.Empty(bench.Ended);
            bench.Tell(Assert.Single(bench.Offer()), TaskState.Running);
            bench.LoseExecutor("a");
        }
        Assert.Contains("executor lost: said so", bench.Ended[0]!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_tasks_to_be_revoked_those_that_cannot_end_in_time_are_ended_at_once_and_run_again()
    {
        var bench = new SchedulerBench().Node("a", 4).Submit(0, Stage(0, 4, isLast: true));
        bench.Offer();
        bench.Advance(10);
        bench.Succeed(bench.Find(0, 3));
        bench.Succeed(bench.Find(0, 2));
        var old = bench.Find(0, 0);
        bench.Fail(bench.Find(0, 1));
        var young = Assert.Single(bench.Offer());
        // Tasks take 10 s: the one that began 10 s ago will be done in 5 s, the one that began now will not.
        bench.Scheduler.Handle(bench.Now, new SchedulerEvent.RevocationWarning(Resources.Of(2, 0), bench.Now + TimeSpan.FromSeconds(5),
            [old.Spec.Id, young.Spec.Id]), bench.Calls);
        Assert.Equal(young.Spec.Id, Assert.Single(bench.Calls.OfType<SchedulerCall.Kill>()).TaskId);
        bench.Tell(young, TaskState.Killed);
        Assert.Equal(1, Assert.Single(bench.Offer()).Partition);
        bench.RunAll();
        Assert.Null(bench.Ended[0]);
    }
}
