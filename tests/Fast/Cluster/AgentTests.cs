using Agora.Cluster;
using Xunit;

namespace Agora.Tests.Fast.Cluster;

/// <summary>The agent, through its one door: tasks, executors, and its connection to the master.</summary>
public class AgentTests
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void A_command_task_is_launched_runs_and_finishes()
    {
        var bench = new AgentBench().Registered();
        bench.Run(AgentBench.Task("t1"));
        var launch = Assert.Single(bench.Take<AgentEffect.LaunchContainer>());
        Assert.Equal((null, "t1", "cpus:1;mem:128"), (launch.Executor, launch.Task!.Id.Value, launch.Resources.ToString()));
        Assert.Equal("cpus:1;mem:128", bench.Machine.InUse.ToString());
        bench.Handle(new AgentEvent.ContainerStarted(launch.Container));
        var running = bench.Update();
        Assert.Equal((TaskState.Running, StatusSource.Agent, 1), (running.State, running.Source, running.Sequence));
        bench.Acknowledge(running);
        bench.Exit(launch.Container, 0);
        var finished = bench.Update();
        Assert.Equal((TaskState.Finished, 0, 2), (finished.State, finished.ExitCode, finished.Sequence));
        Assert.True(bench.Machine.InUse.IsEmpty);
        bench.Acknowledge(finished);
        Assert.Equal(0, bench.Machine.UnacknowledgedUpdates);
    }

    [Fact]
    public void A_task_that_cannot_be_started_is_Failed_with_the_reason()
    {
        var bench = new AgentBench().Registered();
        bench.Run(AgentBench.Task("t1"));
        var container = Assert.Single(bench.Take<AgentEffect.LaunchContainer>()).Container;
        bench.Handle(new AgentEvent.ContainerFailed(container, StatusReason.FetchFailed, "no such file"));
        var status = bench.Update();
        Assert.Equal((TaskState.Failed, StatusReason.FetchFailed, "no such file"), (status.State, status.Reason, status.Message));
    }

    [Theory]
    [InlineData(3, "exited with code 3")]
    // 128 + 11, segmentation fault.
    [InlineData(139, "was ended by signal 11")]
    public void A_command_that_exits_with_an_error_is_Failed_with_its_code(int code, string message)
    {
        var bench = new AgentBench().Registered();
        bench.Exit(bench.Running("t1"), code);
        var status = bench.Update();
        Assert.Equal((TaskState.Failed, StatusReason.CommandFailed, code, message),
            (status.State, status.Reason, status.ExitCode, status.Message));
    }

    [Fact]
    public void A_task_killed_for_its_memory_is_Failed_for_that_though_a_kill_was_asked_for()
    {
        var bench = new AgentBench().Registered();
        var container = bench.Running("t1");
        bench.Kill("t1");
        bench.Exit(container, 137, StatusReason.MemoryLimit, "used more than 128 MiB");
        var status = bench.Update();
        Assert.Equal((TaskState.Failed, StatusReason.MemoryLimit), (status.State, status.Reason));
    }

    [Fact]
    public void A_kill_ends_the_container_and_the_task_is_Killed_for_the_first_reason_given()
    {
        var bench = new AgentBench().Registered();
        var container = bench.Running("t1");
        bench.Kill("t1", reason: StatusReason.Revoked);
        bench.Kill("t1", OneSecond * 9);
        // The task's kill policy gives three seconds; the second order its own time.
        Assert.Equal([OneSecond * 3, OneSecond * 9], bench.Take<AgentEffect.KillContainer>().Select(k => k.Grace));
        bench.Exit(container, 143);
        var status = bench.Update();
        Assert.Equal((TaskState.Killed, StatusReason.Revoked), (status.State, status.Reason));
    }

    [Fact]
    public void A_task_killed_before_its_container_started_is_Killed()
    {
        var bench = new AgentBench().Registered();
        bench.Run(AgentBench.Task("t1"));
        var container = Assert.Single(bench.Take<AgentEffect.LaunchContainer>()).Container;
        bench.Kill("t1");
        Assert.Single(bench.Take<AgentEffect.KillContainer>());
        bench.Handle(new AgentEvent.ContainerFailed(container, StatusReason.ContainerLaunchFailed, "killed"));
        Assert.Equal(TaskState.Killed, bench.Update().State);
    }

    [Fact]
    public void A_kill_of_an_unknown_task_is_answered_Gone()
    {
        var bench = new AgentBench().Registered();
        bench.Kill("nonesuch");
        var status = bench.Update();
        Assert.Equal((TaskState.Gone, StatusReason.TaskUnknown, 0), (status.State, status.Reason, status.Sequence));
    }

    [Fact]
    public void A_launch_that_is_repeated_starts_nothing_twice()
    {
        var bench = new AgentBench().Registered();
        bench.Run(AgentBench.Task("t1"));
        bench.Run(AgentBench.Task("t1"));
        Assert.Single(bench.Take<AgentEffect.LaunchContainer>());
    }

    [Fact]
    public void Containers_of_tasks_of_the_same_name_have_names_of_their_own()
    {
        var bench = new AgentBench().Registered();
        var first = bench.Running("t1");
        bench.Exit(first, 0);
        bench.Acknowledge(bench.Update());
        Assert.NotEqual(first, bench.Running("t1"));
    }

    [Fact]
    public void An_executor_is_launched_once_for_many_tasks()
    {
        var bench = new AgentBench().Registered();
        bench.Run(AgentBench.ExecutorTask("t1"), AgentBench.ExecutorTask("t2"));
        var launch = Assert.Single(bench.Take<AgentEffect.LaunchContainer>());
        Assert.Equal((Tasks.Executor, null, "token1"), (launch.Executor, launch.Task, launch.Token));
        // Two tasks of 1 cpu and 128 MiB and an executor of half a cpu and 64 MiB.
        Assert.Equal("cpus:2.5;mem:320", bench.Machine.InUse.ToString());
        Assert.Empty(bench.Told<ExecutorEvent.Launch>());
        bench.Subscribe(1, "token1");
        Assert.Single(bench.Told<ExecutorEvent.Subscribed>());
        Assert.Equal(["t1", "t2"], bench.Told<ExecutorEvent.Launch>().Select(l => l.Task.Id.Value));
        bench.Run(AgentBench.ExecutorTask("t3"));
        Assert.Empty(bench.Take<AgentEffect.LaunchContainer>());
        Assert.Equal("t3", Assert.Single(bench.Told<ExecutorEvent.Launch>()).Task.Id.Value);
    }

    [Fact]
    public void An_executor_hears_of_its_tasks_in_the_order_of_their_launch_whatever_has_ended_before()
    {
        var bench = new AgentBench().Registered();
        var ended = new[] { "e1", "e2", "e3" }.Select(bench.Running).ToList();
        foreach (var container in ended)
        {
            bench.Exit(container, 0);
            bench.Acknowledge(bench.Update());
        }
        bench.Run([.. new[] { "t1", "t2", "t3" }.Select(AgentBench.ExecutorTask)]);
        bench.Subscribe(1, Assert.Single(bench.Take<AgentEffect.LaunchContainer>()).Token);
        Assert.Equal(["t1", "t2", "t3"], bench.Told<ExecutorEvent.Launch>().Select(l => l.Task.Id.Value));
    }

    [Theory]
    [InlineData("wrong", "executor")]
    [InlineData("token1", "another")]
    public void An_executor_that_was_not_started_here_is_refused(string token, string executor)
    {
        var bench = new AgentBench().Registered();
        bench.Run(AgentBench.ExecutorTask("t1"));
        bench.Handle(new AgentEvent.ExecutorCalled(7, new ExecutorCall.Subscribe(
            AgentBench.Framework.Id!.Value, new ExecutorId(executor), token, [], [])));
        Assert.True(Assert.Single(bench.Told<ExecutorEvent.Error>()).Fatal);
        Assert.Equal(7, Assert.Single(bench.Take<AgentEffect.CloseExecutor>()).Connection);
        Assert.Empty(bench.Told<ExecutorEvent.Launch>());
    }

    [Fact]
    public void Anything_an_executor_says_before_it_subscribes_is_refused()
    {
        var bench = new AgentBench().Registered();
        bench.ExecutorSays("t1", TaskState.Finished, 1, connection: 7);
        Assert.Equal("Update before Subscribe", Assert.Single(bench.Told<ExecutorEvent.Error>()).Text);
        Assert.Equal(7, Assert.Single(bench.Take<AgentEffect.CloseExecutor>()).Connection);
    }

    [Fact]
    public void An_executors_updates_are_confirmed_each_time_and_passed_on_once()
    {
        var bench = new AgentBench().Registered();
        bench.RunningOnExecutor("t1");
        bench.ExecutorSays("t1", TaskState.Running, 1);
        bench.ExecutorSays("t1", TaskState.Running, 1);
        Assert.Equal(2, bench.Told<ExecutorEvent.Acknowledged>().Count);
        var status = bench.Update();
        Assert.Equal((TaskState.Running, StatusSource.Executor, Tasks.Executor.Id), (status.State, status.Source, status.ExecutorId));
    }

    [Fact]
    public void A_task_killed_before_its_executor_is_ready_is_Killed_at_once_and_never_launched()
    {
        var bench = new AgentBench().Registered();
        bench.Run(AgentBench.ExecutorTask("t1"));
        bench.Kill("t1");
        var status = bench.Update();
        Assert.Equal((TaskState.Killed, StatusReason.KilledDuringLaunch), (status.State, status.Reason));
        bench.Subscribe(1, "token1");
        Assert.Empty(bench.Told<ExecutorEvent.Launch>());
    }

    [Fact]
    public void A_kill_is_passed_to_the_executor_and_again_if_its_connection_broke()
    {
        var bench = new AgentBench().Registered();
        var launch = bench.RunningOnExecutor("t1");
        bench.Told<ExecutorEvent.Launch>();
        bench.Handle(new AgentEvent.ExecutorDisconnected(1));
        bench.Kill("t1", reason: StatusReason.Revoked);
        Assert.Empty(bench.Told<ExecutorEvent.Kill>());
        bench.Subscribe(2, launch.Token, new TaskId("t1"));
        Assert.Single(bench.Told<ExecutorEvent.Kill>());
        // It said that it has t1, so it is not launched again.
        Assert.Empty(bench.Told<ExecutorEvent.Launch>());
        bench.ExecutorSays("t1", TaskState.Killed, 1, connection: 2);
        Assert.Equal(StatusReason.Revoked, bench.Update().Reason);
    }

    [Fact]
    public void An_executors_newer_connection_replaces_the_older_and_gets_launches_that_were_lost()
    {
        var bench = new AgentBench().Registered();
        var launch = bench.RunningOnExecutor("t1");
        bench.Told<ExecutorEvent.Launch>();
        bench.Subscribe(2, launch.Token);
        Assert.Equal(1, Assert.Single(bench.Take<AgentEffect.CloseExecutor>()).Connection);
        Assert.Equal("t1", Assert.Single(bench.Told<ExecutorEvent.Launch>()).Task.Id.Value);
        bench.Handle(new AgentEvent.ExecutorDisconnected(1));
        bench.Run(AgentBench.ExecutorTask("t2"));
        Assert.Single(bench.Told<ExecutorEvent.Launch>());
    }

    [Fact]
    public void An_executors_exit_fails_its_tasks_and_is_told_to_the_master()
    {
        var bench = new AgentBench().Registered();
        var launch = bench.RunningOnExecutor("t1");
        bench.Exit(launch.Container, 2);
        var status = bench.Update();
        Assert.Equal((TaskState.Failed, StatusReason.ExecutorTerminated, "executor executor exited with code 2"),
            (status.State, status.Reason, status.Message));
        Assert.Equal(2, Assert.Single(bench.Said<AgentCall.ExecutorExited>()).ExitCode);
        Assert.True(bench.Machine.InUse.IsEmpty);
        // The next task starts it anew.
        bench.Run(AgentBench.ExecutorTask("t2"));
        Assert.Equal("token2", Assert.Single(bench.Take<AgentEffect.LaunchContainer>()).Token);
    }

    [Fact]
    public void An_executor_that_does_not_subscribe_in_time_is_killed_and_its_tasks_say_so()
    {
        var bench = new AgentBench().Registered();
        bench.Run(AgentBench.ExecutorTask("t1"));
        var container = Assert.Single(bench.Take<AgentEffect.LaunchContainer>()).Container;
        bench.Advance(bench.Options.ExecutorRegistrationTimeout - Moment);
        Assert.Empty(bench.Take<AgentEffect.KillContainer>());
        bench.Advance(Moment);
        Assert.Equal(container, Assert.Single(bench.Take<AgentEffect.KillContainer>()).Container);
        bench.Exit(container, 137);
        Assert.Equal(StatusReason.ExecutorRegistrationTimeout, bench.Update().Reason);
    }

    [Fact]
    public void An_executor_that_subscribed_in_time_is_left_alone()
    {
        var bench = new AgentBench().Registered();
        bench.RunningOnExecutor("t1");
        bench.Advance(bench.Options.ExecutorRegistrationTimeout * 2);
        Assert.Empty(bench.Take<AgentEffect.KillContainer>());
    }

    [Fact]
    public void Messages_pass_both_ways_between_master_and_executor()
    {
        var bench = new AgentBench().Registered();
        bench.RunningOnExecutor("t1");
        bench.Command(new AgentCommand.Message(AgentBench.Framework.Id!.Value, Tasks.Executor.Id, new byte[] { 1 }));
        Assert.Equal([1], Assert.Single(bench.Told<ExecutorEvent.Message>()).Data.ToArray());
        bench.Handle(new AgentEvent.ExecutorCalled(1, new ExecutorCall.Message(new byte[] { 2 })));
        Assert.Equal([2], Assert.Single(bench.Said<AgentCall.Message>()).Data.ToArray());
    }

    [Fact]
    public void The_end_of_a_framework_kills_all_it_has_and_reports_nothing()
    {
        var bench = new AgentBench().Registered();
        var container = bench.Running("t1");
        var executor = bench.RunningOnExecutor("t2");
        bench.Command(new AgentCommand.ShutdownFramework(AgentBench.Framework.Id!.Value));
        Assert.Equal([container, executor.Container], bench.Take<AgentEffect.KillContainer>().Select(k => k.Container));
        Assert.Equal(Tasks.Executor.ShutdownGrace, Assert.Single(bench.Told<ExecutorEvent.Shutdown>()).Grace);
        bench.Exit(container, 143);
        bench.Exit(executor.Container, 0);
        Assert.Empty(bench.Said<AgentCall.Update>());
        Assert.True(bench.Machine.InUse.IsEmpty);
    }

    [Fact]
    public void A_shutdown_in_good_order_kills_everything_reports_it_and_takes_leave()
    {
        var bench = new AgentBench().Registered();
        var container = bench.Running("t1");
        var executor = bench.RunningOnExecutor("t2");
        bench.Handle(new AgentEvent.ShutdownRequested());
        Assert.Equal([container, executor.Container], bench.Take<AgentEffect.KillContainer>().Select(k => k.Container));
        Assert.Single(bench.Told<ExecutorEvent.Shutdown>());
        bench.Run(AgentBench.Task("late"));
        Assert.Equal(TaskState.Dropped, bench.Update().State);
        bench.Exit(container, 143);
        Assert.Empty(bench.Take<AgentEffect.Exit>());
        bench.Exit(executor.Container, 0);
        Assert.Equal(["t1 Killed AgentRemoved", "t2 Killed AgentRemoved"],
            bench.Said<AgentCall.Update>().Select(u => $"{u.Status.TaskId} {u.Status.State} {u.Status.Reason}"));
        Assert.Single(bench.Said<AgentCall.Unregister>());
        Assert.Null(Assert.Single(bench.Take<AgentEffect.Exit>()).Failure);
    }

    [Fact]
    public void An_agent_with_nothing_to_do_shuts_down_at_once()
    {
        var bench = new AgentBench().Registered();
        bench.Handle(new AgentEvent.ShutdownRequested());
        Assert.Single(bench.Said<AgentCall.Unregister>());
        Assert.Single(bench.Take<AgentEffect.Exit>());
    }
}
