using System.Diagnostics;
using Agora.Election;
using Agora.Sdk;
using Agora.Workloads.Emulated;
using Agora.Workloads.Reports;
using Agora.Workloads.Simulated.Scale;

namespace Agora.Workloads.Throughput;

/// <summary>
/// Task life-cycles over the real wire: a master process of its own; emulated agents (the real agent machine, each on a
/// stream of its own), whose tasks end as soon as they start, and schedulers in this process.
/// </summary>
internal static class LiveLifeCycles
{
    private const int TasksPerAgent = 20, Connections = 16, Runs = 5;
    private const double Target = 30_000;
    private static readonly Resources PerTask = Resources.Of(1, 64);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    public static async Task<IReadOnlyList<Row>> MeasureAsync(int agents, int frameworks, TimeSpan time, CancellationToken cancellation)
    {
        var directory = Directory.CreateTempSubdirectory("agora-bench-").FullName;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        List<Task> running = [];
        using var master = await MasterProcess.StartAsync(directory);
        var masters = new MasterLocation.Hosts([master.Url]);
        try
        {
            await using var fleet = new AgentFleet(masters, agents, Resources.Of(TasksPerAgent, TasksPerAgent * 64), Connections, TimeProvider.System);
            var schedulers = Enumerable.Range(1, frameworks).Select(i => new BusyScheduler($"busy{i}", PerTask, _ => () => TimeSpan.Zero)).ToList();
            running.AddRange(schedulers.Select(s => new SchedulerDriver(s, masters, TimeProvider.System).RunAsync(stop.Token)));
            fleet.Start();
            await Waiting.UntilAsync(() => fleet.RegisteredAsync(1), agents, _ => { }, cancellation);
            await Task.Delay(WarmUp, cancellation);
            List<double> rates = [], costs = [];
            for (var run = 0; run < Runs; run++)
            {
                var (before, cpuBefore, clock) = (Ended(), master.CpuTime, Stopwatch.StartNew());
                await Task.Delay(time, cancellation);
                var (done, elapsed, cpu) = (Ended() - before, clock.Elapsed, master.CpuTime - cpuBefore);
                rates.Add(done / elapsed.TotalSeconds);
                costs.Add(cpu.TotalMicroseconds / Math.Max(1, done));
            }
            await stop.CancelAsync();
            await Task.WhenAll(running);
            master.Dispose();
            return
            [
                new Row($"live-life-cycles-{agents}-agents-{frameworks}-frameworks", "tasks/s", Measures.Median(rates), Target, "target; Nomad 3,750/s, Slurm 500/s on servers"),
                new Row("live-master-cpu-per-life-cycle", "µs CPU", Measures.Median(costs)),
                new Row("live-master-memory", "MiB", master.PeakMib),
            ];

            long Ended() => schedulers.Sum(s => (long)s.Ended);
        }
        finally
        {
            await stop.CancelAsync();
            master.Dispose();
            Directory.Delete(directory, recursive: true);
        }
    }
}
