using System.CommandLine;
using Agora.Workloads.Reports;

namespace Agora.Workloads.Allocation;

internal static class AllocationCommand
{
    private const int Runs = 15, Rounds = 15;

    public static Command Create()
    {
        var (output, baseline) = (BaselineOption.Out(), BaselineOption.Create());
        var command = new Command("allocation", """
            The time of an allocation pass over many agents and frameworks, and of a round in which a thousand frameworks decline
            ten thousand agents. The real allocator and master in this process; medians, in milliseconds of processor time.

            Example:
              agora bench allocation --out /tmp/allocation
            """) { output, baseline };
        command.SetAction(parsed =>
        {
            List<Row> rows = [.. AllocationPass.Sizes.Select(s => AllocationPass.Measure(s.Agents, s.Frameworks, s.Anchor, Runs)),
                .. DeclineStorm.Measure(10_000, 1_000, Rounds)];
            return BaselineOption.Finish(new Report("allocation", "live", 0, rows), parsed.GetValue(output), parsed.GetValue(baseline),
                Picture.Bars("passes", "a full allocation pass", "agents x frameworks", "processor time (ms)",
                    [.. AllocationPass.Sizes.Select(s => $"{s.Agents:N0} x {s.Frameworks:N0}")],
                    [("Agora", [.. rows.Take(AllocationPass.Sizes.Count).Select(r => r.Agora)])],
                    "Grows with the agents that have something to offer, hardly with the frameworks."));
        });
        return command;
    }
}
