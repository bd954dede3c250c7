using Agora.Workloads.Reports;

namespace Agora.Workloads.Simulated.Macro;

/// <summary>The paper's figures 4 to 6 from our runs, and its tables as bars.</summary>
internal static class MacroPictures
{
    private const string Time = "time (s)";

    public static IEnumerable<Picture> Of(MacroRun shared, MacroRun apart)
    {
        yield return Shares(shared, "cpu-shares", "figure 4, who holds the processors", "processors (% of all)", s => s.Cpu,
            "What one framework leaves, others use at once: the large Hadoop mix grows wherever a hole opens, and gives way when jobs of others come.");
        yield return Shares(shared, "memory-shares", "who holds the memory", "memory (% of all)", s => s.Memory,
            "Executors of Spark and Hadoop keep memory on many more nodes than a partition has, on top of what their tasks hold.");
        for (var m = 0; m < apart.Mixes.Count; m++)
            yield return Framework(shared, apart, m, "abcd"[m]);
        yield return Utilisation(shared, apart, "cpu-utilisation", "figure 6, processors in use", "processors held by tasks (%)", s => s.Cpu,
            "Shared, the cluster is fuller and done sooner; on partitions most of it waits for the large Hadoop mix to end.");
        yield return Utilisation(shared, apart, "memory-utilisation", "figure 6, memory in use", "memory held (%)", s => s.Memory,
            "Shared, more of the memory is of use: the same tasks in less time, and executors on more nodes.");
    }

    public static Picture ByFramework(IReadOnlyList<Row> rows) => Compare(rows, "speed-ups", "table 4, speed-up of each framework",
        "framework", [.. PaperFigures.Table4.Select(f => f.Framework)],
        "Sum of the jobs' times on a static partition over that on the shared cluster; above 1 sharing is faster.");

    public static Picture ByType(IReadOnlyList<Row> rows) => Compare(rows, "speed-ups-by-job", "table 5, speed-up of each kind of job",
        "kind of job", [.. PaperFigures.Table5.Select(t => t.Type)],
        "Large jobs gain most, as they can use more than a partition; the smallest, which do not fill one, lose the seconds in which they wait for a slot.");

    /// <summary>Areas of all frameworks of a run.</summary>
    public static Picture Shares(MacroRun run, string name, string title, string y, Func<MacroSample, double[]> of, string caption) =>
        Picture.Stack(name, title, Time, y, Times(run), [.. run.Mixes.Select((mix, m) => (mix, Percent(run, s => of(s)[m])))], 100, caption);

    private static Picture Framework(MacroRun shared, MacroRun apart, int mix, char letter) =>
        Picture.Lines($"share-{apart.Mixes[mix]}", $"figure 5{letter}, processors of {apart.Mixes[mix]}", Time, "processors (% of all)",
            [("shared", Times(shared), Percent(shared, s => s.Cpu[mix])), ("static partition", Times(apart), Percent(apart, s => s.Cpu[mix]))],
            "A static partition ends at 25 %; on the shared cluster the framework goes beyond it when others leave room, and is done sooner where it can use it.");

    private static Picture Utilisation(MacroRun shared, MacroRun apart, string name, string title, string y, Func<MacroSample, double[]> of,
        string caption) => Picture.Lines(name, title, Time, y,
            [("shared", Times(shared), Percent(shared, s => of(s).Sum())), ("static partitions", Times(apart), Percent(apart, s => of(s).Sum()))], caption);

    private static Picture Compare(IReadOnlyList<Row> rows, string name, string title, string x, IReadOnlyList<string> names, string caption)
    {
        var shown = names.Select(n => rows.First(r => r.Metric == $"{n}-speed-up")).ToList();
        return Picture.Bars(name, title, x, "speed-up", [.. names.Select(n => n.Replace('-', '\n'))],
            [("paper", [.. shown.Select(r => r.Anchor!.Value)]), ("Agora", [.. shown.Select(r => r.Agora)])], caption);
    }

    private static double[] Times(MacroRun run) => [.. run.Samples.Select(s => s.At)];

    private static double[] Percent(MacroRun run, Func<MacroSample, double> of) => [.. run.Samples.Select(s => of(s) * 100)];
}
