using Agora.Cluster;
using Xunit;

namespace Agora.Tests.Fast.Cluster;

public partial class MasterTests
{
    [Fact]
    public void Agents_become_unreachable_no_faster_than_the_rate_allows()
    {
        var bench = new MasterBench(new MasterOptions { RemovalInterval = OneSecond * 100 });
        var agents = Enumerable.Range(1, 3).Select(i => bench.Register($"node{i}")).ToList();
        int Unreachable() => bench.Snapshot.Agents.Count(a => a.Condition == AgentCondition.Unreachable);
        foreach (var agent in agents)
            agent.Disconnect();
        bench.Advance(AbsenceMax(bench));
        Assert.Equal(1, Unreachable());
        bench.Advance(OneSecond * 100 - Moment);
        Assert.Equal(1, Unreachable());
        bench.Advance(Moment);
        Assert.Equal(2, Unreachable());
        // The third is back before its turn, and nothing is left to do then.
        bench.Register("node3", id: agents[2].Id);
        bench.Advance(OneSecond * 200);
        Assert.Equal(2, Unreachable());
    }

    [Fact]
    public void Agents_that_do_not_answer_pings_wait_for_their_turn_too_and_are_not_offered_meanwhile()
    {
        var bench = new MasterBench(new MasterOptions { RemovalInterval = OneHour });
        var agents = Enumerable.Range(1, 2).Select(i => bench.Register($"node{i}")).ToList();
        foreach (var agent in agents)
            agent.AnswersPings = false;
        // As the last of five pings is unanswered when the next is due.
        bench.Advance(bench.Options.PingInterval * (bench.Options.PingsMissedMax + 1));
        Assert.Equal([AgentCondition.Unreachable, AgentCondition.Disconnected], agents.Select(a => bench.View(a).Condition));
        Assert.All(agents, a => Assert.True(a.Closed));
        var framework = bench.Subscribe();
        bench.Pass();
        Assert.Empty(framework.Offers);
    }

    [Fact]
    public void A_second_process_with_the_id_of_an_agent_that_answers_is_turned_away()
    {
        var bench = new MasterBench();
        var first = bench.Register(instance: "one");
        var copy = bench.Register(id: first.Id, instance: "two");
        Assert.Contains("agent-1-1 is registered from node1 already, by another process that answers", Assert.Single(copy.Take<AgentCommand.Shutdown>()).Reason,
            StringComparison.Ordinal);
        Assert.True(copy.Closed);
        Assert.False(first.Closed);
        Assert.Equal(AgentCondition.Active, bench.View(first).Condition);
    }

    [Fact]
    public void A_process_started_anew_takes_the_place_of_one_that_does_not_answer_any_more()
    {
        var (bench, agent, framework) = WithTask();
        agent.AnswersPings = false;
        var next = bench.Register(id: agent.Id, instance: "two", restarted: true);
        Assert.Empty(next.Inbox);
        bench.Advance(bench.Options.ChallengeTime - Moment);
        Assert.Empty(next.Inbox);
        bench.Advance(Moment);
        Assert.Single(next.Take<AgentCommand.Registered>());
        Assert.True(agent.Closed);
        Assert.Equal(TaskState.Gone, framework.Update().State);
    }

    [Fact]
    public void A_process_started_anew_is_registered_at_once_when_the_connection_of_the_former_one_breaks()
    {
        var bench = new MasterBench();
        var first = bench.Register(instance: "one");
        first.AnswersPings = false;
        var next = bench.Register(id: first.Id, instance: "two");
        first.Disconnect();
        Assert.Single(next.Take<AgentCommand.Registered>());
        Assert.Equal(AgentCondition.Active, Assert.Single(bench.Snapshot.Agents).Condition);
        // And the one before it may be gone again.
        bench.Advance(OneHour / 60);
        Assert.False(next.Closed);
    }

    [Fact]
    public void A_process_that_gives_up_waiting_leaves_the_agent_as_it_was()
    {
        var bench = new MasterBench();
        var first = bench.Register(instance: "one");
        first.AnswersPings = false;
        var next = bench.Register(id: first.Id, instance: "two");
        next.Disconnect();
        bench.Advance(bench.Options.ChallengeTime);
        Assert.False(first.Closed);
        Assert.Equal(AgentCondition.Active, bench.View(first).Condition);
    }

    [Fact]
    public void The_same_process_on_another_connection_takes_its_own_place_at_once()
    {
        var bench = new MasterBench();
        var first = bench.Register(instance: "one");
        var again = bench.Register(id: first.Id, instance: "one");
        Assert.Single(again.Take<AgentCommand.Registered>());
        Assert.True(first.Closed);
    }
}
