using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace Agora.Workloads.Reports;

/// <summary>What benchmarks of the core share: where results go, and an earlier result that they are held against.</summary>
internal static class BaselineOption
{
    public static Option<string?> Out() => new("--out") { Description = "Directory for results.json and results.csv", HelpName = "dir" };

    public static Option<string?> Create() => new("--baseline")
    {
        Description = "A results.json of an earlier run: prints each figure as a ratio to its own there",
        HelpName = "file",
    };

    /// <summary>Prints and saves.</summary>
    /// <returns>The exit code: 2 if the earlier result cannot be read.</returns>
    public static int Finish(Report report, string? output, string? baseline, params IReadOnlyList<Picture> pictures)
    {
        report.Print();
        if (output is not null)
            Experiments.Save(output, report, new Findings(report.Rows, [], []) { Pictures = pictures });
        return Compare(report, baseline);
    }

    /// <summary>Prints the figures as ratios to an earlier result's, if there is one.</summary>
    /// <returns>The exit code: 2 if the earlier result cannot be read.</returns>
    public static int Compare(Report report, string? baseline)
    {
        if (baseline is null)
            return 0;
        Dictionary<string, double> earlier;
        try
        {
            using var file = JsonDocument.Parse(File.ReadAllBytes(baseline));
            earlier = file.RootElement.GetProperty("rows").EnumerateArray()
                .ToDictionary(r => r.GetProperty("metric").GetString()!, r => r.GetProperty("agora").GetDouble());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            Console.Error.WriteLine($"error: {baseline} cannot be read as an earlier result\nwhy:   {e.Message}\nfix:   give the results.json that a run with --out has left");
            return 2;
        }
        Console.WriteLine($"\nBeside {baseline}:");
        foreach (var row in report.Rows)
            Console.WriteLine(earlier.TryGetValue(row.Metric, out var was) && was != 0
                ? string.Create(CultureInfo.InvariantCulture, $"  {row.Metric}: {row.Agora / was:0.00} times {Report.Number(was)} {row.Unit}")
                : $"  {row.Metric}: not there");
        return 0;
    }
}
