using System.CommandLine;
using Agora.Workloads.Reports;

namespace Agora.Workloads.Throughput;

internal static class ThroughputCommand
{
    private static readonly int[] Sizes = [1_000, 10_000, 50_000, 100_000];

    public static Command Create()
    {
        var (output, baseline) = (BaselineOption.Out(), BaselineOption.Create());
        var seconds = new Option<double>("--seconds") { Description = "How long each is measured", DefaultValueFactory = _ => 5 };
        var agents = new Option<int>("--agents") { Description = "Emulated agents, of the part over the wire", DefaultValueFactory = _ => 1_000 };
        var frameworks = new Option<int>("--frameworks") { Description = "Schedulers, of the part over the wire", DefaultValueFactory = _ => 10 };
        var command = new Command("throughput", """
            Lives of tasks per second: in memory, over the wire, and of real processes.

            Those in memory are of the real master alone, in this process. Those over the wire are of a real master
            process, real agent machines whose tasks take no time, and real schedulers, over gRPC on loopback. Real
            processes are /bin/true through one real agent, beside how often this machine starts it without Agora.
            Figures are medians.

            Example:
              agora bench throughput --seconds 10 --out /tmp/throughput
            """) { seconds, agents, frameworks, output, baseline };
        command.SetAction(async (parsed, cancellation) =>
        {
            var rows = Sizes.Select(InMemoryLifeCycles.Measure).ToList();
            var time = TimeSpan.FromSeconds(parsed.GetValue(seconds));
            rows.AddRange(await LiveLifeCycles.MeasureAsync(parsed.GetValue(agents), parsed.GetValue(frameworks), time, cancellation));
            rows.AddRange(await CommandTasks.MeasureAsync(time, cancellation));
            return BaselineOption.Finish(new Report("throughput", "live", 0, rows), parsed.GetValue(output), parsed.GetValue(baseline),
                Picture.Lines("cost", "what a life of a task costs the master, without a wire", "agents", "processor time for a task (µs)",
                    [("Agora", [.. Sizes.Select(s => (double)s)], [.. rows.Take(Sizes.Length).Select(r => 1e6 / r.Agora)])],
                    "Flat is what it should be. What grows is what memory costs that is no longer in the processor's caches."));
        });
        return command;
    }
}
