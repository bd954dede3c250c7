using Agora.Workloads.Reports;

namespace Agora.Workloads.Recovery;

/// <summary>Figures and pictures of a run.</summary>
internal static class ChaosFindings
{
    public static Findings Of(ChaosRun run, IReadOnlyList<string> problems, double seconds, bool hasLinks)
    {
        var costs = FaultCost.Of(run.Faults, run.Samples, run.Jobs);
        var kinds = costs.GroupBy(c => c.Event.Fault.Kind).OrderBy(k => k.First().Event.Fault.Blow).ThenBy(k => k.First().Event.Fault.Target).ToList();
        List<Row> rows =
        [
            new("faults", "faults", costs.Count),
            new("jobs", "jobs", run.Jobs.Count),
            new("jobs-with-checked-results", "jobs", run.Jobs.Count(j => j.ExitCode == 0 && j.Wrong is null)),
            new("jobs-failed-by-a-fault", "jobs", run.Jobs.Count(j => j.Reason(run.Faults) is not null)),
            new("problems", "problems", problems.Count),
            new("tasks-lost", "tasks", costs.Sum(c => c.Lost)),
        ];
        foreach (var kind in kinds)
        {
            rows.Add(new Row($"{kind.Key}", "times", kind.Count()));
            rows.Add(new Row($"{kind.Key}-progress-median", "s", Median(kind)));
            rows.Add(new Row($"{kind.Key}-progress-longest", "s", kind.Max(c => c.Progress ?? 0)));
            rows.Add(new Row($"{kind.Key}-tasks-lost", "tasks", kind.Sum(c => c.Lost)));
        }
        return new Findings(rows, [Faults(run, costs), Jobs(run)],
        [
            FormattableString.Invariant($"Faults happened for {seconds:0} s, {ChaosSite.Masters} masters, {ChaosSite.Nodes} agents; ") +
                "a fault whose kind had no process at its time is left out of the counts.",
            "Progress is the time from a fault until a framework that it concerns has accepted an offer, or one of its jobs has ended. " +
                "Tasks lost are those that were lost or failed from a fault to the next, whichever of the two was the reason.",
            hasLinks ? "Each node had a network of its own, whose link was cut." : "No node was cut off: that needs root and network namespaces.",
            .. problems,
        ])
        {
            Pictures = kinds.Count == 0 ? [] :
            [
                .. kinds.GroupBy(k => k.First().Event.Fault.Blow).Select(blow => Picture.Bars($"progress-after-{blow.Key.ToString().ToLowerInvariant()}",
                    $"time to the next progress: {Title(blow.Key)}", "what was hit", "seconds",
                    [.. blow.Select(k => k.Key[(k.Key.IndexOf('-') + 1)..].Replace("off-", "", StringComparison.Ordinal).Replace('-', '\n'))],
                    [("median", [.. blow.Select(Median)]), ("longest", [.. blow.Select(k => k.Max(c => c.Progress ?? 0))])],
                    "From a fault until a framework that it concerns goes on.")),
            ],
        };
    }

    private static string Title(Blow blow) => blow switch
    {
        Blow.Kill => "killed",
        Blow.Stop => "stopped for a time",
        Blow.CutOff => "cut off for a time",
    };

    private static double Median(IEnumerable<FaultCost> costs)
    {
        var sorted = costs.Select(c => c.Progress).OfType<double>().Order().ToList();
        return sorted.Count == 0 ? double.NaN : sorted[sorted.Count / 2];
    }

    private static DataTable Faults(ChaosRun run, IReadOnlyList<FaultCost> costs) => new("faults",
        ["at_s", "fault", "lasts_s", "victim", "progress_s", "tasks_lost"],
        [.. run.Faults.Select(e => (e, costs.FirstOrDefault(c => c.Event == e))).Select(x => (IReadOnlyList<object>)[Math.Round(x.e.At, 2), x.e.Fault.Kind, x.e.Fault.Seconds,
            Quoted(x.e.Victim ?? "none there"), x.Item2?.Progress is { } progress ? Math.Round(progress, 2) : "", x.Item2?.Lost ?? 0])]);

    private static DataTable Jobs(ChaosRun run) => new("jobs", ["job", "framework", "type", "submitted_s", "ended_s", "exit_code", "reason"],
        [.. run.Jobs.OrderBy(j => j.Submitted).Select(j => (IReadOnlyList<object>)[j.Job.Name, j.Job.Framework, j.Job.Type, Math.Round(j.Submitted, 2),
            Math.Round(j.Ended, 2), j.ExitCode is { } code ? code : "", j.Reason(run.Faults)?.Fault.Kind ?? ""])]);

    private static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
