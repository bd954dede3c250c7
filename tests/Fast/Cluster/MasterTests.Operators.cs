using Agora.Cluster;
using Xunit;

namespace Agora.Tests.Fast.Cluster;

public partial class MasterTests
{
    [Fact]
    public void A_drained_agents_tasks_are_waited_for_until_the_deadline_and_then_killed_with_the_shorter_grace()
    {
        var (bench, agent, framework) = WithTask();
        // The task's own grace is 3 s.
        Assert.Null(bench.Order(new OperatorCommand.Drain(agent.Id, OneSecond * 60, OneSecond)));
        agent.Report(framework, "t1", TaskState.Running);
        bench.Advance(OneSecond * 60 - Moment);
        Assert.Empty(agent.Take<AgentCommand.KillTask>());
        Assert.Equal(AgentCondition.Draining, bench.View(agent).Condition);
        bench.Advance(Moment);
        var kill = Assert.Single(agent.Take<AgentCommand.KillTask>());
        Assert.Equal((OneSecond, StatusReason.AgentDraining), (kill.Grace, kill.Reason));
    }

    [Fact]
    public void An_agent_is_drained_when_the_last_update_of_its_tasks_is_acknowledged()
    {
        var (bench, agent, framework) = WithTask();
        bench.Order(new OperatorCommand.Drain(agent.Id));
        agent.Report(framework, "t1", TaskState.Finished);
        Assert.Equal(AgentCondition.Draining, bench.View(agent).Condition);
        framework.Acknowledge(framework.Update());
        Assert.Equal(AgentCondition.Drained, bench.View(agent).Condition);
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(10, 3)]
    public void A_grace_above_the_tasks_own_leaves_it_its_own(int grace, int own)
    {
        var (bench, agent, _) = WithTask();
        bench.Order(new OperatorCommand.Drain(agent.Id, TimeSpan.Zero, grace == 0 ? null : OneSecond * grace));
        Assert.Null(Assert.Single(agent.Take<AgentCommand.KillTask>()).Grace);
        Assert.Equal(OneSecond * own, KillPolicy.Default.Grace);
    }

    [Fact]
    public void What_a_drained_agent_tells_a_new_leader_after_the_deadline_is_killed()
    {
        var (bench, agent, framework) = WithTask();
        var task = Tasks.Command("t1", agent.Id);
        bench.Order(new OperatorCommand.Drain(agent.Id, OneSecond * 5));
        bench.Failover();
        bench.Advance(OneSecond * 10);
        framework = bench.Subscribe(id: framework.Id);
        agent = bench.Register(id: agent.Id, tasks: [Report(framework, task)]);
        Assert.Equal(StatusReason.AgentDraining, Assert.Single(agent.Take<AgentCommand.KillTask>()).Reason);
    }

    [Fact]
    public void A_task_of_a_disconnected_agent_whose_time_to_drain_is_over_is_killed_when_the_agent_is_back()
    {
        var (bench, agent, framework) = WithTask();
        agent.Report(framework, "t1", TaskState.Running);
        bench.Order(new OperatorCommand.Drain(agent.Id, OneSecond));
        agent.Disconnect();
        bench.Advance(OneSecond * 2);
        agent = bench.Register(id: agent.Id, tasks: [Report(framework, Tasks.Command("t1", agent.Id))]);
        Assert.Contains(agent.Take<AgentCommand.KillTask>(), k => k.Reason == StatusReason.AgentDraining);
    }

    [Fact]
    public void An_agent_to_be_marked_gone_is_when_it_is_drained_and_not_before()
    {
        var (bench, agent, framework) = WithTask();
        bench.Order(new OperatorCommand.Drain(agent.Id, ThenGone: true));
        Assert.Empty(bench.Snapshot.Gone);
        agent.Report(framework, "t1", TaskState.Finished);
        framework.Acknowledge(framework.Update());
        Assert.Equal(agent.Id, Assert.Single(bench.Snapshot.Gone).Id);
        Assert.Empty(bench.Snapshot.Agents);
        Assert.Contains("an operator has marked agent-1-1 gone", Assert.Single(agent.Take<AgentCommand.Shutdown>()).Reason, StringComparison.Ordinal);
        Assert.True(agent.Closed);
        // The task has ended by then, as Finished and only so.
        Assert.Empty(framework.Take<SchedulerEvent.Update>());
        Assert.Empty(bench.Registry.Inactive);
    }

    [Fact]
    public void Tasks_of_an_agent_marked_gone_are_gone_by_the_operator_and_it_is_turned_away_for_ever()
    {
        var (bench, agent, framework) = WithTask();
        agent.Report(framework, "t1", TaskState.Running);
        framework.Take<SchedulerEvent.Update>();
        Assert.Null(bench.Order(new OperatorCommand.MarkGone(agent.Id)));
        Assert.Equal((TaskState.GoneByOperator, StatusReason.AgentRemovedByOperator), framework.Update() is var s ? (s.State, s.Reason) : default);
        Assert.Single(framework.Take<SchedulerEvent.AgentLost>());
        foreach (var leader in new[] { 1, 2 })
        {
            var back = bench.Register(id: agent.Id);
            Assert.Contains("an operator has marked agent-1-1 gone on 1970-01-01", Assert.Single(back.Take<AgentCommand.Shutdown>()).Reason, StringComparison.Ordinal);
            Assert.True(back.Closed);
            Assert.Empty(bench.Snapshot.Agents);
            if (leader == 1)
                bench.Failover();
        }
        // The next leader has not met the task, but knows what became of its agent.
        framework = bench.Subscribe(id: framework.Id);
        framework.Call(new SchedulerCall.Reconcile([new TaskReference(new TaskId("t1"), agent.Id)]));
        Assert.Equal(TaskState.GoneByOperator, framework.Update().State);
        Assert.Equal($"agent {agent.Id} has been marked gone, which cannot be undone", bench.Order(new OperatorCommand.Reactivate(agent.Id)));
    }

    [Fact]
    public void An_unreachable_agent_that_is_marked_gone_settles_its_tasks()
    {
        var (bench, agent, framework) = WithTask();
        agent.Disconnect();
        bench.Advance(AbsenceMax(bench));
        Assert.Equal(TaskState.Unreachable, framework.Update().State);
        Assert.Null(bench.Order(new OperatorCommand.MarkGone(agent.Id)));
        Assert.Equal(TaskState.GoneByOperator, framework.Update().State);
    }

    [Fact]
    public void The_agents_marked_gone_longest_ago_are_forgotten_beyond_the_limit()
    {
        var bench = new MasterBench(new MasterOptions { Limits = new Limits { GoneAgentsMax = 2 } });
        for (var i = 1; i <= 3; i++)
            Assert.Null(bench.Order(new OperatorCommand.MarkGone(new AgentId($"agent-1-{i}"))));
        Assert.Equal(["agent-1-2", "agent-1-3"], bench.Registry.Gone.Select(g => g.Id.Value));
    }

    [Fact]
    public void A_deactivated_agent_is_not_offered_and_its_tasks_go_on()
    {
        var (bench, agent, framework) = WithTask();
        framework.Call(new SchedulerCall.Revive());
        bench.Pass();
        Assert.Null(bench.Order(new OperatorCommand.Deactivate(agent.Id)));
        Assert.Empty(framework.Offers);
        bench.Advance(OneHour);
        Assert.Empty(framework.Offers);
        Assert.Empty(agent.Take<AgentCommand.KillTask>());
        Assert.Equal(AgentCondition.Deactivated, bench.View(agent).Condition);
        Assert.Contains("1 deactivated", bench.Machine.ExplainFramework(framework.Id.Value)!.Summary, StringComparison.Ordinal);
        Assert.Null(bench.Order(new OperatorCommand.Reactivate(agent.Id)));
        bench.Pass();
        Assert.Single(framework.Offers);
    }

    private static OperatorCommand.ScheduleMaintenance Oil(MasterBench bench, TimeSpan wait, TimeSpan? duration, string machine = "node1") =>
        new("oil", [machine], new Unavailability(bench.Now + wait, duration));

    [Fact]
    public void A_machine_under_maintenance_is_offered_until_the_window_begins_and_again_when_it_ends()
    {
        var bench = new MasterBench();
        var agent = bench.Register("node1");
        var framework = bench.Subscribe();
        bench.Pass();
        Assert.Null(framework.Offer.Unavailability);
        var start = bench.Now + OneSecond * 10;
        Assert.Null(bench.Order(Oil(bench, OneSecond * 10, OneSecond * 60)));
        // What was out did not say so; what comes in its place does.
        bench.Pass();
        Assert.Equal(start, framework.Offer.Unavailability!.Start);
        bench.Advance(OneSecond * 10);
        Assert.Empty(framework.Offers);
        Assert.Equal(AgentCondition.Maintenance, bench.View(agent).Condition);
        Assert.Contains("1 under maintenance", bench.Machine.ExplainFramework(framework.Id.Value)!.Summary, StringComparison.Ordinal);
        bench.Advance(OneSecond * 60 - Moment);
        Assert.Empty(framework.Offers);
        bench.Advance(Moment * 2);
        Assert.Single(framework.Offers);
        Assert.Empty(bench.Snapshot.Maintenance);
    }

    [Fact]
    public void Cancelled_maintenance_has_the_machine_offered_again()
    {
        var bench = new MasterBench();
        bench.Register("node1");
        var framework = bench.Subscribe();
        bench.Order(Oil(bench, TimeSpan.Zero, null));
        bench.Advance(OneHour);
        Assert.Empty(framework.Offers);
        Assert.Null(bench.Order(new OperatorCommand.CancelMaintenance("oil")));
        bench.Pass();
        Assert.Single(framework.Offers);
        Assert.Equal("no maintenance 'oil' is scheduled", bench.Order(new OperatorCommand.CancelMaintenance("oil")));
    }

    [Fact]
    public void Who_has_tasks_on_a_machine_is_asked_once_to_leave_and_the_answer_is_shown()
    {
        var (bench, agent, framework) = WithTask();
        var other = bench.Subscribe("other");
        bench.Order(Oil(bench, OneHour, OneHour));
        var asked = Assert.Single(Assert.Single(framework.Take<SchedulerEvent.InverseOffers>()).List);
        Assert.Equal((agent.Id, "node1", "cpus:1;mem:128", bench.Now + OneHour), (asked.AgentId, asked.Hostname, asked.Resources.ToString(), asked.Unavailability.Start));
        Assert.Empty(other.Take<SchedulerEvent.InverseOffers>());
        InverseOfferView Shown() => Assert.Single(Assert.Single(bench.Snapshot.Maintenance).InverseOffers);
        Assert.Equal((framework.Id, agent.Id, (bool?)null, 1), (Shown().FrameworkId, Shown().AgentId, Shown().Accepted, Shown().Tasks));

        framework.Call(new SchedulerCall.DeclineInverse([asked.Id], "busy"));
        Assert.Equal(((bool?)false, "busy"), (Shown().Accepted, Shown().Reason));
        framework.Call(new SchedulerCall.AcceptInverse([asked.Id]));
        Assert.Equal(((bool?)true, ""), (Shown().Accepted, Shown().Reason));
        // Another's answer is nobody's.
        other.Call(new SchedulerCall.DeclineInverse([asked.Id], "mine"));
        Assert.Equal(((bool?)true, ""), (Shown().Accepted, Shown().Reason));

        agent.Report(framework, "t1", TaskState.Running);
        Assert.Empty(framework.Take<SchedulerEvent.InverseOffers>());
        agent.Report(framework, "t1", TaskState.Finished, 2);
        Assert.Equal([asked.Id], Assert.Single(framework.Take<SchedulerEvent.RescindInverse>()).OfferIds);
        Assert.Empty(Assert.Single(bench.Snapshot.Maintenance).InverseOffers);
    }

    [Fact]
    public void Who_launches_there_comes_back_or_is_met_by_a_new_leader_is_asked_then()
    {
        var bench = new MasterBench();
        var agent = bench.Register("node1");
        bench.Order(Oil(bench, OneHour, OneHour));
        var framework = bench.Subscribe(failover: OneHour);
        bench.Pass();
        var task = framework.Launch("t1");
        var first = Assert.Single(Assert.Single(framework.Take<SchedulerEvent.InverseOffers>()).List);
        // Its scheduler is lost without having answered.
        framework.Disconnect();
        framework = bench.Subscribe(id: framework.Id, failover: OneHour);
        Assert.Equal(first.Id, Assert.Single(Assert.Single(framework.Take<SchedulerEvent.InverseOffers>()).List).Id);

        bench.Failover();
        framework = bench.Subscribe(id: framework.Id, failover: OneHour);
        bench.Register("node1", id: agent.Id, tasks: [Report(framework, task)]);
        var again = Assert.Single(Assert.Single(framework.Take<SchedulerEvent.InverseOffers>()).List);
        Assert.Equal(2, again.Id.Epoch);
        bench.Order(new OperatorCommand.CancelMaintenance("oil"));
        Assert.Equal([again.Id], Assert.Single(framework.Take<SchedulerEvent.RescindInverse>()).OfferIds);
    }

    public static TheoryData<string, OperatorCommand> WrongMaintenance => new()
    {
        { "it names no machine", new OperatorCommand.ScheduleMaintenance("w", [], new Unavailability(DateTimeOffset.UnixEpoch, null)) },
        { "'a b' is not a hostname", new OperatorCommand.ScheduleMaintenance("w", ["a b"], new Unavailability(DateTimeOffset.UnixEpoch, null)) },
        { "'' is not a name for it (1 to 256 characters without blanks or '/')",
            new OperatorCommand.ScheduleMaintenance("", ["a"], new Unavailability(DateTimeOffset.UnixEpoch, null)) },
        { "it would be over at 1970-01-01 00:00:00Z", new OperatorCommand.ScheduleMaintenance("w", ["a"], new Unavailability(DateTimeOffset.UnixEpoch, TimeSpan.Zero)) },
        { "all windows together would name more than 3 machines",
            new OperatorCommand.ScheduleMaintenance("w", ["a", "b", "c", "d"], new Unavailability(DateTimeOffset.UnixEpoch, null)) },
        { "no maintenance 'w' is scheduled", new OperatorCommand.CancelMaintenance("w") },
        { "'a/b' is not the id of an agent", new OperatorCommand.MarkGone(new AgentId("a/b")) },
        { "no agent x is known", new OperatorCommand.Deactivate(new AgentId("x")) },
    };

    [Theory, MemberData(nameof(WrongMaintenance), DisableDiscoveryEnumeration = true)]
    public void What_makes_no_sense_is_not_stored(string why, OperatorCommand order)
    {
        var bench = new MasterBench(new MasterOptions { Limits = new Limits { MaintenanceMachinesMax = 3 } }) { HoldsStores = true };
        Assert.Equal(why, bench.Order(order));
        Assert.Null(bench.Held);
    }
}
