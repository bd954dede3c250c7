using Agora.Cluster;
using Xunit;

namespace Agora.Tests.Fast.Cluster;

public partial class MasterTests
{
    /// <summary>One agent of 4 cpus, one framework, and its task t1 of 1 cpu launched there.</summary>
    private static (MasterBench, BenchAgent, BenchScheduler) WithTask(
        FrameworkCapabilities capabilities = FrameworkCapabilities.PartitionAware, Limits? limits = null)
    {
        var bench = new MasterBench(new MasterOptions { Limits = limits ?? Limits.Default });
        var agent = bench.Register();
        var framework = bench.Subscribe(failover: OneHour, capabilities: capabilities);
        bench.Pass();
        framework.Launch("t1");
        return (bench, agent, framework);
    }

    [Fact]
    public void An_accepted_task_is_sent_to_its_agent_and_charged()
    {
        var (bench, agent, framework) = WithTask();
        var run = Assert.Single(agent.Take<AgentCommand.RunTasks>());
        Assert.Equal(framework.Id, run.Framework.Id);
        Assert.Equal("t1", Assert.Single(run.Tasks).Id.Value);
        Assert.Equal("cpus:1;mem:128", bench.View(agent).Used.ToString());
        Assert.Equal(TaskState.Staging, bench.Task("t1")!.State);
    }

    [Fact]
    public void An_executor_is_charged_once_for_all_its_tasks_and_freed_when_it_exits()
    {
        var bench = new MasterBench();
        var agent = bench.Register();
        var framework = bench.Subscribe();
        bench.Pass();
        framework.Accept(framework.Offer, Tasks.OnExecutor("t1", agent.Id), Tasks.OnExecutor("t2", agent.Id));
        // Two tasks of 1 cpu and 128 MiB and one executor of half a cpu and 64 MiB.
        Assert.Equal("cpus:2.5;mem:320", bench.View(agent).Used.ToString());
        framework.Call(new SchedulerCall.Revive());
        bench.Pass();
        Assert.Equal([Tasks.Executor.Id], framework.Offer.Executors);
        framework.Accept(framework.Offer, Tasks.OnExecutor("t3", agent.Id));
        Assert.Equal("cpus:3.5;mem:448", bench.View(agent).Used.ToString());
        foreach (var task in new[] { "t1", "t2", "t3" })
            agent.Report(framework, task, TaskState.Finished);
        Assert.Equal("cpus:0.5;mem:64", bench.View(agent).Used.ToString());
        agent.Call(new AgentCall.ExecutorExited(framework.Id, Tasks.Executor.Id, 0, "done"));
        Assert.True(bench.View(agent).Used.IsEmpty);
        Assert.Equal(0, Assert.Single(framework.Take<SchedulerEvent.ExecutorLost>()).ExitCode);
        // Told twice, it is not freed twice.
        agent.Call(new AgentCall.ExecutorExited(framework.Id, Tasks.Executor.Id, 0, "done"));
        Assert.Empty(framework.Take<SchedulerEvent.ExecutorLost>());
    }

    [Fact]
    public void An_update_reaches_the_scheduler_and_its_acknowledgement_the_agent()
    {
        var (bench, agent, framework) = WithTask();
        agent.Report(framework, "t1", TaskState.Running);
        var status = framework.Update();
        Assert.Equal((TaskState.Running, 1, agent.Id), (status.State, status.Sequence, status.AgentId));
        framework.Acknowledge(status);
        var acknowledged = Assert.Single(agent.Take<AgentCommand.Acknowledge>());
        Assert.Equal((framework.Id, new TaskId("t1"), 1), (acknowledged.FrameworkId, acknowledged.TaskId, acknowledged.Sequence));
        Assert.Equal(TaskState.Running, bench.Task("t1")!.State);
    }

    [Fact]
    public void An_ended_task_frees_its_resources_at_once_and_is_history_once_acknowledged()
    {
        var (bench, agent, framework) = WithTask();
        agent.Report(framework, "t1", TaskState.Finished);
        Assert.True(bench.View(agent).Used.IsEmpty);
        Assert.Equal(1, bench.Snapshot.Counters.TasksFinished);
        // Until then the name is taken.
        bench.Advance(OneSecond * 5);
        framework.Accept(framework.Offer, Tasks.Command("t1", agent.Id));
        Assert.Contains("has a task 't1' already", framework.Take<SchedulerEvent.Update>()[^1].Status.Message, StringComparison.Ordinal);
        framework.Call(new SchedulerCall.Acknowledge(agent.Id, new TaskId("t1"), 1));
        bench.Advance(OneSecond * 5);
        framework.Launch("t1");
        Assert.Equal([TaskState.Finished, TaskState.Staging],
            bench.Snapshot.Tasks.Where(t => t.Id.Value == "t1").Select(t => t.State));
    }

    [Fact]
    public void A_repeated_update_is_passed_on_again_and_settled_once()
    {
        var (bench, agent, framework) = WithTask();
        agent.Report(framework, "t1", TaskState.Finished);
        agent.Report(framework, "t1", TaskState.Finished);
        Assert.Equal(2, framework.Take<SchedulerEvent.Update>().Count);
        Assert.Equal(1, bench.Snapshot.Counters.TasksFinished);
        Assert.Single(bench.Task("t1")!.History);
    }

    [Fact]
    public void Resources_are_free_when_the_agent_knows_the_task_ended_though_older_updates_are_still_delivered()
    {
        var (bench, agent, framework) = WithTask();
        agent.Report(framework, "t1", TaskState.Running, sequence: 1, latest: TaskState.Finished);
        Assert.True(bench.View(agent).Used.IsEmpty);
        Assert.Equal(TaskState.Running, framework.Update().State);
        // Only the acknowledgement of the last update makes it history.
        framework.Call(new SchedulerCall.Acknowledge(agent.Id, new TaskId("t1"), 1));
        agent.Report(framework, "t1", TaskState.Finished, sequence: 2);
        Assert.Equal(TaskState.Finished, framework.Update().State);
        Assert.Equal(1, bench.Snapshot.Counters.TasksFinished);
    }

    [Fact]
    public void No_more_ended_tasks_and_statuses_are_remembered_than_the_limits()
    {
        var (bench, agent, framework) = WithTask(limits: new Limits { CompletedTasksMax = 2 });
        // More updates than the ten a task keeps.
        for (var sequence = 1; sequence <= 12; sequence++)
            agent.Report(framework, "t1", TaskState.Running, sequence);
        Assert.Equal(10, bench.Task("t1")!.History.Count);
        Assert.Equal(12, bench.Task("t1")!.History[^1].Sequence);
        for (var i = 1; i <= 3; i++)
        {
            agent.Report(framework, $"t{i}", TaskState.Finished, sequence: 20);
            framework.Call(new SchedulerCall.Acknowledge(agent.Id, new TaskId($"t{i}"), 20));
            framework.Call(new SchedulerCall.Revive());
            bench.Pass();
            framework.Launch($"t{i + 1}");
        }
        Assert.Equal(["t2", "t3", "t4"], bench.Snapshot.Tasks.Select(t => t.Id.Value));
    }

    [Fact]
    public void A_kill_is_passed_to_the_agent()
    {
        var (_, agent, framework) = WithTask();
        framework.Call(new SchedulerCall.Kill(new TaskId("t1"), Grace: OneSecond));
        var kill = Assert.Single(agent.Take<AgentCommand.KillTask>());
        Assert.Equal((new TaskId("t1"), OneSecond, StatusReason.None), (kill.TaskId, kill.Grace!.Value, kill.Reason));
    }

    [Fact]
    public void A_kill_while_the_agent_is_away_is_sent_when_it_is_back()
    {
        var (bench, agent, framework) = WithTask();
        var task = Assert.Single(agent.Take<AgentCommand.RunTasks>()).Tasks[0];
        agent.Report(framework, "t1", TaskState.Running);
        agent.Disconnect();
        framework.Kill("t1");
        var back = bench.Register(id: agent.Id, tasks: [new TaskReport(framework.Id, task, TaskState.Running)]);
        Assert.Equal("t1", Assert.Single(back.Take<AgentCommand.KillTask>()).TaskId.Value);
        back.Disconnect();
        var again = bench.Register(id: agent.Id, tasks: [new TaskReport(framework.Id, task, TaskState.Running)]);
        Assert.Empty(again.Take<AgentCommand.KillTask>());
    }

    [Theory]
    [InlineData(FrameworkCapabilities.PartitionAware, TaskState.Unknown)]
    [InlineData(FrameworkCapabilities.None, TaskState.Lost)]
    public void A_kill_of_an_unknown_task_is_answered(FrameworkCapabilities capabilities, TaskState answer)
    {
        var (_, agent, framework) = WithTask(capabilities);
        framework.Kill("nonesuch");
        var status = framework.Update();
        Assert.Equal((answer, StatusReason.TaskUnknown, 0), (status.State, status.Reason, status.Sequence));
        Assert.Empty(agent.Take<AgentCommand.KillTask>());
    }

    [Fact]
    public void A_kill_of_a_task_that_has_ended_is_nothing()
    {
        var (_, agent, framework) = WithTask();
        agent.Report(framework, "t1", TaskState.Finished);
        framework.Update();
        framework.Kill("t1");
        Assert.Empty(agent.Take<AgentCommand.KillTask>());
        Assert.Empty(framework.Take<SchedulerEvent.Update>());
    }

    [Fact]
    public void An_operator_can_kill_a_task_and_end_a_framework()
    {
        var (bench, agent, framework) = WithTask();
        Assert.Null(bench.Order(new OperatorCommand.KillTask(framework.Id, new TaskId("t1"), OneSecond)));
        Assert.Single(agent.Take<AgentCommand.KillTask>());
        Assert.Null(bench.Order(new OperatorCommand.Teardown(framework.Id)));
        Assert.Contains("torn down by an operator", framework.Error(fatal: true), StringComparison.Ordinal);
    }
}
