using System.CommandLine;

namespace Agora.Workloads.Reports;

/// <summary>All experiments of one mode, one after the other, into one report.</summary>
internal static class AllCommand
{
    public static Command Create(IReadOnlyList<IExperiment> experiments)
    {
        var command = new Command("all", """
            All experiments of one mode, one after the other. With --out each leaves its files in a directory of its own
            there, and one report.html holds them all.

            Example:
              agora bench all --simulated --quick --out /tmp/all
            """);
        var options = new ExperimentOptions(command, [.. experiments.Select(e => e.Mode).Distinct()]);
        command.SetAction((parsed, cancellation) => Experiments.CheckedAsync(async () =>
        {
            List<(Report, Findings)> parts = [];
            foreach (var experiment in experiments.Where(e => e.Mode == options.ModeOf(parsed)))
            {
                if (parts.Count > 0)
                    Console.WriteLine();
                var (report, findings) = await Experiments.RunAsync(experiment, options.Run(parsed), cancellation);
                parts.Add((report, findings));
                if (options.Output(parsed) is not { } directory)
                    continue;
                Experiments.Save(Path.Combine(directory, experiment.Name), report, findings);
                // After each, so that one that fails does not take the others' with it.
                var path = Experiments.SaveHtml(directory, parts);
                Console.WriteLine($"\nReport: {path}");
            }
        }));
        return command;
    }
}
