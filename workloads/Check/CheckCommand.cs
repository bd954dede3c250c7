using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Agora.Workloads.Check;

/// <summary>Holds fast figures against those that are stored with the sources.</summary>
internal static class CheckCommand
{
    private const int Runs = 7, TriesMax = 3;

    /// <summary>Code is compiled whole at once: how far a runtime has come with its tiers would be most of a short figure.</summary>
    private const string Tiers = "DOTNET_TieredCompilation";

    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true };

    public static Command Create()
    {
        var file = new Option<string>("--ratios") { Description = "The stored ratios", HelpName = "file", DefaultValueFactory = _ => "workloads/Check/ratios.json" };
        var margin = new Option<double>("--margin") { Description = "How many times its stored ratio a figure may be", DefaultValueFactory = _ => 1.5 };
        var update = new Option<bool>("--update") { Description = "Store what is measured now" };
        var command = new Command("check", """
            Measures fast figures of the core as ratios to a bare loop, and fails if one is worse than its stored ratio by more
            than the margin: 0 if none is, 1 if one is, 2 if there is nothing to hold them against. Medians of 7 runs, in
            processor time, each beside a run of the loop; what is worse is measured up to twice more, and the best counts.

            Example:
              agora bench check
            """) { file, margin, update };
        command.SetAction(parsed => Environment.GetEnvironmentVariable(Tiers) == "0"
            ? Run(parsed.GetValue(file)!, parsed.GetValue(margin), parsed.GetValue(update))
            : RunWhole());
        return command;
    }

    /// <summary>Again, in a process that compiles whole.</summary>
    private static int RunWhole()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, Environment.GetCommandLineArgs().Skip(1)) { UseShellExecute = false };
        start.Environment[Tiers] = "0";
        using var process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode;
    }

    private static int Run(string file, double margin, bool update)
    {
        if (!update && !File.Exists(file))
        {
            Console.Error.WriteLine($"error: there are no stored ratios in {file}\nwhy:   the file does not exist\nfix:   run it where the sources are, or store some with --update");
            return 2;
        }
        var stored = File.Exists(file) ? JsonSerializer.Deserialize<Dictionary<string, double>>(File.ReadAllBytes(file))! : [];
        var measured = new Dictionary<string, double>();
        var worse = 0;
        Console.WriteLine($"{"FIGURE",-46} {"TO THE LOOP",12} {"STORED",8} {"RATIO",6}");
        foreach (var (name, milliseconds) in FastRows.All)
        {
            // The first is of code that is not compiled yet.
            milliseconds();
            Calibration.Milliseconds();
            var was = stored.TryGetValue(name, out var s) ? s : (double?)null;
            var (ratio, isWorse) = (double.MaxValue, true);
            for (var tries = 0; isWorse && tries < TriesMax; tries++)
            {
                ratio = Math.Min(ratio, Measures.Median(Runs, () => milliseconds() / Calibration.Milliseconds()));
                isWorse = was is { } limit && ratio > limit * margin;
            }
            measured.Add(name, Math.Round(ratio, 3));
            worse += isWorse ? 1 : 0;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-46} {ratio,12:0.00} {was,8:0.00} {ratio / was,6:0.00}{(isWorse ? " worse" : "")}"));
        }
        if (update)
            File.WriteAllText(file, JsonSerializer.Serialize(measured, Format) + "\n");
        else
            Console.WriteLine(worse == 0 ? $"none is worse than {margin:0.0#} times what is stored" : $"{worse} are worse than {margin:0.0#} times what is stored");
        return worse == 0 || update ? 0 : 1;
    }
}
