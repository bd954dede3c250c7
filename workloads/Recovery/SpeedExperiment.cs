using Agora.Workloads.Reports;

namespace Agora.Workloads.Recovery;

/// <summary>How fast a cluster is whole again: the paper's section 7.6, and larger.</summary>
internal sealed class SpeedExperiment : IExperiment
{
    private const int TasksOfAgent = 100;
    /// <summary>Tens of thousands that come back at once may keep a master of two processors from renewing the shorter one.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(2), LargeLease = TimeSpan.FromSeconds(10);

    private const string Paper = "Mesos paper, section 7.6 (4 to 8 s)", Mesos = "Mesos 1.5's release notes";

    public string Name => "recovery";
    public Mode Mode => Mode.Live;
    public bool IsSized => true;

    public string Description => """
        The leader of two masters is killed with -9, under 4,000 emulated agents that are always busy and 200 frameworks, and
        under 40,000 agents that run 400,000 tasks: how long until another leads, and until all have registered with it and
        offers flow again. Then a real agent with 100 running tasks is killed and started again. Needs etcd.
        """;

    public async Task<Findings> RunAsync(RunOptions options, Progress progress, CancellationToken cancellation)
    {
        var runs = options.Seeds ?? (options.Quick ? 1 : 3);
        List<(FailoverSize Size, double? Outage, double? Rebuild, string Source)> sizes =
        [
            (new FailoverSize(options.Agents ?? (options.Quick ? 500 : 4_000), options.Quick ? 50 : 200, 2, AreTasksLong: false, Lease), options.Quick ? null : 4, null, Paper),
        ];
        if (!options.Quick && options.Agents is null)
            sizes.Add((new FailoverSize(40_000, 200, 10, AreTasksLong: true, LargeLease), null, 19, Mesos));
        List<Row> rows = [];
        List<IReadOnlyList<object>> data = [];
        for (var s = 0; s < sizes.Count; s++)
        {
            var (size, outage, rebuild, source) = sizes[s];
            List<FailoverResult> results = [];
            for (var run = 0; run < runs; run++)
            {
                var part = 0.9 * (s + (double)run / runs) / sizes.Count;
                results.Add(await Failover.RunAsync(size, options.Seed + (ulong)run, what => progress.Tell(part, $"run {run + 1} of {runs}: {what}"), cancellation));
            }
            double Median(Func<FailoverResult, double> of) => Measures.Median([.. results.Select(of)]);
            var name = $"{size.Agents}-agents-{size.Tasks}-tasks";
            rows.Add(new Row($"outage-{name}", "s", Median(r => r.Outage.TotalSeconds), outage, outage is null ? "" : source));
            rows.Add(new Row($"election-{name}", "s", Median(r => r.Election.TotalSeconds)));
            rows.Add(new Row($"rebuild-{name}", "s", Median(r => r.Rebuild.TotalSeconds), rebuild, rebuild is null ? "" : source));
            rows.Add(new Row($"master-cpu-{name}", "s CPU", Median(r => r.MasterCpu.TotalSeconds)));
            rows.Add(new Row($"master-memory-{name}", "MiB", Median(r => r.PeakMib)));
            rows.Add(new Row($"tasks-known-{name}", "tasks", Median(r => r.TasksKnown)));
            data.AddRange(results.Select((r, run) => (IReadOnlyList<object>)[size.Agents, size.Tasks, run, r.Election.TotalSeconds, r.Rebuild.TotalSeconds]));
        }
        List<double> restarts = [];
        for (var run = 0; run < runs; run++)
        {
            progress.Tell(0.9 + 0.1 * run / runs, "an agent with running tasks is killed");
            restarts.Add((await AgentRestart.RunAsync(TasksOfAgent, cancellation)).TotalSeconds);
        }
        rows.Add(new Row($"agent-restart-{TasksOfAgent}-tasks", "s", Measures.Median(restarts)));
        return new Findings(rows, [new DataTable("failovers", ["agents", "tasks", "run", "electionSeconds", "rebuildSeconds"], data)],
        [
            $"Medians of {runs} runs. Two masters and an etcd are processes; the agents are emulated in one more, which holds the schedulers too: each is the real agent machine with a stream " +
            $"of its own, and its tasks only pass time. All share this machine. The lease in etcd is {Lease.TotalSeconds} s ({LargeLease.TotalSeconds} s for the larger cluster), which is most of 'election'. Rebuild: from the election until every agent and framework " +
            "has registered with the new leader and, where tasks end, it has made an offer.",
            "The agent's restart is real: processes, sandboxes and all; from its start until the master has every task back.",
        ]);
    }
}
