using System.CommandLine;

namespace Agora.Workloads.Reports;

/// <summary>The command of an experiment that has a simulated part, a live part, or both.</summary>
internal static class ExperimentCommand
{
    /// <param name="parts">One for each mode, all of one name; the first is the default.</param>
    public static Command Create(params IReadOnlyList<IExperiment> parts)
    {
        var name = parts[0].Name;
        var description = string.Join("\n\n", parts.Select(p => parts.Count > 1 ? $"{p.Mode}: {p.Description}" : p.Description));
        var command = new Command(name, description + $"""


            Example:
              agora bench {name} --{(parts[0].Mode == Mode.Live ? "live" : "simulated")} --quick --out /tmp/{name}
            """);
        var options = new ExperimentOptions(command, [.. parts.Select(p => p.Mode)], parts.Any(p => p.IsSized));
        var baseline = BaselineOption.Create();
        command.Options.Add(baseline);
        command.SetAction((parsed, cancellation) => Experiments.CheckedAsync(async () =>
        {
            var part = parts.First(p => p.Mode == options.ModeOf(parsed));
            var (report, findings) = await Experiments.RunAsync(part, options.Run(parsed), cancellation);
            if (options.Output(parsed) is { } directory)
            {
                Experiments.Save(directory, report, findings);
                Console.WriteLine($"\nReport: {Experiments.SaveHtml(directory, [(report, findings)])}");
            }
            return BaselineOption.Compare(report, parsed.GetValue(baseline));
        }));
        return command;
    }
}
