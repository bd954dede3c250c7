using Agora.Cluster;
using Xunit;

namespace Agora.Tests.Fast.Cluster;

public partial class MasterTests
{
    private static TimeSpan AbsenceMax(MasterBench bench) => bench.Options.PingInterval * bench.Options.PingsMissedMax;

    private static TaskReport Report(BenchScheduler framework, TaskSpec task, TaskState latest = TaskState.Running) =>
        new(framework.Id, task, latest);

    [Fact]
    public void An_agents_offers_are_rescinded_when_it_disconnects_and_its_tasks_stay()
    {
        var (bench, agent, framework) = WithTask();
        framework.Call(new SchedulerCall.Revive());
        bench.Pass();
        var offer = framework.Offer;
        framework.Inbox.Clear();
        agent.Disconnect();
        Assert.Equal([offer.Id], Assert.Single(framework.Take<SchedulerEvent.Rescind>()).OfferIds);
        Assert.Equal(AgentCondition.Disconnected, bench.View(agent).Condition);
        bench.Advance(AbsenceMax(bench) - Moment);
        Assert.Empty(framework.Offers);
        Assert.Empty(framework.Take<SchedulerEvent.AgentLost>());
        Assert.Equal(TaskState.Staging, bench.Task("t1")!.State);
        // What was accepted of a rescinded offer is refused.
        framework.Accept(offer, Tasks.Command("t2", offer));
        Assert.Equal(TaskState.Dropped, framework.Update().State);
    }

    [Fact]
    public void An_agent_away_for_the_time_of_all_its_pings_is_lost_and_its_tasks_unreachable()
    {
        var (bench, agent, framework) = WithTask();
        agent.Disconnect();
        bench.Advance(AbsenceMax(bench));
        Assert.Equal((TaskState.Unreachable, StatusReason.AgentUnreachable), framework.Update() is var s ? (s.State, s.Reason) : default);
        Assert.Equal(agent.Id, Assert.Single(framework.Take<SchedulerEvent.AgentLost>()).AgentId);
        Assert.Equal(AgentCondition.Unreachable, bench.View(agent).Condition);
        // What it had does not count any more.
        Assert.True(bench.Snapshot.Total.IsEmpty);
    }

    [Fact]
    public void A_framework_that_is_not_partition_aware_is_told_Lost_for_Unreachable()
    {
        var (bench, agent, framework) = WithTask(FrameworkCapabilities.None);
        agent.Disconnect();
        bench.Advance(AbsenceMax(bench));
        Assert.Equal(TaskState.Lost, framework.Update().State);
    }

    [Fact]
    public void Unanswered_pings_make_an_agent_unreachable_as_well()
    {
        var (bench, agent, framework) = WithTask();
        agent.AnswersPings = false;
        // A ping after each interval; when the next is due and five are unanswered, it is lost.
        bench.Advance(bench.Options.PingInterval * (bench.Options.PingsMissedMax + 1) - Moment);
        Assert.Equal(bench.Options.PingsMissedMax, agent.Take<AgentCommand.Ping>().Count);
        Assert.Empty(framework.Take<SchedulerEvent.AgentLost>());
        bench.Advance(Moment);
        Assert.Single(framework.Take<SchedulerEvent.AgentLost>());
        Assert.True(agent.Closed);
        Assert.Equal(TaskState.Unreachable, bench.Task("t1")!.State);
        // The host closes the connection then; that changes nothing.
        agent.Disconnect();
        Assert.Equal(AgentCondition.Unreachable, bench.View(agent).Condition);
    }

    [Fact]
    public void An_agent_that_answers_its_pings_stays()
    {
        var (bench, agent, _) = WithTask();
        bench.Advance(AbsenceMax(bench) * 10);
        Assert.Equal(AgentCondition.Active, bench.View(agent).Condition);
    }

    [Fact]
    public void An_agent_that_comes_back_brings_its_tasks_back()
    {
        var (bench, agent, framework) = WithTask();
        var task = Assert.Single(agent.Take<AgentCommand.RunTasks>()).Tasks[0];
        agent.Disconnect();
        bench.Advance(AbsenceMax(bench));
        framework.Inbox.Clear();
        var back = bench.Register(id: agent.Id, tasks: [Report(framework, task)]);
        Assert.Equal(agent.Id, back.Id);
        Assert.Equal((TaskState.Running, StatusSource.Master), framework.Update() is var s ? (s.State, s.Source) : default);
        Assert.Equal("cpus:1;mem:128", bench.View(back).Used.ToString());
        bench.Pass();
        Assert.Equal("cpus:3;mem:896", framework.Offer.Resources.ToString());
    }

    [Fact]
    public void A_task_that_ended_while_its_agent_was_away_ends_when_its_update_comes()
    {
        var (bench, agent, framework) = WithTask();
        var task = Assert.Single(agent.Take<AgentCommand.RunTasks>()).Tasks[0];
        agent.Disconnect();
        bench.Advance(AbsenceMax(bench));
        framework.Inbox.Clear();
        var back = bench.Register(id: agent.Id, tasks: [Report(framework, task, TaskState.Finished)]);
        Assert.Empty(framework.Take<SchedulerEvent.Update>());
        Assert.True(bench.View(back).Used.IsEmpty);
        back.Report(framework, "t1", TaskState.Finished);
        framework.Acknowledge(framework.Update());
        Assert.Equal(TaskState.Finished, bench.Task("t1")!.State);
    }

    [Fact]
    public void A_restarted_agent_without_its_tasks_makes_them_Gone()
    {
        var (bench, agent, framework) = WithTask();
        var back = bench.Register(id: agent.Id, restarted: true);
        Assert.True(agent.Closed);
        Assert.Equal((TaskState.Gone, StatusReason.AgentRestarted), framework.Update() is var s ? (s.State, s.Reason) : default);
        Assert.True(bench.View(back).Used.IsEmpty);
        Assert.Equal(1, bench.Snapshot.Counters.TasksLost);
    }

    /// <summary>The agent said that the task had ended while an older update was under way, and never said how.</summary>
    [Fact]
    public void An_end_that_its_agent_cannot_tell_any_more_is_told_as_Gone()
    {
        var (bench, agent, framework) = WithTask();
        agent.Report(framework, "t1", TaskState.Running, sequence: 1, latest: TaskState.Finished);
        framework.Update();
        bench.Register(id: agent.Id, restarted: true);
        Assert.Equal(TaskState.Gone, framework.Update().State);
        Assert.Equal((1, 0), (bench.Snapshot.Counters.TasksFinished, bench.Snapshot.Counters.TasksLost));
    }

    [Fact]
    public void An_end_that_was_told_is_not_told_otherwise_when_its_agent_comes_back_without_the_task()
    {
        var (bench, agent, framework) = WithTask();
        agent.Report(framework, "t1", TaskState.Finished);
        framework.Update();
        bench.Register(id: agent.Id, restarted: true);
        Assert.Empty(framework.Take<SchedulerEvent.Update>());
    }

    /// <summary>A former leader passed the acknowledgement on while this one already knew of the task by its agent's report.</summary>
    [Fact]
    public void An_end_that_was_acknowledged_by_way_of_a_former_leader_is_not_told_as_Gone()
    {
        var (bench, agent, framework) = WithTask();
        var task = Assert.Single(agent.Take<AgentCommand.RunTasks>()).Tasks[0];
        var info = new FrameworkInfo(framework.Id, "f", FailoverTimeout: TimeSpan.FromHours(1), Capabilities: FrameworkCapabilities.PartitionAware);
        bench.Failover();
        var heard = bench.Register(id: agent.Id, frameworks: [info], tasks: [Report(framework, task, TaskState.Finished)]);
        var next = bench.Subscribe(id: framework.Id, failover: TimeSpan.FromHours(1));
        heard.Disconnect();
        bench.Register(id: agent.Id, frameworks: [info]);
        Assert.Empty(next.Take<SchedulerEvent.Update>());
        Assert.Equal(TaskState.Finished, bench.Task("t1")!.State);
        Assert.Equal(0, bench.Snapshot.Counters.TasksLost);
    }

    [Fact]
    public void A_task_whose_end_is_still_with_an_unreachable_agent_is_told_as_Unreachable_until_it_is_back()
    {
        var (bench, agent, framework) = WithTask();
        agent.Report(framework, "t1", TaskState.Running, sequence: 1, latest: TaskState.Finished);
        framework.Update();
        agent.Disconnect();
        bench.Advance(AbsenceMax(bench));
        Assert.Equal(TaskState.Unreachable, framework.Update().State);
        var back = bench.Register(id: agent.Id, tasks: [Report(framework, Tasks.Command("t1", agent.Id), TaskState.Finished)]);
        Assert.Empty(framework.Take<SchedulerEvent.Update>());
        back.Report(framework, "t1", TaskState.Finished, sequence: 2);
        Assert.Equal(TaskState.Finished, framework.Update().State);
    }

    [Fact]
    public void A_new_agent_at_the_address_of_one_that_is_away_takes_its_place_and_its_tasks_are_Gone()
    {
        var (bench, agent, framework) = WithTask();
        agent.Report(framework, "t1", TaskState.Running);
        framework.Update();
        agent.Disconnect();
        var next = bench.Register();
        Assert.Equal(TaskState.Gone, framework.Update().State);
        Assert.Equal(next.Id, Assert.Single(bench.Snapshot.Agents).Info.Id!.Value);
    }

    [Fact]
    public void So_does_one_that_comes_before_the_end_of_the_former_s_connection_is_seen()
    {
        var (bench, agent, framework) = WithTask();
        agent.Report(framework, "t1", TaskState.Running);
        framework.Update();
        var next = bench.Register();
        Assert.Equal(2, bench.Snapshot.Agents.Count);
        Assert.Empty(framework.Take<SchedulerEvent.Update>());
        agent.Disconnect();
        Assert.Equal(TaskState.Gone, framework.Update().State);
        Assert.Equal(next.Id, Assert.Single(bench.Snapshot.Agents).Info.Id!.Value);
    }

    [Fact]
    public void Offers_that_name_an_executor_are_rescinded_when_it_has_ended()
    {
        var bench = new MasterBench();
        var agent = bench.Register();
        var framework = bench.Subscribe();
        bench.Pass();
        framework.Accept(framework.Offer, Tasks.OnExecutor("t1", agent.Id));
        agent.Report(framework, "t1", TaskState.Running);
        framework.Call(new SchedulerCall.Revive());
        bench.Pass();
        var offer = framework.Offer;
        Assert.Equal([Tasks.Executor.Id], offer.Executors);
        agent.Call(new AgentCall.ExecutorExited(framework.Id, Tasks.Executor.Id, 137, "killed"));
        Assert.Equal([offer.Id], Assert.Single(framework.Take<SchedulerEvent.Rescind>()).OfferIds);
        framework.Update();
        // Whoever has answered it meanwhile, counting on the executor, is not at fault.
        framework.Accept(offer, Tasks.OnExecutor("t2", agent.Id, $"{offer.Resources.Scalars}"));
        Assert.Equal(TaskState.Dropped, framework.Update().State);
    }

    [Fact]
    public void A_launch_that_did_not_reach_its_agent_before_it_reconnected_is_Dropped()
    {
        var (bench, agent, framework) = WithTask();
        agent.Disconnect();
        bench.Register(id: agent.Id);
        Assert.Equal(TaskState.Dropped, framework.Update().State);
    }

    [Fact]
    public void A_task_known_to_have_run_that_its_agent_no_longer_names_is_Gone()
    {
        var (bench, agent, framework) = WithTask();
        agent.Report(framework, "t1", TaskState.Running);
        framework.Update();
        agent.Disconnect();
        bench.Register(id: agent.Id);
        Assert.Equal(TaskState.Gone, framework.Update().State);
    }

    [Fact]
    public void An_executor_its_agent_comes_back_without_is_lost_and_freed()
    {
        var bench = new MasterBench();
        var agent = bench.Register();
        var framework = bench.Subscribe();
        bench.Pass();
        framework.Accept(framework.Offer, Tasks.OnExecutor("t1", agent.Id));
        agent.Disconnect();
        var back = bench.Register(id: agent.Id, restarted: true);
        Assert.Equal(Tasks.Executor.Id, Assert.Single(framework.Take<SchedulerEvent.ExecutorLost>()).ExecutorId);
        Assert.True(bench.View(back).Used.IsEmpty);
    }

    [Fact]
    public void A_new_master_learns_frameworks_tasks_and_executors_from_its_agents()
    {
        var bench = new MasterBench(new MasterOptions { Epoch = 2 });
        var info = new FrameworkInfo(new FrameworkId("framework-1-1"), "old", Role: "batch", FailoverTimeout: OneHour);
        var agent = new AgentId("agent-1-1");
        bench.Register(id: agent, frameworks: [info],
            tasks: [new TaskReport(info.Id!.Value, Tasks.OnExecutor("t1", agent), TaskState.Running)],
            executors: [new ExecutorReport(info.Id.Value, Tasks.Executor)]);
        // 1 cpu for the task, half a one for its executor.
        Assert.Equal("cpus:1.5;mem:192", bench.Snapshot.Used.ToString());
        var framework = bench.Subscribe("old", "batch", id: info.Id, failover: OneHour);
        framework.Call(new SchedulerCall.Reconcile([]));
        Assert.Equal(TaskState.Running, framework.Update().State);
        bench.Pass();
        Assert.Equal([Tasks.Executor.Id], framework.Offer.Executors);
    }

    [Fact]
    public void A_framework_known_from_agents_alone_ends_if_it_does_not_subscribe_in_time()
    {
        var bench = new MasterBench();
        var info = new FrameworkInfo(new FrameworkId("framework-1-1"), "old");
        var agent = bench.Register(frameworks: [info],
            tasks: [new TaskReport(info.Id!.Value, Tasks.Command("t1", new AgentId("a")), TaskState.Running)]);
        // Its own failover timeout is zero, but it cannot have known of this master yet.
        bench.Advance(AbsenceMax(bench) - Moment);
        Assert.Empty(agent.Take<AgentCommand.ShutdownFramework>());
        bench.Advance(Moment);
        Assert.Single(agent.Take<AgentCommand.ShutdownFramework>());
        Assert.True(bench.Snapshot.Used.IsEmpty);
    }

    [Fact]
    public void An_agent_that_names_an_ended_framework_is_told_to_end_what_it_has_of_it()
    {
        var bench = new MasterBench();
        var framework = bench.Subscribe();
        framework.Call(new SchedulerCall.Teardown());
        var agent = bench.Register(frameworks: [new FrameworkInfo(framework.Id, "f")],
            tasks: [Report(framework, Tasks.Command("t1", new AgentId("a")))]);
        Assert.Single(agent.Take<AgentCommand.ShutdownFramework>());
        Assert.True(bench.Snapshot.Used.IsEmpty);
    }

    [Fact]
    public void A_task_that_a_second_agent_claims_is_killed_there()
    {
        var (bench, agent, framework) = WithTask();
        var task = Assert.Single(agent.Take<AgentCommand.RunTasks>()).Tasks[0];
        var second = bench.Register("node2", tasks: [Report(framework, task)]);
        Assert.Equal("t1", Assert.Single(second.Take<AgentCommand.KillTask>()).TaskId.Value);
        Assert.Equal(agent.Id, bench.Task("t1")!.AgentId);
        Assert.True(bench.View(second).Used.IsEmpty);
    }

    [Fact]
    public void A_former_agent_whose_end_nobody_has_seen_does_not_get_the_place_of_the_one_that_came_after_it()
    {
        var bench = new MasterBench();
        bench.Register(); // Lost its work directory; its stream seems open for ever.
        var agent = bench.Register();
        var framework = bench.Subscribe();
        bench.Pass();
        var offer = framework.Offers.Single(o => o.AgentId == agent.Id);
        framework.Accept(offer, Tasks.Command("t1", offer));
        var task = Assert.Single(agent.Take<AgentCommand.RunTasks>()).Tasks[0];
        agent.Report(framework, "t1", TaskState.Running);
        framework.Acknowledge(framework.Update());

        agent.Disconnect();
        Assert.Empty(framework.Take<SchedulerEvent.Update>());
        var back = bench.Register(id: agent.Id, frameworks: [new FrameworkInfo(framework.Id, "f")], tasks: [Report(framework, task)]);
        Assert.Equal(agent.Id, back.Id);
        Assert.Equal(TaskState.Running, bench.Task("t1")!.State);
    }

    [Fact]
    public void An_agent_that_unregisters_is_forgotten_and_its_tasks_are_Gone()
    {
        var (bench, agent, framework) = WithTask();
        agent.Call(new AgentCall.Unregister());
        Assert.Equal((TaskState.Gone, StatusReason.AgentRemoved), framework.Update() is var s ? (s.State, s.Reason) : default);
        Assert.Single(framework.Take<SchedulerEvent.AgentLost>());
        Assert.Empty(bench.Snapshot.Agents);
        Assert.True(bench.Snapshot.Total.IsEmpty);
    }

    [Fact]
    public void A_draining_agent_is_offered_to_nobody_and_its_tasks_go_on()
    {
        var (bench, agent, framework) = WithTask();
        framework.Call(new SchedulerCall.Revive());
        bench.Pass();
        Assert.Single(framework.Offers);
        Assert.Null(bench.Order(new OperatorCommand.Drain(agent.Id)));
        Assert.Empty(framework.Offers);
        bench.Advance(OneSecond * 60);
        Assert.Empty(framework.Offers);
        Assert.Equal(AgentCondition.Draining, bench.View(agent).Condition);
        Assert.Equal("cpus:1;mem:128", bench.View(agent).Used.ToString());
        // It drains on when it comes back, until the operator says otherwise.
        agent.Disconnect();
        var back = bench.Register(id: agent.Id);
        bench.Pass();
        Assert.Equal(AgentCondition.Drained, bench.View(back).Condition);
        Assert.Empty(framework.Offers);
        Assert.Null(bench.Order(new OperatorCommand.Reactivate(agent.Id)));
        bench.Pass();
        Assert.Single(framework.Offers);
    }

    [Fact]
    public void An_agent_that_disconnected_while_draining_and_stops_draining_while_away_is_offered_when_it_is_back()
    {
        var bench = new MasterBench();
        var agent = bench.Register();
        bench.Order(new OperatorCommand.Drain(agent.Id));
        agent.Disconnect();
        bench.Order(new OperatorCommand.Reactivate(agent.Id));
        var framework = bench.Subscribe();
        bench.Pass();
        Assert.Empty(framework.Offers);
        bench.Register(id: agent.Id);
        bench.Pass();
        Assert.Single(framework.Offers);
    }
}
