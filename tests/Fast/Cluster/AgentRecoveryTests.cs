using Agora.Cluster;
using Xunit;

namespace Agora.Tests.Fast.Cluster;

/// <summary>An agent whose process is killed and started anew knows what it wrote down, and goes on from there.</summary>
public class AgentRecoveryTests
{
    private readonly AgentBench _bench = new AgentBench().Registered();

    [Fact]
    public void A_command_that_runs_goes_on_and_its_end_is_told_once_with_the_next_number()
    {
        var container = _bench.Running("t1");
        var register = _bench.Restarted([container]);
        Assert.True(register.Restarted);
        Assert.Equal(["t1 Running"], register.Tasks.Select(t => $"{t.Task.Id} {t.Latest}"));
        Assert.Equal(AgentBench.Framework, Assert.Single(register.Frameworks));
        Assert.Empty(_bench.Said<AgentCall.Update>());
        Assert.Empty(_bench.Take<AgentEffect.LaunchContainer>());
        _bench.Exit(container, 0);
        var ended = _bench.Update();
        Assert.Equal((TaskState.Finished, 2L), (ended.State, ended.Sequence));
        _bench.Acknowledge(ended);
        Assert.Empty(_bench.Restarted([]).Tasks);
    }

    [Fact]
    public void An_update_that_nobody_has_acknowledged_is_told_again_under_its_number()
    {
        var container = _bench.Running("t1");
        _bench.Exit(container, 3);
        var before = _bench.Update();
        Assert.Equal(["t1 Failed"], _bench.Restarted([]).Tasks.Select(t => $"{t.Task.Id} {t.Latest}"));
        Assert.Equal(before, _bench.Update());
    }

    [Fact]
    public void A_command_of_which_the_start_was_not_told_is_running()
    {
        _bench.Run(AgentBench.Task("t1"));
        var container = Assert.Single(_bench.Take<AgentEffect.LaunchContainer>()).Container;
        _bench.Restarted([container]);
        Assert.Equal(TaskState.Running, _bench.Update().State);
    }

    [Theory]
    [InlineData(false, TaskState.Dropped)]
    [InlineData(true, TaskState.Gone)]
    public void What_was_never_launched_is_dropped_and_what_is_lost_is_gone(bool lost, TaskState state)
    {
        _bench.Run(AgentBench.Task("t1"));
        var container = Assert.Single(_bench.Take<AgentEffect.LaunchContainer>()).Container;
        _bench.Restarted([], lost ? [container] : []);
        var update = _bench.Update();
        Assert.Equal((state, StatusReason.AgentRestarted), (update.State, update.Reason));
        Assert.Equal(lost ? 1 : 0, _bench.Take<AgentEffect.ForgetContainer>().Count);
    }

    [Fact]
    public void A_kill_that_was_asked_for_is_asked_of_the_container_again()
    {
        var container = _bench.Running("t1");
        _bench.Kill("t1", reason: StatusReason.Revoked);
        _bench.Restarted([container]);
        Assert.Equal(container, Assert.Single(_bench.Take<AgentEffect.KillContainer>()).Container);
        _bench.Exit(container, 143);
        Assert.Equal((TaskState.Killed, StatusReason.Revoked), (_bench.Update() is var u ? (u.State, u.Reason) : default));
    }

    [Fact]
    public void An_executor_comes_back_with_its_token_and_is_not_given_again_what_it_has()
    {
        var launch = _bench.RunningOnExecutor("t1");
        _bench.ExecutorSays("t1", TaskState.Running, 1);
        _bench.Acknowledge(_bench.Update());
        _bench.Run(AgentBench.ExecutorTask("t2"), AgentBench.ExecutorTask("t3"));
        var register = _bench.Restarted([launch.Container]);
        Assert.Equal(["t1 Running", "t2 Staging", "t3 Staging"], register.Tasks.Select(t => $"{t.Task.Id} {t.Latest}"));
        Assert.Equal(Tasks.Executor.Id, Assert.Single(register.Executors).Executor.Id);

        // t3 was sent to it and did not arrive.
        _bench.Subscribe(9, launch.Token, new TaskId("t1"), new TaskId("t2"));
        Assert.Equal("t3", Assert.Single(_bench.Told<ExecutorEvent.Launch>()).Task.Id.Value);
        // Told before, the number says.
        _bench.ExecutorSays("t1", TaskState.Running, 1, connection: 9);
        Assert.Empty(_bench.Said<AgentCall.Update>());
        _bench.ExecutorSays("t1", TaskState.Finished, 2, connection: 9);
        Assert.Equal((TaskState.Finished, 2L), (_bench.Update() is var u ? (u.State, u.Sequence) : default));
    }

    [Fact]
    public void An_executor_that_does_not_come_back_in_time_is_ended()
    {
        var launch = _bench.RunningOnExecutor("t1");
        _bench.Restarted([launch.Container]);
        _bench.Advance(_bench.Options.ExecutorRegistrationTimeout);
        Assert.Equal(new AgentEffect.KillContainer(launch.Container, TimeSpan.Zero), Assert.Single(_bench.Take<AgentEffect.KillContainer>()));
        _bench.Exit(launch.Container, 137);
        Assert.Equal((TaskState.Failed, StatusReason.ExecutorTerminated), (_bench.Update() is var u ? (u.State, u.Reason) : default));
    }

    [Fact]
    public void A_task_that_is_to_be_killed_is_killed_by_the_executor_that_comes_back()
    {
        var launch = _bench.RunningOnExecutor("t1");
        _bench.Restarted([launch.Container]);
        _bench.Kill("t1");
        Assert.Empty(_bench.Said<AgentCall.Update>());
        _bench.Subscribe(9, launch.Token, new TaskId("t1"));
        Assert.Equal("t1", Assert.Single(_bench.Told<ExecutorEvent.Kill>()).TaskId.Value);
    }

    [Fact]
    public void What_runs_and_nobody_knows_is_ended_and_forgotten()
    {
        var stranger = new ContainerId("7-stranger");
        _bench.Restarted([stranger]);
        Assert.Equal(new AgentEffect.KillContainer(stranger, TimeSpan.Zero), Assert.Single(_bench.Take<AgentEffect.KillContainer>()));
        _bench.Exit(stranger, 137);
        Assert.Equal(stranger, Assert.Single(_bench.Take<AgentEffect.ForgetContainer>()).Container);
        Assert.Empty(_bench.Said<AgentCall.Update>());
    }

    [Fact]
    public void Names_of_containers_are_not_given_twice()
    {
        var first = _bench.Running("t1");
        _bench.Restarted([first]);
        Assert.Equal(["1-t1", "2-t2"], (string[])[first.Value, _bench.Running("t2").Value]);
    }
}
