using Agora.Workloads.Reports;

namespace Agora.Workloads.Simulated.Macro;

/// <summary>What the figures were made from.</summary>
internal static class MacroData
{
    public static DataTable Jobs(IReadOnlyList<IReadOnlyList<MacroRun>> runs) =>
        new("jobs", ["setup", "run", "framework", "type", "submittedSeconds", "endedSeconds"],
            [.. Each(runs, (run, i) => run.Jobs.OrderBy(j => j.Submitted).Select(j => (IReadOnlyList<object>)
                [run.Setup.Name, i, j.Framework, j.Type, j.Submitted, j.Ended]))]);

    public static DataTable Samples(IReadOnlyList<IReadOnlyList<MacroRun>> runs) =>
        new("samples", ["setup", "run", "seconds", "framework", "cpuShare", "memoryShare"],
            [.. Each(runs, (run, i) => run.Samples.SelectMany(s => run.Mixes.Select((mix, m) => (IReadOnlyList<object>)
                [run.Setup.Name, i, s.At, mix, s.Cpu[m], s.Memory[m]])))]);

    private static IEnumerable<T> Each<T>(IReadOnlyList<IReadOnlyList<MacroRun>> runs, Func<MacroRun, int, IEnumerable<T>> rows) =>
        runs.SelectMany(setup => setup.SelectMany(rows));
}
