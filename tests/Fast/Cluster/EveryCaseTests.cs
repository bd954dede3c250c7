using Agora.Cluster;
using Agora.Tests.Fast.Protocol;
using Xunit;

namespace Agora.Tests.Fast.Cluster;

/// <summary>
/// The compiler does not say which case of a record family a switch forgot; here every case is handed in once. A case
/// added later is covered without a line of test code.
/// </summary>
public class EveryCaseTests
{
    public static TheoryData<Type> Cases(Type family)
    {
        var cases = new TheoryData<Type>();
        foreach (var type in family.GetNestedTypes().Where(t => t.IsSubclassOf(family)))
            cases.Add(type);
        return cases;
    }

    private static T Sample<T>(Type type) => (T)new DomainSampler(1).Sample(type, "");

    private static void AtMaster(Func<MasterBench, (BenchScheduler Scheduler, BenchAgent Agent), MasterEvent> make)
    {
        var bench = new MasterBench();
        var parts = (bench.Subscribe(), bench.Register());
        bench.Machine.Handle(bench.Now, make(bench, parts));
        bench.Machine.CheckInvariants();
    }

    private static void AtAgent(Func<AgentBench, AgentEvent> make)
    {
        var bench = new AgentBench().Registered();
        bench.RunningOnExecutor("t1");
        bench.Handle(make(bench));
    }

    [Theory, MemberData(nameof(Cases), typeof(MasterEvent))]
    public void The_master_handles_every_event(Type type) => AtMaster((_, _) => Sample<MasterEvent>(type));

    [Theory, MemberData(nameof(Cases), typeof(SchedulerCall))]
    public void The_master_handles_every_call_of_a_scheduler(Type type) =>
        AtMaster((_, parts) => new MasterEvent.SchedulerCalled(parts.Scheduler.Connection, Sample<SchedulerCall>(type)));

    [Theory, MemberData(nameof(Cases), typeof(AgentCall))]
    public void The_master_handles_every_call_of_an_agent(Type type) =>
        AtMaster((_, parts) => new MasterEvent.AgentCalled(parts.Agent.Connection, Sample<AgentCall>(type)));

    [Theory, MemberData(nameof(Cases), typeof(OperatorCommand))]
    public void The_master_handles_every_order(Type type) =>
        AtMaster((_, _) => new MasterEvent.Ordered(1, Sample<OperatorCommand>(type)));

    [Theory, MemberData(nameof(Cases), typeof(AgentEvent))]
    public void The_agent_handles_every_event(Type type) => AtAgent(_ => Sample<AgentEvent>(type));

    [Theory, MemberData(nameof(Cases), typeof(AgentCommand))]
    public void The_agent_handles_every_command(Type type) => AtAgent(bench =>
        new AgentEvent.MasterCommanded(bench.Master, type == typeof(AgentCommand.RunTasks)
            ? new AgentCommand.RunTasks(AgentBench.Framework, [AgentBench.Task("t2")])
            : Sample<AgentCommand>(type)));

    [Theory, MemberData(nameof(Cases), typeof(ExecutorCall))]
    public void The_agent_handles_every_call_of_an_executor(Type type) =>
        AtAgent(_ => new AgentEvent.ExecutorCalled(1, Sample<ExecutorCall>(type)));

    [Theory]
    [InlineData(typeof(MasterEvent), 7)]
    [InlineData(typeof(SchedulerCall), 15)]
    [InlineData(typeof(AgentCall), 6)]
    [InlineData(typeof(OperatorCommand), 9)]
    [InlineData(typeof(AgentEvent), 10)]
    [InlineData(typeof(AgentCommand), 9)]
    [InlineData(typeof(ExecutorCall), 3)]
    public void The_cases_are_found_by_reflection(Type family, int atLeast) =>
        Assert.True(Cases(family).Count >= atLeast, $"{family.Name} has {Cases(family).Count} cases");
}
