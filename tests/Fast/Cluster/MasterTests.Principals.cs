using Agora.Cluster;
using Xunit;

namespace Agora.Tests.Fast.Cluster;

public partial class MasterTests
{
    private static BenchScheduler SubscribeAs(MasterBench bench, string principal, FrameworkId? id = null)
    {
        var scheduler = bench.Connect();
        scheduler.Call(new SchedulerCall.Subscribe(new FrameworkInfo(id, "f", Principal: principal, FailoverTimeout: TimeSpan.FromHours(1))));
        return scheduler;
    }

    [Fact]
    public void A_framework_is_not_taken_over_by_another_principal()
    {
        var bench = new MasterBench();
        var owned = SubscribeAs(bench, "alice");
        var thief = SubscribeAs(bench, "eve", owned.Id);
        Assert.Contains("belongs to another principal", Assert.Single(thief.Take<SchedulerEvent.Error>()).Text, StringComparison.Ordinal);
        Assert.True(thief.Closed);
        Assert.False(owned.Closed);
        Assert.Equal("alice", bench.Machine.PrincipalOf(owned.Id));
        var again = SubscribeAs(bench, "alice", owned.Id);
        Assert.Equal(owned.Id, again.Id);
        Assert.True(owned.Closed);
    }

    [Fact]
    public void A_framework_from_before_principals_were_known_gets_the_first_that_comes_as_it()
    {
        var bench = new MasterBench();
        var owned = SubscribeAs(bench, "");
        Assert.Equal(owned.Id, SubscribeAs(bench, "alice", owned.Id).Id);
        Assert.NotEmpty(SubscribeAs(bench, "eve", owned.Id).Take<SchedulerEvent.Error>());
    }

    [Fact]
    public void Whose_a_framework_was_is_known_after_its_end()
    {
        var bench = new MasterBench();
        var owned = SubscribeAs(bench, "alice");
        owned.Call(new SchedulerCall.Teardown());
        Assert.Equal("alice", bench.Machine.PrincipalOf(owned.Id));
        Assert.Null(bench.Machine.PrincipalOf(new FrameworkId("nobody's")));
    }

    [Fact]
    public void A_task_that_is_denied_does_not_start_and_the_others_of_its_accept_do()
    {
        var bench = new MasterBench();
        var agent = bench.Register();
        var framework = SubscribeAs(bench, "alice");
        bench.Pass();
        var offer = framework.Offer;
        TaskSpec Task(string id) => new(new TaskId(id), id, offer.AgentId, Resources.Of(1, 64), new CommandSpec(["true"]));
        bench.Handle(new MasterEvent.SchedulerCalled(framework.Connection, new SchedulerCall.Accept([offer.Id], [Task("bad"), Task("good")]))
        {
            Denied = new Dictionary<TaskId, string> { [new TaskId("bad")] = "alice may not run as root" },
        });
        var status = framework.Update();
        Assert.Equal(("bad", TaskState.Error, StatusReason.TaskUnauthorized, "alice may not run as root"), (status.TaskId.Value, status.State, status.Reason, status.Message));
        Assert.Equal(["good"], Assert.Single(agent.Take<AgentCommand.RunTasks>()).Tasks.Select(t => t.Id.Value));
        Assert.Null(bench.Task("bad"));
    }
}
