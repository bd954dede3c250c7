using System.CommandLine;
using System.Globalization;
using Agora.Workloads.Reports;

namespace Agora.Workloads.Recovery;

/// <summary><c>agora bench recovery</c>.</summary>
internal static class RecoveryCommand
{
    public static Command Create()
    {
        var speed = new SpeedExperiment();
        var command = new Command("recovery", $"""
            {speed.Description}

            With --chaos: {new ChaosExperiment(0, null).Description}

            Example:
              agora bench recovery --out /tmp/recovery
              agora bench recovery --chaos 10m --seed 7 --out /tmp/chaos
            """);
        var chaos = new Option<string?>("--chaos")
        {
            Description = "Let faults happen for so long, such as 90s or 10m",
            HelpName = "duration",
        };
        chaos.Validators.Add(result =>
        {
            if (SecondsOf(result.GetValueOrDefault<string>() ?? "") is null)
                result.AddError($"--chaos '{result.GetValueOrDefault<string>()}' is no duration; write it as 90s or 10m");
        });
        command.Options.Add(chaos);
        var options = new ExperimentOptions(command, [Mode.Live], speed.IsSized);
        command.SetAction((parsed, cancellation) => Experiments.CheckedAsync(async () =>
        {
            var directory = options.Output(parsed);
            var run = parsed.GetValue(chaos) is { } duration
                ? new ChaosExperiment(SecondsOf(duration)!.Value, directory is null ? null : Path.Combine(directory, "logs")) : null;
            var (report, findings) = await Experiments.RunAsync(run is null ? speed : run, options.Run(parsed), cancellation);
            if (directory is not null)
            {
                Experiments.Save(directory, report, findings);
                Console.WriteLine($"\nReport: {Experiments.SaveHtml(directory, [(report, findings)])}");
            }
            if (run?.Problems is [var first, ..] problems)
                throw new WrongOutputException($"{problems.Count} problems, the first: {first}");
        }));
        return command;
    }

    /// <returns>Null if it is no duration of at least a second.</returns>
    internal static double? SecondsOf(string text)
    {
        const int secondsInMinute = 60;
        return text.Length > 1 && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? (text[^1] switch { 's' => number, 'm' => number * secondsInMinute, _ => 0 }) is >= 1 and var seconds ? seconds : null
            : null;
    }
}
