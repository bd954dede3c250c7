namespace Agora.Workloads.Reports;

/// <summary>Runs an experiment and leaves what it found.</summary>
internal static class Experiments
{
    /// <inheritdoc cref="CheckedAsync(Func{Task{int}})"/>
    public static Task<int> CheckedAsync(Func<Task> run) => CheckedAsync(async () =>
    {
        await run();
        return 0;
    });

    /// <summary>Runs what may find a wrong result.</summary>
    /// <returns>Its exit code: 1 if a result was wrong, or could not be had.</returns>
    public static async Task<int> CheckedAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (WrongOutputException e)
        {
            Console.Error.WriteLine($"wrong output: {e.Message}");
            return 1;
        }
    }

    /// <summary>Runs it and prints its table and notes.</summary>
    public static async Task<(Report Report, Findings Findings)> RunAsync(IExperiment experiment, RunOptions options,
        CancellationToken cancellation)
    {
        var progress = Progress.ForTerminal();
        var findings = await experiment.RunAsync(options, progress, cancellation);
        progress.End();
        var report = new Report(experiment.Name, experiment.Mode == Mode.Live ? "live" : "simulated", options.Seed, findings.Rows);
        report.Print();
        foreach (var note in findings.Notes)
            Console.WriteLine($"\nNote: {note}");
        foreach (var measured in findings.Measured)
            Console.Error.WriteLine($"\nMeasured on this machine, not simulated: {measured}");
        return (report, findings);
    }

    /// <summary>Leaves figures, raw data and pictures in the directory, but no report in HTML.</summary>
    public static void Save(string directory, Report report, Findings findings)
    {
        report.Save(directory);
        foreach (var table in findings.Data)
            table.Save(directory);
        foreach (var picture in findings.Pictures)
            File.WriteAllBytes(Path.Combine(directory, picture.Name + ".png"), picture.Png(report.Mode));
    }

    /// <summary>Leaves <c>report.html</c> in the directory.</summary>
    /// <returns>Its path.</returns>
    public static string SaveHtml(string directory, IReadOnlyList<(Report Report, Findings Findings)> parts)
    {
        var path = Path.GetFullPath(Path.Combine(directory, "report.html"));
        File.WriteAllText(path, HtmlReport.Of(parts));
        return path;
    }
}
