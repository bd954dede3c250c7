using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Agora.Workloads.Reports;

/// <summary>What a benchmark found, as a table and as <c>results.json</c>.</summary>
/// <param name="Mode"><c>live</c> or <c>simulated</c>.</param>
public sealed record Report(string Experiment, string Mode, ulong Seed, IReadOnlyList<Row> Rows)
{
    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    };

    public static string Machine =>
        $"{Environment.ProcessorCount} processors, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB, " +
        $"{Environment.OSVersion.VersionString}, .NET {Environment.Version}";

    /// <summary>The release, and the commit where the build knew it.</summary>
    public static string Version =>
        typeof(Report).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    public void Print()
    {
        Console.WriteLine($"{Experiment} ({Mode}), seed {Seed}, Agora {Version}, on {Machine}");
        var rows = Rows.Select(r => new[]
        {
            r.Metric, Number(r.Agora), r.Unit, r.Anchor is { } a ? Number(a) : "", r.Ratio is { } x ? $"{x:0.###}" : "", r.AnchorSource,
        }).Prepend(["METRIC", "AGORA", "UNIT", "PUBLISHED", "RATIO", "SOURCE"]).ToList();
        var widths = Enumerable.Range(0, 6).Select(i => rows.Max(r => r[i].Length)).ToArray();
        foreach (var row in rows)
            Console.WriteLine(string.Join("  ", row.Select((cell, i) => i is 1 or 3 or 4 ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))).TrimEnd());
    }

    /// <summary>Leaves <c>results.json</c> and <c>results.csv</c> in the directory.</summary>
    public void Save(string directory)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "results.json"), JsonSerializer.Serialize(
            new { Experiment, Mode, Seed, Machine, Rows }, Format) + "\n");
        File.WriteAllLines(Path.Combine(directory, "results.csv"), Rows.Select(r => string.Join(',', r.Metric, r.Unit,
            r.Anchor?.ToString(CultureInfo.InvariantCulture), $"\"{r.AnchorSource}\"", r.Agora.ToString(CultureInfo.InvariantCulture),
            r.Ratio?.ToString(CultureInfo.InvariantCulture))).Prepend("metric,unit,anchor,anchorSource,agora,ratio"));
    }

    internal static string Number(double value) => value.ToString(value >= 100 ? "N0" : "0.###", CultureInfo.InvariantCulture);
}
