using Agora.Workloads.Reports;

namespace Agora.Workloads.Simulated.Scale;

/// <summary>The paper's section 7.5, figure 9, in virtual time.</summary>
internal sealed class ScaleExperiment : ISimulatedExperiment
{
    private const string Figure = "Mesos paper, figure 9 (read off)";
    private static readonly TimeSpan Filling = TimeSpan.FromSeconds(20);

    private static readonly (int Agents, double Paper)[] Sizes =
        [(1_000, 0.13), (5_000, 0.17), (10_000, 0.23), (15_000, 0.27), (20_000, 0.38), (30_000, 0.39), (40_000, 0.54), (50_000, 0.75)];

    /// <summary>Largest cluster of a quick run.</summary>
    private const int QuickMax = 10_000;

    public string Name => "scale";

    public string Description => """
        What it takes to start a task in a large cluster that is always full: 200 frameworks, two tasks an agent of
        normal(30 s, 10 s), and probes that come and launch one task of 10 s each. The overhead is the time from a
        probe's first connection until it knows of its task's end, less the 10 s.
        """;

    public Findings Run(RunOptions options, Progress progress) =>
        Run(options, progress, [.. Sizes.Where(s => !options.Quick || s.Agents <= QuickMax)], frameworks: 200);

    internal static Findings Run(RunOptions options, Progress progress, IReadOnlyList<(int Agents, double Paper)> sizes, int frameworks)
    {
        List<Row> rows = [];
        List<IReadOnlyList<object>> data = [];
        List<string> measured = [];
        var runs = options.Seeds ?? 1;
        for (var s = 0; s < sizes.Count; s++)
        {
            var (agents, paper) = sizes[s];
            List<double> overheads = [], rates = [];
            for (var run = 0; run < runs; run++)
            {
                var world = new ScaleWorld(new ScaleOptions(agents, frameworks, Filling), Runs.Seed(options.Seed, run));
                var done = (s + (double)run / runs) / sizes.Count;
                var seconds = world.Run(part => progress.Tell(done + part / runs / sizes.Count, $"{agents:N0} agents"))
                    .Select(o => o.TotalSeconds).ToList();
                overheads.AddRange(seconds);
                rates.Add(world.TasksPerSecond);
                data.AddRange(seconds.Select((o, i) => (IReadOnlyList<object>)[agents, run, i, o]));
                var (events, spent) = world.Master;
                measured.Add($"{agents:N0} agents: {events:N0} events of the master in {spent.TotalSeconds:0.00} s by the clock, " +
                    $"{spent.TotalMicroseconds / events:0.0} µs each.");
            }
            rows.Add(new Row($"overhead-{agents}-agents", "s", overheads.Average(), paper, Figure));
            rows.Add(new Row($"overhead-worst-{agents}-agents", "s", overheads.Max()));
            // Two slots an agent, 30 s a task.
            rows.Add(new Row($"task-ends-{agents}-agents", "1/s", rates.Average(), agents * 2 / ScaleOptions.Mean.TotalSeconds, "slots / mean length"));
        }
        return new Findings(rows, [new DataTable("probes", ["agents", "run", "probe", "overheadSeconds"], data)],
        [
            $"Simulated: the network ({ScaleWorld.DelayMin.TotalMilliseconds:0.#} to {ScaleWorld.DelayMax.TotalMilliseconds:0.#} ms one way), " +
            $"a container's start (3 ms), and the master's processor, which is charged {ScaleWorld.ServiceTime.TotalMicroseconds:0} µs for each " +
            "event, several times what its state machine takes, to cover the wire; fixed, so that figures do not depend on the machine. Real: the master, its allocator with all frameworks, the agents and " +
            "the schedulers' sessions, step by step. Not in it: kernels, TCP, the packet limit of the paper's EC2 network.",
            $"Means of {ScaleOptions.Probes * runs} probes a size. A probe waits for the next task's end anywhere in the cluster, which comes the sooner the larger that is.",
        ])
        { Measured = measured, Pictures = [Overhead(sizes, rows)] };
    }

    private static Picture Overhead(IReadOnlyList<(int Agents, double Paper)> sizes, List<Row> rows)
    {
        double[] agents = [.. sizes.Select(s => (double)s.Agents)];
        return Picture.Lines("overhead", "figure 9, overhead of starting a task", "agents", "overhead (s)",
            [
                ("paper, on EC2", agents, [.. sizes.Select(s => s.Paper)]),
                ("Agora, simulated", agents, [.. sizes.Select(s => rows.First(r => r.Metric == $"overhead-{s.Agents}-agents").Agora)]),
            ],
            "Ours does not grow with the cluster, as the master's work for one task does not. The paper's holds the network of its machines too.");
    }
}
