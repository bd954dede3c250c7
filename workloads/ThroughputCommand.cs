using System.CommandLine;
using Agora.Workloads.Allocation;
using Agora.Workloads.Reports;

namespace Agora.Workloads;

internal static class ThroughputCommand
{
    private const int PassRuns = 15;

    public static Command Create()
    {
        var (output, baseline) = (BaselineOption.Out(), BaselineOption.Create());
        var seconds = new Option<double>("--seconds") { Description = "Measuring time of the live part", DefaultValueFactory = _ => 5 };
        var agents = new Option<int>("--agents") { Description = "Emulated agents of the live part", DefaultValueFactory = _ => 50 };
        var frameworks = new Option<int>("--frameworks") { Description = "Schedulers of the live part", DefaultValueFactory = _ => 10 };
        var command = new Command("throughput", """
            Task life-cycles per second and the time of an allocation pass.

            The passes and the in-memory life-cycles run the real allocator and master in this process; the live ones
            run a real master process, real agent state machines whose tasks take no time, and real schedulers, all
            over gRPC on loopback. Figures are medians; passes in milliseconds of CPU.

            Example:
              agora bench throughput --seconds 10 --out /tmp/throughput
            """) { seconds, agents, frameworks, output, baseline };
        command.SetAction(async (parsed, cancellation) =>
        {
            var rows = new List<Row>();
            foreach (var (count, of, anchor) in AllocationPass.Sizes)
                rows.Add(AllocationPass.Measure(count, of, anchor, PassRuns));
            foreach (var count in new[] { 1_000, 10_000, 50_000 })
                rows.Add(InMemoryLifeCycles.Measure(count));
            rows.AddRange(await LiveLifeCycles.MeasureAsync(parsed.GetValue(agents), parsed.GetValue(frameworks),
                TimeSpan.FromSeconds(parsed.GetValue(seconds)), cancellation));
            return BaselineOption.Finish(new Report("throughput", "live", 0, rows), parsed.GetValue(output), parsed.GetValue(baseline));
        });
        return command;
    }
}
