using System.CommandLine;
using Agora.Workloads.Simulated.Pictures;

namespace Agora.Workloads.Simulated;

/// <summary>The command of an experiment that has a simulated part.</summary>
internal static class SimulatedCommand
{
    public static Command Create(IExperiment experiment)
    {
        var simulated = new Option<bool>("--simulated") { Description = "In virtual time; the only way so far, and so the default" };
        var seed = new Option<ulong>("--seed") { Description = "The same seed gives the same figures", DefaultValueFactory = _ => 1 };
        var seeds = new Option<int?>("--seeds") { Description = "Runs whose mean is reported" };
        var quick = new Option<bool>("--quick") { Description = "A smaller experiment, in under 30 s" };
        var output = new Option<string?>("--out") { Description = "Directory for results.json, raw data as CSV, pictures and report.html", HelpName = "dir" };
        seeds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() < 1)
                result.AddError("--seeds is below 1; give the number of runs to take the mean of");
        });
        var command = new Command(experiment.Name, experiment.Description + $"""


            Example:
              agora bench {experiment.Name} --simulated --quick --out /tmp/{experiment.Name}
            """) { simulated, seed, seeds, quick, output };
        command.SetAction(parsed =>
        {
            var options = new RunOptions(parsed.GetValue(seed), parsed.GetValue(seeds), parsed.GetValue(quick));
            var progress = Progress.ForTerminal();
            var findings = experiment.Run(options, progress);
            progress.End();
            var report = new Report(experiment.Name, "simulated", options.Seed, findings.Rows);
            report.Print();
            foreach (var note in findings.Notes)
                Console.WriteLine($"\nNote: {note}");
            foreach (var measured in findings.Measured)
                Console.Error.WriteLine($"\nMeasured on this machine, not simulated: {measured}");
            if (parsed.GetValue(output) is { } directory)
            {
                report.Save(directory);
                foreach (var table in findings.Data)
                    table.Save(directory);
                foreach (var picture in findings.Pictures)
                    File.WriteAllBytes(Path.Combine(directory, picture.Name + ".png"), picture.Png());
                File.WriteAllText(Path.Combine(directory, "report.html"), HtmlReport.Of(report, findings));
            }
            return 0;
        });
        return command;
    }
}
