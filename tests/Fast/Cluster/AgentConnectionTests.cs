using Agora.Cluster;
using Xunit;

namespace Agora.Tests.Fast.Cluster;

/// <summary>The agent and its master: registration, updates until acknowledged, pings, coming back.</summary>
public class AgentConnectionTests
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void A_new_agent_registers_without_an_id_and_keeps_the_one_it_is_given()
    {
        var bench = new AgentBench();
        bench.Handle(new AgentEvent.Tick());
        var register = bench.Connect();
        Assert.Null(register.Agent.Id);
        Assert.False(register.Restarted);
        bench.Command(new AgentCommand.Registered(new AgentId("agent-1-7"), 1, OneSecond));
        Assert.Equal("agent-1-7", bench.Machine.Info.Id!.Value.Value);
    }

    [Fact]
    public void An_agent_started_anew_with_its_id_says_so_until_it_is_registered()
    {
        var bench = new AgentBench(id: new AgentId("agent-1-7"));
        Assert.True(bench.Connect().Restarted);
        bench.Handle(new AgentEvent.MasterDisconnected(bench.Master));
        Assert.True(bench.Connect().Restarted);
        bench.Command(new AgentCommand.Registered(new AgentId("agent-1-7"), 1, OneSecond));
        bench.Handle(new AgentEvent.MasterDisconnected(bench.Master));
        Assert.False(bench.Connect().Restarted);
    }

    [Fact]
    public void A_master_that_does_not_answer_a_registration_is_left_after_a_time()
    {
        var bench = new AgentBench();
        bench.Handle(new AgentEvent.Tick());
        bench.Connect();
        bench.Take<AgentEffect.ConnectToMaster>();
        bench.Advance(bench.Options.RegistrationTimeout - Moment);
        Assert.Empty(bench.Take<AgentEffect.DisconnectFromMaster>());
        bench.Advance(Moment);
        Assert.Equal(bench.Master, Assert.Single(bench.Take<AgentEffect.DisconnectFromMaster>()).Connection);
        bench.Advance(OneSecond);
        Assert.Single(bench.Take<AgentEffect.ConnectToMaster>());
    }

    [Fact]
    public void Coming_back_it_tells_all_that_runs_and_all_that_ended_unacknowledged()
    {
        var bench = new AgentBench().Registered();
        bench.Running("t1");
        bench.Exit(bench.Running("t2"), 0);
        bench.Run(AgentBench.ExecutorTask("t3"));
        bench.Handle(new AgentEvent.MasterDisconnected(bench.Master));
        var register = bench.Connect();
        Assert.Equal(["t1 Running", "t2 Finished", "t3 Staging"], register.Tasks.Select(t => $"{t.Task.Id} {t.Latest}"));
        Assert.Equal(Tasks.Executor.Id, Assert.Single(register.Executors).Executor.Id);
        Assert.Equal(AgentBench.Framework, Assert.Single(register.Frameworks));
    }

    [Fact]
    public void Updates_of_a_task_go_one_at_a_time_and_in_order()
    {
        var bench = new AgentBench().Registered();
        bench.Run(AgentBench.Task("t1"));
        var container = Assert.Single(bench.Take<AgentEffect.LaunchContainer>()).Container;
        bench.Handle(new AgentEvent.ContainerStarted(container));
        bench.Exit(container, 0);
        var first = Assert.Single(bench.Said<AgentCall.Update>());
        Assert.Equal((TaskState.Running, TaskState.Running), (first.Status.State, first.Latest));
        // Sent again, it says with it that the task has ended meanwhile.
        bench.Advance(bench.Options.UpdateRetry);
        first = Assert.Single(bench.Said<AgentCall.Update>());
        Assert.Equal((TaskState.Running, TaskState.Finished), (first.Status.State, first.Latest));
        bench.Acknowledge(first.Status with { Sequence = 2 });
        Assert.Empty(bench.Said<AgentCall.Update>());
        bench.Acknowledge(first.Status);
        Assert.Equal(TaskState.Finished, bench.Update().State);
        // Acknowledged twice, the second is not skipped.
        bench.Acknowledge(first.Status);
        Assert.Equal(1, bench.Machine.UnacknowledgedUpdates);
    }

    [Fact]
    public void An_update_is_sent_again_after_a_wait_that_doubles_up_to_its_limit()
    {
        var bench = new AgentBench(new AgentOptions { UpdateRetry = OneSecond, UpdateRetryMax = OneSecond * 3 }).Registered();
        bench.Exit(bench.Running("t1"), 0);
        bench.Update();
        // After 1 s, 2 s more, then 3 s (not 4) each time.
        foreach (var wait in new[] { 1, 2, 3, 3 })
        {
            bench.Advance(OneSecond * wait - Moment);
            Assert.Empty(bench.Said<AgentCall.Update>());
            bench.Advance(Moment);
            Assert.Equal(TaskState.Finished, bench.Update().State);
        }
    }

    [Fact]
    public void An_unacknowledged_update_is_sent_again_after_a_reconnection_and_its_wait_starts_anew()
    {
        var bench = new AgentBench(new AgentOptions { UpdateRetry = OneSecond * 60 }).Registered();
        bench.Exit(bench.Running("t1"), 0);
        bench.Update();
        bench.Handle(new AgentEvent.MasterDisconnected(bench.Master));
        bench.Advance(OneSecond * 30);
        bench.Registered();
        Assert.Equal(TaskState.Finished, bench.Update().State);
        // Not 60 s after it was first sent, 30 s ago, but 60 s after it was sent last.
        bench.Advance(OneSecond * 60 - Moment);
        Assert.Empty(bench.Said<AgentCall.Update>());
        bench.Advance(Moment);
        bench.Update();
    }

    [Fact]
    public void What_happens_while_no_master_is_connected_is_told_once_one_is()
    {
        var bench = new AgentBench().Registered();
        var container = bench.Running("t1");
        bench.Handle(new AgentEvent.MasterDisconnected(bench.Master));
        bench.Exit(container, 0);
        Assert.Empty(bench.Said<AgentCall.Update>());
        Assert.Equal(TaskState.Finished, Assert.Single(bench.Connect().Tasks).Latest);
        Assert.Empty(bench.Said<AgentCall.Update>());
        bench.Command(new AgentCommand.Registered(new AgentId("agent-1-1"), 1, OneSecond));
        Assert.Equal(TaskState.Finished, bench.Update().State);
    }

    [Fact]
    public void A_flood_of_updates_loses_the_middle_ones_and_never_the_last()
    {
        var bench = new AgentBench(new AgentOptions { Limits = new Limits { UpdatesPerTaskMax = 3 } }).Registered();
        bench.RunningOnExecutor("t1");
        for (var i = 1; i <= 10; i++)
            bench.ExecutorSays("t1", TaskState.Running, i);
        bench.ExecutorSays("t1", TaskState.Finished, 11);
        // Three and the terminal one.
        Assert.Equal(4, bench.Machine.UnacknowledgedUpdates);
        var last = TaskState.Staging;
        for (var i = 0; i < 4; i++)
        {
            var status = bench.Update();
            last = status.State;
            bench.Acknowledge(status);
        }
        Assert.Equal(TaskState.Finished, last);
    }

    [Fact]
    public void Commands_of_an_older_connection_are_ignored()
    {
        var bench = new AgentBench().Registered();
        var older = bench.Master;
        bench.Handle(new AgentEvent.MasterDisconnected(older));
        bench.Registered();
        bench.Handle(new AgentEvent.MasterCommanded(older, new AgentCommand.RunTasks(AgentBench.Framework, [AgentBench.Task("t1")])));
        Assert.Empty(bench.Take<AgentEffect.LaunchContainer>());
        // Nor does its end count.
        bench.Handle(new AgentEvent.MasterDisconnected(older));
        bench.Run(AgentBench.Task("t2"));
        Assert.Single(bench.Take<AgentEffect.LaunchContainer>());
    }

    [Fact]
    public void A_connection_it_no_longer_wants_is_closed()
    {
        var bench = new AgentBench().Registered();
        bench.Handle(new AgentEvent.MasterConnected(bench.Master - 1));
        Assert.Equal(bench.Master - 1, Assert.Single(bench.Take<AgentEffect.DisconnectFromMaster>()).Connection);
    }

    [Fact]
    public void A_master_of_an_older_epoch_is_left_again()
    {
        var bench = new AgentBench().Registered(epoch: 5);
        bench.Handle(new AgentEvent.MasterDisconnected(bench.Master));
        bench.Registered(epoch: 4);
        Assert.Equal(bench.Master, Assert.Single(bench.Take<AgentEffect.DisconnectFromMaster>()).Connection);
        bench.Run(AgentBench.Task("t1"));
        Assert.Empty(bench.Take<AgentEffect.LaunchContainer>());
        bench.Registered(epoch: 6);
        bench.Run(AgentBench.Task("t1"));
        Assert.Single(bench.Take<AgentEffect.LaunchContainer>());
    }

    [Fact]
    public void Without_a_ping_for_the_time_the_master_named_it_connects_anew()
    {
        var bench = new AgentBench();
        bench.Connect();
        bench.Command(new AgentCommand.Registered(new AgentId("agent-1-1"), 1, OneSecond * 30));
        bench.Advance(OneSecond * 29);
        bench.Command(new AgentCommand.Ping(4));
        Assert.Equal(4, Assert.Single(bench.Said<AgentCall.Pong>()).Number);
        bench.Advance(OneSecond * 30 - Moment);
        Assert.Empty(bench.Take<AgentEffect.DisconnectFromMaster>());
        bench.Advance(Moment);
        Assert.Single(bench.Take<AgentEffect.DisconnectFromMaster>());
        // The host says so too; that starts no second attempt.
        bench.Handle(new AgentEvent.MasterDisconnected(bench.Master));
        bench.Advance(bench.Options.ReconnectMax * 2);
        Assert.Single(bench.Take<AgentEffect.ConnectToMaster>());
    }

    [Fact]
    public void It_waits_longer_after_each_failure_to_connect_and_no_longer_than_the_limit()
    {
        var bench = new AgentBench(new AgentOptions { Reconnect = OneSecond, ReconnectMax = OneSecond * 4 });
        bench.Handle(new AgentEvent.Tick());
        // 1, 2, 4 and again 4 s, and up to half as much more by chance.
        foreach (var wait in new[] { 1, 2, 4, 4 })
        {
            var connection = Assert.Single(bench.Take<AgentEffect.ConnectToMaster>()).Connection;
            bench.Handle(new AgentEvent.MasterDisconnected(connection));
            bench.Advance(OneSecond * wait - Moment);
            Assert.Empty(bench.Effects);
            bench.Advance(OneSecond * wait / 2 + Moment);
        }
        // Once registered it begins with the shortest wait again.
        bench.Registered();
        bench.Handle(new AgentEvent.MasterDisconnected(bench.Master));
        bench.Advance(OneSecond * 1.5);
        Assert.Single(bench.Take<AgentEffect.ConnectToMaster>());
    }

    [Fact]
    public void Agents_with_other_seeds_come_back_at_other_times()
    {
        var times = new HashSet<DateTimeOffset>();
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var bench = new AgentBench(new AgentOptions { Seed = seed * 1000 }).Registered();
            bench.Handle(new AgentEvent.MasterDisconnected(bench.Master));
            times.Add(bench.Machine.NextDeadline!.Value);
        }
        Assert.Equal(20, times.Count);
    }

    [Fact]
    public void A_refused_agent_gives_up_and_says_why()
    {
        var bench = new AgentBench();
        bench.Connect();
        bench.Command(new AgentCommand.Refused("it has no resources"));
        Assert.Equal("the master refused: it has no resources", Assert.Single(bench.Take<AgentEffect.Exit>()).Failure);
    }

    [Fact]
    public void Once_another_master_leads_it_connects_soon_however_long_it_had_failed()
    {
        var bench = new AgentBench(new AgentOptions { Reconnect = OneSecond, ReconnectMax = OneSecond * 100 }).Registered();
        bench.Handle(new AgentEvent.MasterDisconnected(bench.Master));
        for (var i = 0; i < 6; i++)
        {
            bench.Advance(bench.Machine.NextDeadline!.Value - bench.Now);
            bench.Handle(new AgentEvent.MasterDisconnected(Assert.Single(bench.Take<AgentEffect.ConnectToMaster>()).Connection));
        }
        Assert.True(bench.Machine.NextDeadline - bench.Now > OneSecond * 10);
        bench.Handle(new AgentEvent.MasterElected());
        Assert.InRange(bench.Machine.NextDeadline!.Value - bench.Now, TimeSpan.Zero, OneSecond);
        bench.Advance(OneSecond);
        Assert.Single(bench.Take<AgentEffect.ConnectToMaster>());
        // While it connects already there is nothing to hurry.
        bench.Handle(new AgentEvent.MasterElected());
        Assert.Empty(bench.Take<AgentEffect.ConnectToMaster>());
    }

    [Fact]
    public void An_agent_that_is_not_wanted_any_more_ends_what_runs_gives_up_and_says_why()
    {
        var bench = new AgentBench().Registered();
        var container = bench.Running("t1");
        bench.Command(new AgentCommand.Shutdown("it is marked gone"));
        Assert.Equal(container, Assert.Single(bench.Take<AgentEffect.KillContainer>()).Container);
        Assert.Empty(bench.Take<AgentEffect.Exit>());
        bench.Handle(new AgentEvent.MasterDisconnected(bench.Master));
        bench.Advance(TimeSpan.FromHours(1));
        Assert.Empty(bench.Take<AgentEffect.ConnectToMaster>());
        bench.Handle(new AgentEvent.ContainerExited(container, new ContainerResult(128 + 15)));
        Assert.Equal("the master wants no more of it: it is marked gone", Assert.Single(bench.Take<AgentEffect.Exit>()).Failure);
    }

    [Fact]
    public void Each_process_of_an_agent_has_a_name_of_its_own_that_it_keeps()
    {
        var bench = new AgentBench().Registered();
        bench.Handle(new AgentEvent.MasterDisconnected(bench.Master));
        var first = bench.Connect().Instance;
        Assert.NotEmpty(first);
        Assert.NotEqual(first, bench.Restarted([]).Instance);
    }
}
