using Agora.Cluster;
using CsCheck;
using Xunit;

namespace Agora.Tests.Fast.Cluster;

public partial class MasterTests
{
    private static FrameworkExplanation Explain(MasterBench bench, BenchScheduler framework) =>
        bench.Machine.ExplainFramework(framework.Id.Value)!;

    [Fact]
    public void Every_framework_has_exactly_one_reason_for_every_agent_whatever_has_happened() =>
        (from kind in Gen.Int[0, 9] from which in Gen.Int[0, 9] select (kind, which)).List[5, 60].Sample(history =>
        {
            var bench = new MasterBench();
            var frameworks = new List<BenchScheduler>();
            var agents = new List<BenchAgent>();
            var task = 0;
            foreach (var (kind, which) in history)
            {
                var framework = frameworks.Count > 0 ? frameworks[which % frameworks.Count] : null;
                var agent = agents.Count > 0 ? agents[which % agents.Count] : null;
                Happen(bench, kind, which, frameworks, framework, agents, agent, ref task);
                foreach (var view in bench.Snapshot.Frameworks.Where(f => f.Condition != FrameworkCondition.Completed))
                {
                    var explanation = bench.Machine.ExplainFramework(view.Info.Id!.Value.Value)!;
                    Assert.Equal(bench.Snapshot.Agents.Select(a => a.Info.Id!.Value), explanation.Agents.Select(a => a.AgentId));
                    Assert.All(explanation.Agents, a => Assert.NotEmpty(a.Detail));
                    Assert.NotEmpty(explanation.Summary);
                }
            }
        }, iter: 200);

    private static void Happen(MasterBench bench, int kind, int which, List<BenchScheduler> frameworks,
        BenchScheduler? framework, List<BenchAgent> agents, BenchAgent? agent, ref int task)
    {
        switch (kind)
        {
            case 0:
                frameworks.Add(bench.Subscribe($"f{frameworks.Count}", $"r{which % 3}", failover: OneHour,
                    filters: which == 9 ? new FrameworkFilters(["node1"], Resources.Parse("cpus:2")) : null));
                break;
            case 1: agents.Add(bench.Register($"node{agents.Count}", $"cpus:{1 + which};mem:1024")); break;
            case 2 when agent is not null && !agent.Closed:
                agent.Disconnect();
                agent.Closed = true;
                break;
            case 3 when agent is not null: bench.Order(which > 4 ? new OperatorCommand.Drain(agent.Id) : new OperatorCommand.Reactivate(agent.Id)); break;
            case 4 when framework is not null && !framework.Closed: framework.Disconnect(); break;
            case 5 when framework is not null && !framework.Closed: framework.Call(new SchedulerCall.Suppress()); break;
            case 6 when framework is not null:
                foreach (var offer in framework.Offers.ToList())
                    framework.Decline(offer, OneSecond * which);
                break;
            case 7 when framework is not null:
                foreach (var offer in framework.Offers.ToList())
                    framework.Accept(offer, Tasks.Command($"t{++task}", offer, $"cpus:{1 + which / 4};mem:100"));
                break;
            case 8: bench.Advance(OneSecond * which * 5); break;
            default: bench.Pass(); break;
        }
    }

    [Theory]
    [InlineData("offered", "f holds [cpus:4;mem:1024], 100 % of the cluster by its dominant resource (it can count on 100 %). " +
        "Of 1 agents: 1 offered or about to be. Resources are being offered to it.")]
    [InlineData("no agents", "f holds nothing. There are no agents.")]
    [InlineData("suppressed", "f holds nothing. Of 1 agents: 1 suppressed. It gets no offers because it said that it wants none.")]
    [InlineData("disconnected", "f holds nothing. Of 1 agents: 1 no scheduler connected. It gets no offers until its scheduler is back.")]
    [InlineData("refused", "f holds nothing. Of 1 agents: 1 refused by it a moment ago. What is free it has refused or filtered out itself.")]
    [InlineData("not listed", "f holds nothing. Of 1 agents: 1 not in its list. What is free it has refused or filtered out itself.")]
    [InlineData("too small", "f holds nothing; it asks for [cpus:16;mem:256] more. Of 1 agents: 1 with less free than it asks for. " +
        "What is free on any one agent is too little for one of its tasks; it is below its fair share, so it is first in " +
        "line for what is given back.")]
    [InlineData("held by another", "f holds nothing. Of 1 agents: 1 held in other frameworks' offers. " +
        "Nothing is free; it is below its fair share, so it is first in line for what is given back.")]
    [InlineData("full of its own", "f holds [cpus:4;mem:1024], 100 % of the cluster by its dominant resource (it can count on 100 %). " +
        "Of 1 agents: 1 full. Nothing is free, and it has its fair share: it gets more when others leave some.")]
    [InlineData("draining", "f holds nothing. Of 1 agents: 1 draining. " +
        "Nothing is free; it is below its fair share, so it is first in line for what is given back.")]
    public void The_summary_says_in_plain_words_why(string situation, string sentence)
    {
        var bench = new MasterBench();
        var agent = situation == "no agents" ? null : bench.Register();
        if (situation == "held by another")
        {
            bench.Subscribe("other");
            bench.Pass();
        }
        var framework = bench.Subscribe(failover: OneHour, suppressed: situation == "suppressed",
            filters: situation == "not listed" ? new FrameworkFilters(["elsewhere"]) : null,
            hints: situation == "too small" ? [new Hint([], Resources.Parse("cpus:8;mem:128"), 2, DateTimeOffset.MaxValue)] : null);
        if (situation == "draining")
            bench.Order(new OperatorCommand.Drain(agent!.Id));
        bench.Pass();
        if (situation == "refused")
            framework.Decline(framework.Offer);
        if (situation == "full of its own")
            framework.Launch("t1", "cpus:4;mem:1024");
        if (situation == "disconnected")
            framework.Disconnect();
        Assert.Equal(sentence, Explain(bench, framework).Summary);
    }

    [Fact]
    public void Details_say_who_holds_an_agent_how_long_a_refusal_runs_and_why_it_declined()
    {
        var bench = new MasterBench();
        bench.Register("node1");
        bench.Register("node2");
        var other = bench.Subscribe("other", filters: new FrameworkFilters(["node1"]));
        bench.Pass();
        var framework = bench.Subscribe();
        bench.Pass();
        framework.Decline(framework.Offer, OneSecond * 8, "no data there");
        bench.Advance(OneSecond * 2);
        bench.Handle(new MasterEvent.Tick());
        // Offers last 30 s: of the other's, made two passes before the decline, a little less than 28 s are left.
        Assert.Equal(
            [
                $"node1: {other.Offer.Id} to other for 2.0 s: cpus:4;mem:1024 (28.0 s more)",
                "node2: it refused [cpus:4;mem:1024] or more there (6.0 s more)",
                "declined node2 2.0 s ago: no data there",
            ], Explain(bench, framework).Details);
    }

    [Fact]
    public void A_framework_can_be_asked_about_by_its_name()
    {
        var bench = new MasterBench();
        var framework = bench.Subscribe("wordcount");
        Assert.Equal(framework.Id, bench.Machine.ExplainFramework("wordcount")!.FrameworkId);
        Assert.Null(bench.Machine.ExplainFramework("nonesuch"));
    }

    [Fact]
    public void A_task_is_explained_by_its_last_status()
    {
        var (bench, agent, framework) = WithTask();
        string Summary() => bench.Machine.ExplainTask(framework.Id, new TaskId("t1"))!.Summary;
        Assert.Equal("Task t1 of framework-1-1 is Staging on node1: its agent has not reported yet.", Summary());
        agent.Report(framework, "t1", TaskState.Running);
        Assert.Equal("Task t1 of framework-1-1 is Running on node1: says its agent.", Summary());
        agent.Report(framework, "t1", TaskState.Finished, sequence: 2);
        framework.Call(new SchedulerCall.Acknowledge(agent.Id, new TaskId("t1"), 2));
        Assert.Equal("Task t1 of framework-1-1 is Finished on node1: says its agent.", Summary());
        Assert.Null(bench.Machine.ExplainTask(framework.Id, new TaskId("nonesuch")));
    }

    [Fact]
    public void Fair_shares_follow_the_weights_of_roles_and_the_number_of_frameworks_in_each()
    {
        var bench = new MasterBench();
        bench.Order(new OperatorCommand.SetRole("heavy", 3, null, null));
        var alone = bench.Subscribe("alone", "heavy");
        var one = bench.Subscribe("one", "light");
        bench.Subscribe("two", "light");
        // Heavy is due 3/4 of the cluster; light 1/4, half of it for each of its two.
        Assert.Equal(0.75, Explain(bench, alone).FairShare, 9);
        Assert.Equal(0.125, Explain(bench, one).FairShare, 9);
    }
}
