using System.Diagnostics;
using Agora.Election;
using Agora.Sdk;
using Agora.Simulation;
using Agora.Workloads.Emulated;
using Agora.Workloads.Reports;
using Agora.Workloads.Simulated.Scale;

namespace Agora.Workloads.Live.Scale;

/// <summary>The paper's section 7.5, figure 9, over the real wire: one master process, all else on this machine emulated.</summary>
internal sealed class ScaleExperiment : IExperiment
{
    private const int Frameworks = 200, Connections = 16, Probes = 15;
    private const string Figure = "Mesos paper, figure 9 (read off)";
    private static readonly TimeSpan BetweenProbes = TimeSpan.FromSeconds(2);

    /// <summary>Of the slots, when the cluster counts as full: a task that has just ended leaves one free.</summary>
    private const double Full = 0.98;

    private static readonly (int Agents, double? Paper)[] Sizes = [(1_000, 0.13), (10_000, 0.23), (50_000, 0.75), (100_000, null)];

    public string Name => "scale";
    public Mode Mode => Mode.Live;
    public bool IsSized => true;

    public string Description => $"""
        The same over the real wire: a real master process, {Frameworks} real schedulers, and emulated agents, each the real agent
        machine with a stream of its own, whose tasks only pass time. All of it runs on this machine.
        """;

    public async Task<Findings> RunAsync(RunOptions options, Progress progress, CancellationToken cancellation)
    {
        (int Agents, double? Paper)[] sizes = options.Agents is { } chosen
            ? [(chosen, Sizes.FirstOrDefault(s => s.Agents == chosen).Paper)]
            : options.Quick ? Sizes[..1] : Sizes;
        List<Row> rows = [];
        List<IReadOnlyList<object>> data = [];
        for (var i = 0; i < sizes.Length; i++)
        {
            var (agents, paper) = sizes[i];
            void Tell(double part, string what) => progress.Tell((i + part) / sizes.Length, $"{agents:N0} agents: {what}");
            var run = await RunAsync(agents, options, Tell, cancellation);
            rows.Add(new Row($"overhead-{agents}-agents", "s", Measures.Median(run.Overheads), paper, Figure));
            rows.Add(new Row($"overhead-worst-{agents}-agents", "s", run.Overheads.Max()));
            rows.Add(new Row($"task-ends-{agents}-agents", "1/s", run.TasksPerSecond, agents * 2 / ScaleOptions.Mean.TotalSeconds, "slots / mean length"));
            rows.Add(new Row($"master-cpu-per-task-{agents}-agents", "µs CPU", run.CpuPerTask.TotalMicroseconds));
            rows.Add(new Row($"registering-{agents}-agents", "s", run.Registering.TotalSeconds));
            rows.Add(new Row($"master-memory-{agents}-agents", "MiB", run.PeakMib));
            data.AddRange(run.Overheads.Select((o, probe) => (IReadOnlyList<object>)[agents, probe, o]));
        }
        double[] xs = [.. sizes.Select(s => (double)s.Agents)];
        double[] Ys(string metric) => [.. sizes.Select(s => rows.First(r => r.Metric == $"{metric}-{s.Agents}-agents").Agora)];
        return new Findings(rows, [new DataTable("probes", ["agents", "probe", "overheadSeconds"], data)],
        [
            $"One master process; {Frameworks} schedulers and all agents in another, the agents' streams over {Connections} TCP connections. Both share this machine's " +
            $"processors. Tasks take normal(30 s, 10 s), two at a time on each agent. Overhead: from a new framework's first connection until it knows of its 10 s task's end, less the 10 s; medians of {Probes} probes.",
        ])
        {
            Pictures =
            [
                Picture.Lines("overhead", "figure 9, overhead of starting a task", "agents", "overhead (s)",
                    [("paper, on 99 machines", xs, [.. sizes.Select(s => s.Paper ?? double.NaN)]), ("Agora, one machine", xs, Ys("overhead"))],
                    "Flat is what it should be: a probe waits for the next task's end, and the master's work for a task does not grow with the cluster."),
                Picture.Lines("cost", "what a task costs the master", "agents", "processor time for a task (µs)", [("master", xs, Ys("master-cpu-per-task"))],
                    "From launch to acknowledged end, with everything the master does beside, pings of all agents included."),
            ],
        };
    }

    private sealed record Result(IReadOnlyList<double> Overheads, double TasksPerSecond, TimeSpan CpuPerTask, TimeSpan Registering, double PeakMib);

    private static async Task<Result> RunAsync(int agents, RunOptions options, Action<double, string> tell, CancellationToken cancellation)
    {
        var directory = Directory.CreateTempSubdirectory("agora-bench-").FullName;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        List<Task> running = [];
        using var master = await MasterProcess.StartForAsync(agents, directory);
        var masters = new MasterLocation.Hosts([master.Url]);
        try
        {
            await using var fleet = new AgentFleet(masters, agents, ScaleOptions.Agent, Connections, TimeProvider.System);
            var lengths = new TaskLengths(new Dice(options.Seed));
            foreach (var i in Enumerable.Range(1, Frameworks))
                running.Add(new SchedulerDriver(new BusyScheduler($"framework{i}", ScaleOptions.Task, lengths.On), masters, TimeProvider.System).RunAsync(stop.Token));
            var clock = Stopwatch.StartNew();
            fleet.Start();
            await Waiting.UntilAsync(() => fleet.RegisteredAsync(1), agents, count => tell(0.3 * count / agents, $"{count:N0} registered"), cancellation);
            var registering = clock.Elapsed;
            await Waiting.UntilAsync(fleet.RunningAsync, (int)(Full * 2 * agents), count => tell(0.3 + 0.3 * count / (2 * agents), $"{count:N0} tasks run"), cancellation);
            // All first tasks are to be over: only then do tasks end as they will ever after.
            await Task.Delay(options.Quick ? TimeSpan.Zero : ScaleOptions.Mean, cancellation);

            var (before, cpuBefore) = (fleet.TasksEnded, master.CpuTime);
            clock.Restart();
            List<Task<double>> probes = [];
            for (var i = 1; i <= Probes; i++)
            {
                tell(0.6 + 0.3 * i / Probes, $"probe {i}");
                probes.Add(ProbeAsync($"probe{i}", masters, stop.Token));
                await Task.Delay(BetweenProbes, cancellation);
            }
            var overheads = await Task.WhenAll(probes);
            var (ended, cpu, elapsed) = (fleet.TasksEnded - before, master.CpuTime - cpuBefore, clock.Elapsed);
            await stop.CancelAsync();
            await Task.WhenAll(running);
            master.Dispose();
            return new Result(overheads, ended / elapsed.TotalSeconds, cpu / Math.Max(1, ended), registering, master.PeakMib);
        }
        finally
        {
            await stop.CancelAsync();
            master.Dispose();
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <returns>Seconds that its task took beyond its own length.</returns>
    private static async Task<double> ProbeAsync(string name, MasterLocation masters, CancellationToken cancellation)
    {
        var probe = new ProbeScheduler(name);
        var driver = new SchedulerDriver(probe, masters, TimeProvider.System);
        var came = DateTimeOffset.UtcNow;
        var running = driver.RunAsync(cancellation);
        await Waiting.UntilAsync(() => Task.FromResult(probe.Ended is null ? 0 : 1), 1, _ => { }, cancellation);
        await driver.StopAsync(teardown: true);
        await running;
        return (probe.Ended!.Value - came - ScaleOptions.ProbeTask).TotalSeconds;
    }
}
