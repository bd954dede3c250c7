using Agora.Protocol;
using Agora.Simulation;
using Agora.Workloads.Allocation;
using Agora.Workloads.Throughput;

namespace Agora.Workloads.Check;

/// <summary>Figures of the core that are soon had, each in milliseconds of processor time.</summary>
internal static class FastRows
{
    private const int Cycles = 20_000, Batches = 40;

    public static IReadOnlyList<(string Name, Func<double> Milliseconds)> All { get; } =
    [
        ("allocation-pass-10000-agents-1000-frameworks", () => AllocationPass.Milliseconds(10_000, 1_000, 1)),
        ("allocation-pass-50000-agents-1000-frameworks", () => AllocationPass.Milliseconds(50_000, 1_000, 1)),
        ("decline-storm-round", () => DeclineStorm.Measure(5_000, 500, 7)[0].Agora),
        ("life-cycles-1000-agents", LifeCycles(1_000)),
        ("life-cycles-20000-agents", LifeCycles(20_000)),
        ("updates-over-the-wire", Updates),
        ("simulated-scenarios", Scenarios),
    ];

    private static Func<double> LifeCycles(int agents)
    {
        InMemoryLifeCycles? loop = null;
        return () => (loop ??= InMemoryLifeCycles.Start(agents)).Milliseconds(Cycles);
    }

    /// <summary>What an update costs on its way from machine to bytes and back.</summary>
    private static double Updates()
    {
        var agent = new AgentId("agent-1-1");
        var before = Environment.CpuUsage.TotalTime;
        for (var batch = 0; batch < Batches; batch++)
        {
            var calls = new V1.AgentCalls();
            for (var i = 0; i < 500; i++)
            {
                calls.Items.Add(new AgentCall.Update(new FrameworkId("framework-1-1"), new TaskStatus(new TaskId($"task-{i}"), TaskState.Running,
                    StatusSource.Agent, StatusReason.None, "", DateTimeOffset.UnixEpoch, agent, Sequence: 1), TaskState.Running).ToWire());
            }
            foreach (var call in V1.AgentCalls.Parser.ParseFrom(Google.Protobuf.MessageExtensions.ToByteArray(calls)).Items)
                if (call.ToDomain() is not AgentCall.Update)
                    throw new InvalidOperationException("an update came back as something else");
        }
        return (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
    }

    private static double Scenarios()
    {
        var before = Environment.CpuUsage.TotalTime;
        for (var seed = 1UL; seed <= 20; seed++)
            new Scenario(seed).Run();
        return (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
    }
}
