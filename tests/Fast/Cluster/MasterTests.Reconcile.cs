using Xunit;

namespace Agora.Tests.Fast.Cluster;

public partial class MasterTests
{
    private static TaskReference Named(string task, AgentId? agent = null) => new(new TaskId(task), agent);

    [Fact]
    public void Reconciliation_of_named_tasks_answers_with_the_state_of_each()
    {
        var (_, agent, framework) = WithTask();
        agent.Report(framework, "t1", TaskState.Running);
        framework.Update();
        framework.Call(new SchedulerCall.Reconcile([Named("t1"), Named("never"), Named("lost", agent.Id)]));
        var statuses = framework.Take<SchedulerEvent.Update>().Select(u => u.Status).ToList();
        // The agent named for 'lost' is connected and has it not; of 'never' nothing at all is known.
        Assert.Equal(["t1 Running", "never Unknown", "lost Gone"], statuses.Select(s => $"{s.TaskId} {s.State}"));
        Assert.All(statuses, s => Assert.Equal((StatusReason.Reconciliation, StatusSource.Master, 0L), (s.Reason, s.Source, s.Sequence)));
    }

    [Fact]
    public void Reconciliation_of_nothing_in_particular_answers_for_every_live_task()
    {
        var (bench, agent, framework) = WithTask();
        framework.Call(new SchedulerCall.Revive());
        bench.Pass();
        framework.Accept(framework.Offer, Tasks.Command("t2", agent.Id), Tasks.Command("t3", agent.Id));
        agent.Report(framework, "t2", TaskState.Finished);
        framework.Inbox.Clear();
        framework.Call(new SchedulerCall.Reconcile([]));
        Assert.Equal(["t1 Staging", "t3 Staging"],
            framework.Take<SchedulerEvent.Update>().Select(u => $"{u.Status.TaskId} {u.Status.State}"));
    }

    [Fact]
    public void Reconciliation_is_silent_about_an_agent_that_may_yet_say()
    {
        var (bench, agent, framework) = WithTask();
        agent.Disconnect();
        framework.Call(new SchedulerCall.Reconcile([Named("t1"), Named("other", agent.Id)]));
        framework.Call(new SchedulerCall.Reconcile([]));
        Assert.Empty(framework.Take<SchedulerEvent.Update>());
        bench.Advance(bench.Options.PingInterval * bench.Options.PingsMissedMax);
        framework.Take<SchedulerEvent.Update>();
        framework.Call(new SchedulerCall.Reconcile([Named("t1"), Named("other", agent.Id)]));
        Assert.All(framework.Take<SchedulerEvent.Update>(), u => Assert.Equal(TaskState.Unreachable, u.Status.State));
    }

    [Fact]
    public void A_new_leader_is_silent_about_tasks_whose_agents_may_yet_come_back()
    {
        var (bench, agent, framework) = WithTask();
        var task = Tasks.Command("t1", agent.Id);
        bench.Failover();
        framework = bench.Subscribe(id: framework.Id, failover: OneHour);
        framework.Call(new SchedulerCall.Reconcile([Named("t1", agent.Id), Named("somewhere"), Named("here", new AgentId("agent-2-1"))]));
        // Nobody but this leader itself can have admitted the last one's agent.
        Assert.Equal(("here", TaskState.Unknown), framework.Take<SchedulerEvent.Update>().Select(u => (u.Status.TaskId.Value, u.Status.State)).Single());
        bench.Register("node1", id: agent.Id, tasks: [Report(framework, task)]);
        framework.Call(new SchedulerCall.Reconcile([Named("t1", agent.Id), Named("other", agent.Id)]));
        Assert.Equal(["t1 Running", "other Gone"], framework.Take<SchedulerEvent.Update>().Select(u => $"{u.Status.TaskId} {u.Status.State}"));
        bench.Advance(bench.Options.PingInterval * bench.Options.PingsMissedMax);
        framework.Call(new SchedulerCall.Reconcile([Named("somewhere")]));
        Assert.Equal(TaskState.Unknown, framework.Update().State);
    }

    [Fact]
    public void A_new_leader_keeps_a_kill_for_the_agent_that_may_yet_come_back()
    {
        var (bench, agent, framework) = WithTask();
        var task = Tasks.Command("t1", agent.Id);
        bench.Failover();
        framework = bench.Subscribe(id: framework.Id, failover: OneHour);
        framework.Call(new SchedulerCall.Kill(new TaskId("t1"), agent.Id));
        framework.Call(new SchedulerCall.Kill(new TaskId("t2"), agent.Id));
        Assert.Empty(framework.Take<SchedulerEvent.Update>());
        agent = bench.Register("node1", id: agent.Id, tasks: [Report(framework, task)]);
        Assert.Equal("t1", Assert.Single(agent.Take<AgentCommand.KillTask>()).TaskId.Value);
        bench.Advance(bench.Options.PingInterval * bench.Options.PingsMissedMax);
        Assert.Equal(("t2", TaskState.Gone), framework.Take<SchedulerEvent.Update>().Select(u => (u.Status.TaskId.Value, u.Status.State)).Single());
    }

    [Fact]
    public void Reconciliation_leaves_it_to_the_agent_to_tell_how_a_task_ended()
    {
        var (bench, agent, framework) = WithTask();
        agent.Report(framework, "t1", TaskState.Finished);
        Assert.Equal(TaskState.Finished, framework.Update().State);
        // Not acknowledged, so the agent tells it again, with its exit code and its data.
        framework.Call(new SchedulerCall.Reconcile([Named("t1")]));
        Assert.Empty(framework.Take<SchedulerEvent.Update>());
        agent.Disconnect();
        bench.Advance(bench.Options.PingInterval * bench.Options.PingsMissedMax);
        framework.Take<SchedulerEvent.Update>();
        framework.Call(new SchedulerCall.Reconcile([Named("t1")]));
        Assert.Equal(TaskState.Unreachable, framework.Update().State);
    }

    [Theory]
    [InlineData("never")]
    [InlineData("lost")]
    public void A_framework_that_is_not_partition_aware_is_told_Lost_of_what_is_unknown_or_gone(string task)
    {
        var (_, agent, framework) = WithTask(FrameworkCapabilities.None);
        framework.Call(new SchedulerCall.Reconcile([Named(task, task == "lost" ? agent.Id : null)]));
        Assert.Equal(TaskState.Lost, framework.Update().State);
    }
}
