using System.Diagnostics;
using Agora.Cluster;
using Agora.Daemon.Containers;
using Agora.Daemon.Hosting;
using Agora.Election;
using Agora.Sdk;
using Agora.Workloads.Reports;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agora.Workloads;

/// <summary>
/// Task life-cycles over the real wire: a master process of its own, emulated agents (the real agent host and machine,
/// with containers that end as soon as they start) and schedulers in this process.
/// </summary>
internal static class LiveLifeCycles
{
    private const int TasksPerAgent = 20;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    public static async Task<IReadOnlyList<Row>> MeasureAsync(
        int agents, int frameworks, TimeSpan time, CancellationToken cancellation)
    {
        var directory = Directory.CreateTempSubdirectory("agora-bench-").FullName;
        using var master = await MasterProcess.StartAsync(directory);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var running = new List<Task>();
        var masters = new MasterLocation.Hosts([master.Url]);
        await using var finder = masters.CreateFinder();
        for (var i = 0; i < agents; i++)
        {
            var info = new AgentInfo(null, $"node{i}", "127.0.0.1", 1, Resources.Of(TasksPerAgent, TasksPerAgent * 64), Attributes.Empty);
            var host = new AgentHost(info, new AgentOptions(), new AgentPaths(Path.Combine(directory, $"node{i}")), finder,
                tell => new InstantContainers(tell), TimeProvider.System, NullLogger<AgentHost>.Instance);
            running.Add(host.RunAsync(stop.Token));
        }
        var schedulers = Enumerable.Range(0, frameworks).Select(i => new GreedyScheduler($"greedy{i}", 2 * agents * TasksPerAgent / frameworks)).ToList();
        foreach (var scheduler in schedulers)
            running.Add(new SchedulerDriver(scheduler, masters, TimeProvider.System).RunAsync(stop.Token));
        await Task.Delay(WarmUp, cancellation);
        long Finished() => schedulers.Sum(s => s.Finished);
        var (before, cpuBefore, clock) = (Finished(), master.CpuTime, Stopwatch.StartNew());
        await Task.Delay(time, cancellation);
        var (done, elapsed, cpu) = (Finished() - before, clock.Elapsed, master.CpuTime - cpuBefore);
        await stop.CancelAsync();
        await Task.WhenAll(running);
        master.Dispose();
        Directory.Delete(directory, recursive: true);
        if (done == 0)
            throw new InvalidOperationException("no task finished");
        return
        [
            new Row($"live-life-cycles-{agents}-agents-{frameworks}-frameworks", "tasks/s", done / elapsed.TotalSeconds),
            new Row("live-master-cpu-per-life-cycle", "µs CPU", cpu.TotalMicroseconds / done),
            new Row("live-master-memory", "MiB", master.PeakMib),
        ];
    }

    /// <summary>Fills offers with tasks that take no time, as long as not too many of its own are under way.</summary>
    private sealed class GreedyScheduler(string name, int underWayMax) : IScheduler
    {
        private static readonly Resources PerTask = Resources.Of(1, 64);
        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
        private static readonly CommandSpec Nothing = new(["true"]);
        private long _launched;
        private long _finished;

        public long Finished => Volatile.Read(ref _finished);
        public SchedulerCall.Subscribe Subscription { get; } = new(new FrameworkInfo(null, name));
        public DateTimeOffset? NextDeadline => null;

        public void Tick(DateTimeOffset now, ICollection<SchedulerCall> calls)
        {
        }

        public void Handle(DateTimeOffset now, SchedulerEvent e, ICollection<SchedulerCall> calls)
        {
            if (e is SchedulerEvent.Update { Status.State: TaskState.Finished })
                Volatile.Write(ref _finished, _finished + 1);
            if (e is not SchedulerEvent.Offers(var offers))
                return;
            foreach (var offer in offers)
            {
                var tasks = new List<TaskSpec>();
                for (var i = offer.Resources.ScalarsDividedBy(PerTask); i > 0 && _launched - _finished < underWayMax; i--)
                    tasks.Add(new TaskSpec(new TaskId($"t{++_launched}"), "t", offer.AgentId, PerTask, Nothing));
                calls.Add(tasks.Count > 0 ? new SchedulerCall.Accept([offer.Id], tasks, Pause)
                    : new SchedulerCall.Decline([offer.Id], "enough under way", Pause));
            }
        }
    }

    private sealed class InstantContainers(Action<ContainerEvent> tell) : IContainers
    {
        private static readonly ResourceUsage None = new(TimeSpan.Zero, 0, 0);

        public void Launch(ContainerSpec spec)
        {
            tell(new ContainerEvent.Started(spec.Id, 0));
            tell(new ContainerEvent.Exited(spec.Id, 0, false, None, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, null, ""));
        }

        public bool Kill(ContainerId id, TimeSpan grace) => false;
        public void Resize(ContainerId id, Resources resources)
        {
        }

        public ResourceUsage? Usage(ContainerId id) => null;
        public Task<IReadOnlyList<RecoveredContainer>> Recover(string directory) => Task.FromResult<IReadOnlyList<RecoveredContainer>>([]);
    }
}
