using System.Diagnostics;
using Agora.Election;
using Agora.Sdk;
using Agora.Simulation;
using Agora.Workloads.Emulated;
using Agora.Workloads.Reports;
using Agora.Workloads.Simulated.Scale;

namespace Agora.Workloads.Live.Dashboard;

/// <summary>How soon the dashboard's pages are there in a large cluster, and what those who look on cost its master.</summary>
internal sealed class DashboardExperiment : IExperiment
{
    private const int Frameworks = 10, Connections = 16, TasksPerAgent = 10, Loads = 20, Watchers = 10, Pollers = 20;

    /// <summary>Of an agent's slots: the others' tasks end and begin all the time.</summary>
    private const int LongTasks = 9;

    private const string Target = "target: a page within a second";
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(20);

    public string Name => "dashboard";
    public Mode Mode => Mode.Live;
    public bool IsSized => true;

    public string Description => $"""
        What the dashboard's pages ask of a real master under 10,000 emulated agents (--quick 1,000) with {TasksPerAgent} tasks each: how
        long it takes, what {Pollers} clients wait that ask for the state and the list of tasks without a pause, and what {Watchers} pages that
        look on cost the master.
        """;

    public async Task<Findings> RunAsync(RunOptions options, Progress progress, CancellationToken cancellation)
    {
        var agents = options.Agents ?? (options.Quick ? 1_000 : 10_000);
        var directory = Directory.CreateTempSubdirectory("agora-bench-").FullName;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        List<Task> running = [];
        using var master = await MasterProcess.StartAsync(directory);
        var masters = new MasterLocation.Hosts([master.Url]);
        try
        {
            await using var fleet = new AgentFleet(masters, agents, Resources.Of(TasksPerAgent, TasksPerAgent * 64), Connections, TimeProvider.System);
            var lengths = new MixedLengths(LongTasks, new TaskLengths(new Dice(options.Seed)));
            foreach (var i in Enumerable.Range(1, Frameworks))
                running.Add(new SchedulerDriver(new BusyScheduler($"framework{i}", Resources.Of(1, 64), lengths.On), masters, TimeProvider.System).RunAsync(stop.Token));
            fleet.Start();
            var all = agents * TasksPerAgent;
            await Waiting.UntilAsync(() => fleet.RegisteredAsync(1), agents, n => progress.Tell(0.2 * n / agents, $"{n:N0} agents have registered"), cancellation);
            await Waiting.UntilAsync(fleet.RunningAsync, (int)(0.98 * all), n => progress.Tell(0.2 + 0.3 * n / all, $"{n:N0} tasks run"), cancellation);

            using var pages = new PageReader(master.Url);
            List<Row> rows = [];
            List<IReadOnlyList<object>> data = [];
            foreach (var (page, paths) in PageReader.Pages)
            {
                progress.Tell(0.5, $"the page of {page} is loaded");
                var seconds = await pages.LoadAsync(paths, Loads, cancellation);
                rows.Add(new Row($"page-{page}", "s", Measures.Median(seconds), 1, Target));
                rows.Add(new Row($"page-{page}-worst", "s", seconds.Max()));
                data.AddRange(seconds.Select((s, load) => (IReadOnlyList<object>)[page, load, s]));
            }
            progress.Tell(0.6, "nobody looks on");
            var alone = await MeasureAsync(fleet, master, cancellation);
            progress.Tell(0.7, $"{Pollers} clients ask without a pause");
            var polling = pages.PollAsync(Pollers, PageReader.State, Watch, cancellation);
            var polled = await MeasureAsync(fleet, master, cancellation);
            var answers = await polling;
            rows.Add(new Row($"state-{Pollers}-clients", "s", Measures.Median(answers), 0.96, "Mesos 1.7, /state at 10,000 tasks"));
            rows.Add(new Row($"state-{Pollers}-clients-answers", "1/s", answers.Count / Watch.TotalSeconds));
            rows.Add(new Row("task-ends-polled", "1/s", polled.TasksPerSecond, alone.TasksPerSecond, "the same, alone"));
            progress.Tell(0.8, $"{Watchers} pages look on");
            using var watching = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
            var watchers = Enumerable.Range(0, Watchers).Select(_ => pages.WatchAsync(watching.Token)).ToList();
            var watched = await MeasureAsync(fleet, master, cancellation);
            await watching.CancelAsync();
            await Task.WhenAll(watchers);
            rows.Add(new Row("task-ends-alone", "1/s", alone.TasksPerSecond));
            rows.Add(new Row("task-ends-watched", "1/s", watched.TasksPerSecond, alone.TasksPerSecond, "the same, alone"));
            rows.Add(new Row("master-cpu-alone", "CPU", alone.Cpu));
            rows.Add(new Row("master-cpu-watched", "CPU", watched.Cpu, alone.Cpu, "the same, alone"));
            await stop.CancelAsync();
            await Task.WhenAll(running);
            return new Findings(rows, [new DataTable("loads", ["page", "load", "seconds"], data)],
            [
                $"{agents:N0} emulated agents with {TasksPerAgent} tasks each, of which one in ten ends and begins all the time; one master process; all of it shares this machine. A page is all it asks of the API, at once. " +
                $"Medians of {Loads} loads. Those who look on follow the events, and read the list of tasks (sorted) and the cells each second, as pages do; master-cpu is processors in use, the answers' making included.",
            ]);
        }
        finally
        {
            await stop.CancelAsync();
            master.Dispose();
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<(double TasksPerSecond, double Cpu)> MeasureAsync(AgentFleet fleet, MasterProcess master, CancellationToken cancellation)
    {
        var (ended, cpu, clock) = (fleet.TasksEnded, master.CpuTime, Stopwatch.StartNew());
        await Task.Delay(Watch, cancellation);
        return ((fleet.TasksEnded - ended) / clock.Elapsed.TotalSeconds, (master.CpuTime - cpu) / clock.Elapsed);
    }
}
