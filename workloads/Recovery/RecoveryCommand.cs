using System.CommandLine;
using System.Globalization;
using Agora.Workloads.Reports;

namespace Agora.Workloads.Recovery;

/// <summary><c>agora bench recovery</c>.</summary>
internal static class RecoveryCommand
{
    public static Command Create()
    {
        var command = new Command("recovery", new ChaosExperiment(0, null).Description + """


            Example:
              agora bench recovery --chaos 10m --seed 7 --out /tmp/chaos
            """);
        var chaos = new Option<string>("--chaos")
        {
            Description = "How long faults happen, such as 90s or 10m",
            HelpName = "duration",
            DefaultValueFactory = _ => "1m",
        };
        chaos.Validators.Add(result =>
        {
            if (SecondsOf(result.GetValueOrDefault<string>() ?? "") is null)
                result.AddError($"--chaos '{result.GetValueOrDefault<string>()}' is no duration; write it as 90s or 10m");
        });
        command.Options.Add(chaos);
        var options = new ExperimentOptions(command, [Mode.Live]);
        command.SetAction((parsed, cancellation) => Experiments.CheckedAsync(async () =>
        {
            var directory = options.Output(parsed);
            var experiment = new ChaosExperiment(SecondsOf(parsed.GetValue(chaos)!)!.Value, directory is null ? null : Path.Combine(directory, "logs"));
            var (report, findings) = await Experiments.RunAsync(experiment, options.Run(parsed), cancellation);
            if (directory is not null)
            {
                Experiments.Save(directory, report, findings);
                Console.WriteLine($"\nReport: {Experiments.SaveHtml(directory, [(report, findings)])}");
            }
            if (experiment.Problems.Count > 0)
                throw new WrongOutputException($"{experiment.Problems.Count} problems, the first: {experiment.Problems[0]}");
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
