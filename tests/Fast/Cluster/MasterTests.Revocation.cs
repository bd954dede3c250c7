using Xunit;

namespace Agora.Tests.Fast.Cluster;

public partial class MasterTests
{
    /// <summary>
    /// One agent of 4 cpus, full of four tasks of 1 cpu, t1 (oldest) to t4, of framework 'rich'; the role 'due' is then
    /// guaranteed 2 cpus.
    /// </summary>
    private static (MasterBench, BenchAgent, BenchScheduler) Full(bool revocable = true, string? richGuarantee = null)
    {
        var bench = new MasterBench();
        var agent = bench.Register();
        var rich = bench.Subscribe("rich", "rich");
        if (richGuarantee is not null)
            bench.Order(new OperatorCommand.SetRole("rich", null, null, Resources.Parse(richGuarantee)));
        bench.Pass();
        rich.Accept(rich.Offer, [.. Enumerable.Range(1, 4).Select(i =>
            Tasks.Command($"t{i}", agent.Id, "cpus:1;mem:256") with { Revocable = revocable })]);
        bench.Order(new OperatorCommand.SetRole("due", null, null, Resources.Parse("cpus:2;mem:512")));
        rich.Inbox.Clear();
        agent.Inbox.Clear();
        return (bench, agent, rich);
    }

    private static IEnumerable<string> Killed(BenchAgent agent) =>
        agent.Take<AgentCommand.KillTask>().Where(k => k.Reason == StatusReason.Revoked).Select(k => k.TaskId.Value);

    [Fact]
    public void A_role_below_its_guarantee_is_served_first()
    {
        var bench = new MasterBench();
        bench.Order(new OperatorCommand.SetRole("z", null, null, Resources.Parse("cpus:1")));
        var first = bench.Subscribe("a", "a");
        var due = bench.Subscribe("z", "z");
        bench.Register();
        bench.Pass();
        // By share and name 'a' would go before 'z'.
        Assert.Empty(first.Offers);
        Assert.Single(due.Offers);
    }

    [Fact]
    public void A_framework_sees_what_its_role_is_guaranteed()
    {
        var bench = new MasterBench();
        bench.Order(new OperatorCommand.SetRole("due", null, null, Resources.Parse("cpus:2")));
        var framework = bench.Subscribe(role: "due");
        Assert.Equal("cpus:2", Assert.Single(framework.Take<SchedulerEvent.Subscribed>()).Guaranteed.ToString());
        bench.Order(new OperatorCommand.SetRole("due", null, null, Resources.Parse("cpus:3")));
        Assert.Equal("cpus:3", Assert.Single(framework.Take<SchedulerEvent.Guarantee>()).Guaranteed.ToString());
    }

    [Fact]
    public void Revocation_warns_waits_the_grace_and_kills_the_newest_tasks()
    {
        var (bench, agent, rich) = Full();
        var due = bench.Subscribe("due", "due");
        bench.Pass();
        var warning = Assert.Single(rich.Take<SchedulerEvent.RevocationWarning>());
        // 2 cpus and 512 MiB are missing: the two newest tasks.
        Assert.Equal(["t4", "t3"], warning.Tasks.Select(t => t.Value));
        Assert.Equal("cpus:2;mem:512", warning.Amount.ToString());
        Assert.Equal(bench.Now + bench.Options.RevocationGrace, warning.Deadline);
        bench.Advance(bench.Options.RevocationGrace - Moment);
        Assert.Empty(Killed(agent));
        bench.Advance(Moment);
        Assert.Equal(["t4", "t3"], Killed(agent));
        // While they end nobody is warned again; then what they held goes to the role it was taken for.
        bench.Advance(OneSecond * 30);
        Assert.Empty(rich.Take<SchedulerEvent.RevocationWarning>());
        agent.Report(rich, "t4", TaskState.Killed);
        agent.Report(rich, "t3", TaskState.Killed);
        bench.Pass();
        Assert.Equal("cpus:2;mem:512", due.Offer.Resources.ToString());
    }

    [Fact]
    public void What_the_framework_frees_itself_within_the_grace_is_not_killed()
    {
        var (bench, agent, rich) = Full();
        var due = bench.Subscribe("due", "due");
        bench.Pass();
        agent.Report(rich, "t1", TaskState.Finished);
        bench.Pass();
        due.Launch("mine", "cpus:1;mem:256");
        bench.Advance(bench.Options.RevocationGrace);
        // One of the two missing cpus came from t1, so one task of the two it was warned of is enough.
        Assert.Equal(["t4"], Killed(agent));
    }

    [Fact]
    public void Tasks_that_are_not_revocable_are_never_revoked()
    {
        var (bench, agent, rich) = Full(revocable: false);
        bench.Subscribe("due", "due");
        bench.Advance(bench.Options.RevocationGrace * 3);
        Assert.Empty(rich.Take<SchedulerEvent.RevocationWarning>());
        Assert.Empty(Killed(agent));
    }

    [Fact]
    public void Revocation_never_takes_a_role_below_its_own_guarantee()
    {
        // It holds 4 and is guaranteed 3: one may go, though two are missing.
        var (bench, agent, rich) = Full(richGuarantee: "cpus:3;mem:768");
        bench.Subscribe("due", "due");
        bench.Pass();
        Assert.Equal(["t4"], Assert.Single(rich.Take<SchedulerEvent.RevocationWarning>()).Tasks.Select(t => t.Value));
        bench.Advance(bench.Options.RevocationGrace);
        Assert.Equal(["t4"], Killed(agent));
    }

    [Theory]
    [InlineData("suppressed")]
    [InlineData("hints for nothing")]
    [InlineData("not there")]
    public void Nothing_is_revoked_for_a_framework_that_wants_nothing(string how)
    {
        var (bench, agent, rich) = Full();
        if (how == "suppressed")
            bench.Subscribe("due", "due", suppressed: true);
        else if (how == "hints for nothing")
            bench.Subscribe("due", "due", hints: [new Hint([], Resources.Parse("cpus:1;mem:256"), 0, DateTimeOffset.MaxValue)]);
        bench.Advance(bench.Options.RevocationGrace * 3);
        Assert.Empty(rich.Take<SchedulerEvent.RevocationWarning>());
        Assert.Empty(Killed(agent));
    }

    [Fact]
    public void No_more_is_revoked_than_the_hints_ask_for()
    {
        var (bench, agent, _) = Full();
        bench.Subscribe("due", "due", hints: [new Hint([], Resources.Parse("cpus:1;mem:256"), 1, DateTimeOffset.MaxValue)]);
        bench.Advance(bench.Options.RevocationGrace + OneSecond);
        Assert.Equal(["t4"], Killed(agent));
    }

    [Fact]
    public void A_plan_whose_framework_is_gone_by_the_deadline_kills_nothing()
    {
        var (bench, agent, rich) = Full();
        var due = bench.Subscribe("due", "due");
        bench.Pass();
        Assert.Single(rich.Take<SchedulerEvent.RevocationWarning>());
        due.Call(new SchedulerCall.Teardown());
        bench.Advance(bench.Options.RevocationGrace * 2);
        Assert.Empty(Killed(agent));
    }
}
