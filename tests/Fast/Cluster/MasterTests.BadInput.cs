using Agora.Cluster;
using Xunit;

namespace Agora.Tests.Fast.Cluster;

/// <summary>Bad input: a precise answer to the sender, and everything as it was before.</summary>
public partial class MasterTests
{
    private const int DataMax = 1000, HintsMax = 3, FilterMax = 2;

    /// <summary>Two agents, each on offer to the framework, which has task 'old' on the first.</summary>
    private sealed class BadInputBench
    {
        public BadInputBench()
        {
            Bench = new MasterBench(new MasterOptions
            {
                Limits = new Limits { TaskDataBytesMax = DataMax, MessageBytesMax = DataMax, HintsMax = HintsMax, FilterAgentsMax = FilterMax },
            });
            Agent = Bench.Register("node1");
            Bench.Register("node2");
            Framework = Bench.Subscribe(failover: OneHour);
            Bench.Pass();
            var first = Framework.Offers.First();
            Used = first.Id;
            Framework.Accept(first, Tasks.Command("old", first));
            Framework.Call(new SchedulerCall.Revive());
            Bench.Pass();
            (Offer, Other) = (Framework.Offers.Single(o => o.Hostname == "node1"), Framework.Offers.Single(o => o.Hostname == "node2"));
            Framework.Inbox.Clear();
        }

        public MasterBench Bench { get; }
        public BenchAgent Agent { get; }
        public BenchScheduler Framework { get; }

        /// <summary>Of node1, 3 of 4 cpus.</summary>
        public Offer Offer { get; }
        public Offer Other { get; }
        public OfferId Used { get; }
        public TaskSpec Task => Tasks.Command("new", Offer);
    }

    private static SchedulerCall.Accept AcceptWith(IReadOnlyList<OfferId> offers, params TaskSpec[] tasks) => new(offers, tasks);

    public static TheoryData<string, string> RefusedOffers => new()
    {
        { "never made", "offer-1-99 is not held by framework-1-1 (used, rescinded, or never made)" },
        { "used before", "is not held by framework-1-1 (used, rescinded, or never made)" },
        { "twice", "twice" },
        { "of two agents", "its offers are of two agents, agent-1-1 and agent-1-2; accept each agent's apart" },
        { "none", "it names no offer" },
    };

    [Theory, MemberData(nameof(RefusedOffers))]
    public void An_accept_of_offers_it_cannot_use_launches_nothing_and_uses_nothing(string offers, string why)
    {
        var bad = new BadInputBench();
        OfferId[] ids = offers switch
        {
            "never made" => [bad.Offer.Id, new OfferId(1, 99)],
            "used before" => [bad.Used],
            "twice" => [bad.Offer.Id, bad.Offer.Id],
            "of two agents" => [bad.Offer.Id, bad.Other.Id],
            _ => [],
        };
        var before = bad.Bench.Books();
        bad.Framework.Call(AcceptWith(ids, bad.Task));
        var status = bad.Framework.Update();
        Assert.Equal((TaskState.Dropped, StatusReason.InvalidOffers, "new"), (status.State, status.Reason, status.TaskId.Value));
        Assert.StartsWith("not launched: ", status.Message, StringComparison.Ordinal);
        Assert.Contains(why, status.Message, StringComparison.Ordinal);
        Assert.Equal(before, bad.Bench.Books());
        Assert.Equal(1, bad.Bench.Snapshot.Counters.CallsRefused);
        // Without tasks there is no status to say it with.
        bad.Framework.Call(AcceptWith(ids));
        Assert.Contains(why, bad.Framework.Error(), StringComparison.Ordinal);
        Assert.Equal(before, bad.Bench.Books());
    }

    [Fact]
    public void A_framework_that_is_not_partition_aware_is_told_Lost_for_Dropped()
    {
        var bench = new MasterBench();
        var framework = bench.Subscribe(capabilities: FrameworkCapabilities.None);
        framework.Call(AcceptWith([new OfferId(1, 1)], Tasks.Command("t1", new AgentId("agent-1-1"))));
        Assert.Equal(TaskState.Lost, framework.Update().State);
    }

    [Fact]
    public void Another_frameworks_offer_cannot_be_used()
    {
        var bad = new BadInputBench();
        var thief = bad.Bench.Subscribe("thief");
        var before = bad.Bench.Books();
        thief.Call(AcceptWith([bad.Offer.Id], bad.Task));
        Assert.Contains("is not held by framework-1-2", thief.Update().Message, StringComparison.Ordinal);
        thief.Call(new SchedulerCall.Decline([bad.Offer.Id]));
        Assert.Equal(before, bad.Bench.Books());
    }

    public static TheoryData<string, string> WrongTasks => new()
    {
        { "larger than the offer", "task 'new' needs [cpus:3.001;mem:128] but the offer has [cpus:3;mem:896] left" },
        { "larger with its executor", "task 'new' needs [cpus:3.5;mem:192] but the offer has [cpus:3;mem:896] left" },
        { "ports not in the offer", "task 'new' needs [cpus:1;ports:[31000-31000]] but the offer has [cpus:3;mem:896] left" },
        { "a name in use", "framework-1-1 has a task 'old' already" },
        { "an empty name", "task id '' is empty, longer than 256, or has blanks or '/' in it" },
        { "a blank name", "task id 'two words' is empty, longer than 256, or has blanks or '/' in it" },
        { "a path as name", "task id 'a/b' is empty" },
        { "a parent as name", "task id '..' is empty" },
        { "a long name", "…' is empty, longer than 256" },
        { "another agent", "task 'new' names agent agent-1-2 but the offer is of agent-1-1" },
        { "neither command nor executor", "task 'new' must have either a command or an executor" },
        { "both command and executor", "task 'new' must have either a command or an executor" },
        { "an empty command", "task 'new' has an empty command" },
        { "no resources", "task 'new' asks for no resources" },
        { "too much data", "task 'new' has 1001 bytes of data, more than 1000" },
        { "a blank executor name", "executor id 'two words' is empty, longer than 256, or has blanks or '/' in it" },
    };

    [Theory, MemberData(nameof(WrongTasks))]
    public void A_task_that_is_wrong_is_Error_and_its_offer_is_as_if_refused(string wrong, string why)
    {
        var bad = new BadInputBench();
        var good = bad.Task;
        var onExecutor = Tasks.OnExecutor("new", bad.Offer.AgentId);
        var task = wrong switch
        {
            "larger than the offer" => good with { Resources = Resources.Parse("cpus:3.001;mem:128") },
            "larger with its executor" => onExecutor with { Resources = Resources.Parse("cpus:3;mem:128") },
            "ports not in the offer" => good with { Resources = Resources.Parse("cpus:1;ports:[31000-31000]") },
            "a name in use" => good with { Id = new TaskId("old") },
            "an empty name" => good with { Id = new TaskId("") },
            "a blank name" => good with { Id = new TaskId("two words") },
            "a path as name" => good with { Id = new TaskId("a/b") },
            "a parent as name" => good with { Id = new TaskId("..") },
            "a long name" => good with { Id = new TaskId(new string('x', 257)) },
            "another agent" => good with { AgentId = bad.Other.AgentId },
            "neither command nor executor" => good with { Command = null },
            "both command and executor" => onExecutor with { Command = good.Command },
            "an empty command" => good with { Command = new CommandSpec([]) },
            "no resources" => good with { Resources = Resources.Empty },
            "too much data" => good with { Data = new byte[DataMax + 1] },
            _ => onExecutor with { Executor = Tasks.Executor with { Id = new ExecutorId("two words") } },
        };
        var before = bad.Bench.Books();
        bad.Agent.Inbox.Clear();
        bad.Framework.Accept(bad.Offer, task);
        var status = bad.Framework.Update();
        Assert.Equal((TaskState.Error, StatusReason.TaskInvalid, task.Id), (status.State, status.Reason, status.TaskId));
        Assert.Contains(why, status.Message, StringComparison.Ordinal);
        Assert.Empty(bad.Agent.Take<AgentCommand.RunTasks>());
        // The offer was answered; once it is made again all is as it was but for its number.
        bad.Framework.Call(new SchedulerCall.Revive());
        bad.Bench.Pass();
        var again = bad.Framework.Offers.Single(o => o.Hostname == "node1");
        Assert.Equal(Sorted(before), Sorted(bad.Bench.Books().Replace(again.Id.ToString(), bad.Offer.Id.ToString(), StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Sorted(string lines) => lines.Split('\n').Order(StringComparer.Ordinal);

    [Fact]
    public void The_other_tasks_of_an_accept_are_launched_beside_a_wrong_one()
    {
        var bad = new BadInputBench();
        bad.Agent.Launched();
        bad.Framework.Accept(bad.Offer, bad.Task, bad.Task with { Id = new TaskId("") }, bad.Task);
        Assert.Equal(["new"], bad.Agent.Launched());
        Assert.Equal(["", "new"], bad.Framework.Take<SchedulerEvent.Update>().Select(u => u.Status.TaskId.Value));
    }

    [Fact]
    public void An_executor_cannot_be_used_again_with_other_resources()
    {
        var bad = new BadInputBench();
        bad.Framework.Accept(bad.Offer, Tasks.OnExecutor("t1", bad.Offer.AgentId));
        bad.Framework.Call(new SchedulerCall.Revive());
        bad.Bench.Pass();
        bad.Framework.Accept(bad.Framework.Offers.Single(o => o.Hostname == "node1"),
            Tasks.OnExecutor("t2", bad.Offer.AgentId) with { Executor = Tasks.Executor with { Resources = Resources.Parse("cpus:1") } });
        Assert.Contains("executor 'executor' runs on agent-1-1 with [cpus:0.5;mem:64], not [cpus:1]",
            bad.Framework.Update().Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, SchedulerCall> RefusedCalls => new()
    {
        { "hints refused: a hint's count is negative; the former ones stay",
            new SchedulerCall.UpdateHints([new Hint([], Resources.Parse("cpus:1"), -1, DateTimeOffset.MaxValue)]) },
        { $"hints refused: 4 hints, more than {HintsMax}; the former ones stay",
            new SchedulerCall.UpdateHints([.. Enumerable.Repeat(new Hint([], Resources.Parse("cpus:1"), 1, DateTimeOffset.MaxValue), HintsMax + 1)]) },
        { $"filters refused: the list names 3 agents, more than {FilterMax}; the former ones stay",
            new SchedulerCall.SetFilters(new FrameworkFilters(["a", "b", "c"])) },
        { "acknowledgement of task 'old' refused: updates of the master (sequence 0) are not acknowledged",
            new SchedulerCall.Acknowledge(new AgentId("agent-1-1"), new TaskId("old"), 0) },
        { "message to executor e refused: 1001 bytes, more than 1000",
            new SchedulerCall.Message(new AgentId("agent-1-1"), new ExecutorId("e"), new byte[DataMax + 1]) },
        { "message to executor e refused: no agent nowhere",
            new SchedulerCall.Message(new AgentId("nowhere"), new ExecutorId("e"), new byte[1]) },
        { "page refused: 65537 characters, more than 65536; the former one stays",
            new SchedulerCall.Publish("mine", new string('x', (1 << 16) + 1)) },
        { "page refused: its kind is not a word of at most 32 lower-case letters, digits and hyphens; the former one stays",
            new SchedulerCall.Publish("../else", "{}") },
        { "message refused: framework-1-1 has no executor e on agent-1-1",
            new SchedulerCall.Message(new AgentId("agent-1-1"), new ExecutorId("e"), new byte[1]) },
    };

    [Theory, MemberData(nameof(RefusedCalls), DisableDiscoveryEnumeration = true)]
    public void A_call_that_makes_no_sense_is_refused_with_the_reason(string why, SchedulerCall call)
    {
        var bad = new BadInputBench();
        var before = bad.Bench.Books();
        bad.Framework.Call(call);
        Assert.Equal(why, bad.Framework.Error());
        Assert.Equal(before, bad.Bench.Books());
        Assert.Equal(1, bad.Bench.Snapshot.Counters.CallsRefused);
        Assert.False(bad.Framework.Closed);
    }

    public static TheoryData<string, OperatorCommand> RefusedOrders => new()
    {
        { "weight 0 is not between 0.001 and 1000", new OperatorCommand.SetRole("r", 0, null, null) },
        { "weight NaN is not between 0.001 and 1000", new OperatorCommand.SetRole("r", double.NaN, null, null) },
        { "weight 1000.5 is not between 0.001 and 1000", new OperatorCommand.SetRole("r", 1000.5, null, null) },
        { "weight -1 is not between 0.001 and 1000", new OperatorCommand.SetRole("r", -1, null, null) },
        { "'no role' is not a role name (letters, digits, '_', '-', '.', '/'; not starting with '-' or '.')",
            new OperatorCommand.SetRole("no role", 1, null, null) },
        { "no agent nowhere is known", new OperatorCommand.Drain(new AgentId("nowhere")) },
        { "no framework nobody is running", new OperatorCommand.Teardown(new FrameworkId("nobody")) },
        { "no framework nobody is running", new OperatorCommand.KillTask(new FrameworkId("nobody"), new TaskId("old"), null) },
        { "framework-1-1 has no live task 'nonesuch'",
            new OperatorCommand.KillTask(new FrameworkId("framework-1-1"), new TaskId("nonesuch"), null) },
    };

    [Theory, MemberData(nameof(RefusedOrders), DisableDiscoveryEnumeration = true)]
    public void An_order_that_makes_no_sense_is_answered_with_the_reason(string why, OperatorCommand order)
    {
        var bad = new BadInputBench();
        var before = bad.Bench.Books();
        Assert.Equal(why, bad.Bench.Order(order));
        Assert.Equal(before, bad.Bench.Books());
    }

    public static TheoryData<string, string> WrongRegistrations => new()
    {
        { "no hostname", "the agent has no hostname" },
        { "no resources", "agent 'node9' has no resources" },
        { "tasks beyond its resources", "agent 'node9' has [cpus:4;mem:1024] but its tasks use [cpus:5;mem:128]; give it at least that, or end them" },
        { "a task twice", "agent 'node9' names task 't1' of framework-1-7 twice" },
        { "an executor twice", "agent 'node9' names executor 'executor' of framework-1-7 twice" },
    };

    [Theory, MemberData(nameof(WrongRegistrations))]
    public void A_registration_that_makes_no_sense_is_refused(string wrong, string why)
    {
        var bad = new BadInputBench();
        var framework = new FrameworkInfo(new FrameworkId("framework-1-7"), "seven");
        TaskReport Task(string resources) =>
            new(framework.Id!.Value, Tasks.Command("t1", new AgentId("a"), resources), TaskState.Running);
        IReadOnlyList<TaskReport> tasks = wrong switch
        {
            "tasks beyond its resources" => [Task("cpus:5;mem:128")],
            "a task twice" => [Task("cpus:1"), Task("cpus:1")],
            _ => [],
        };
        var executor = new ExecutorReport(framework.Id!.Value, Tasks.Executor);
        var before = bad.Bench.Books();
        var agent = bad.Bench.Register(wrong == "no hostname" ? "" : "node9", wrong == "no resources" ? "" : "cpus:4;mem:1024",
            frameworks: [framework], tasks: tasks, executors: wrong == "an executor twice" ? [executor, executor] : []);
        Assert.Equal(why, Assert.Single(agent.Take<AgentCommand.Refused>()).Reason);
        Assert.True(agent.Closed);
        Assert.Equal(before, bad.Bench.Books());
    }

    [Fact]
    public void An_agent_is_refused_that_says_anything_before_it_registers()
    {
        var bench = new MasterBench();
        var stranger = bench.ConnectAgent();
        stranger.Call(new AgentCall.Pong(1));
        Assert.Equal("Pong before Register", Assert.Single(stranger.Take<AgentCommand.Refused>()).Reason);
        Assert.True(stranger.Closed);
    }

    [Fact]
    public void A_second_registration_on_one_connection_is_refused()
    {
        var bench = new MasterBench();
        var agent = bench.Register();
        agent.Call(new AgentCall.Register(new AgentInfo(null, "other", "other", 1, Resources.Parse("cpus:1"), Attributes.Empty), [], [], []));
        Assert.Equal("this connection has registered agent-1-1 already", Assert.Single(agent.Take<AgentCommand.Refused>()).Reason);
    }

    [Fact]
    public void Too_many_tasks_in_one_accept_are_refused_together()
    {
        var bench = new MasterBench(new MasterOptions { Limits = new Limits { TasksPerAcceptMax = 1 } });
        bench.Register();
        var framework = bench.Subscribe();
        bench.Pass();
        var offer = framework.Offer;
        framework.Accept(offer, Tasks.Command("t1", offer), Tasks.Command("t2", offer));
        Assert.All(framework.Take<SchedulerEvent.Update>(), u => Assert.Equal("not launched: 2 tasks, more than 1", u.Status.Message));
    }
}
