using System.CommandLine;

namespace Agora.Workloads.Reports;

/// <summary>The options of every experiment's command.</summary>
internal sealed class ExperimentOptions
{
    private readonly IReadOnlyList<Mode> _modes;
    private readonly Option<bool> _simulated, _live;
    private readonly Option<ulong> _seed = new("--seed") { Description = "The same seed gives the same figures", DefaultValueFactory = _ => 1 };
    private readonly Option<int?> _seeds = new("--seeds") { Description = "Runs whose mean is reported" };
    private readonly Option<bool> _quick = new("--quick") { Description = "A smaller experiment; simulated, in under 30 s" };
    private readonly Option<int?> _agents = new("--agents") { Description = "Agents of the cluster, in place of the experiment's sizes" };
    private readonly Option<string?> _output = new("--out") { Description = "Directory for results.json, raw data as CSV, pictures and report.html", HelpName = "dir" };

    /// <param name="modes">Those that the command has. Without an option it takes the first.</param>
    /// <param name="isSized">The number of agents may be chosen.</param>
    public ExperimentOptions(Command command, IReadOnlyList<Mode> modes, bool isSized = false)
    {
        _modes = modes;
        _simulated = new Option<bool>("--simulated") { Description = "In virtual time" + Default(Mode.Simulated) };
        _live = new Option<bool>("--live") { Description = "With real processes on this machine" + Default(Mode.Live) };
        _seeds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() < 1)
                result.AddError("--seeds is below 1; give the number of runs to take the mean of");
        });
        _agents.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() < 1)
                result.AddError("--agents is below 1; give the number of agents to emulate");
        });
        foreach (var option in new Option[] { _simulated, _live, _seed, _seeds, _quick, _agents, _output })
        {
            if (option == _agents && !isSized || option == _simulated && !modes.Contains(Mode.Simulated) || option == _live && !modes.Contains(Mode.Live))
                continue;
            command.Options.Add(option);
        }
        command.Validators.Add(result =>
        {
            if (modes.Count > 1 && result.GetValue(_simulated) && result.GetValue(_live))
                result.AddError("--simulated and --live are asked for at once; a report never mixes the two: run the command once for each");
        });
    }

    public Mode ModeOf(ParseResult parsed) => _modes.Count < 2 ? _modes[0]
        : parsed.GetValue(_live) ? Mode.Live
        : parsed.GetValue(_simulated) ? Mode.Simulated : _modes[0];

    public RunOptions Run(ParseResult parsed) => new(parsed.GetValue(_seed), parsed.GetValue(_seeds), parsed.GetValue(_quick), parsed.GetValue(_agents), Output(parsed));

    public string? Output(ParseResult parsed) => parsed.GetValue(_output);

    private string Default(Mode mode) => _modes[0] != mode ? "" : _modes.Count == 1 ? "; the only way so far, and so the default" : "; the default";
}
