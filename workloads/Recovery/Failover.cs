using System.Diagnostics;
using Agora.Sdk;
using Agora.Simulation;
using Agora.Workloads.Emulated;
using Agora.Workloads.Simulated.Scale;

namespace Agora.Workloads.Recovery;

/// <summary>How large a cluster is whose leader is killed.</summary>
/// <param name="TasksPerAgent">Each holds one slot; agents have no more.</param>
/// <param name="AreTasksLong">They outlast the measurement; else they end and begin all the time.</param>
/// <param name="Lease">Of the leader.</param>
internal sealed record FailoverSize(int Agents, int Frameworks, int TasksPerAgent, bool AreTasksLong, TimeSpan Lease)
{
    public int Tasks => Agents * TasksPerAgent;
}

/// <summary>What a killed leader costs.</summary>
/// <param name="Election">From the kill until the election names another.</param>
/// <param name="Rebuild">From then until all agents and frameworks have registered with it, and offers flow if tasks end.</param>
/// <param name="TasksKnown">Tasks of which the new leader knows then.</param>
/// <param name="PeakMib">The new leader's memory.</param>
internal sealed record FailoverResult(TimeSpan Election, TimeSpan Rebuild, int TasksKnown, TimeSpan MasterCpu, double PeakMib)
{
    public TimeSpan Outage => Election + Rebuild;
}

/// <summary>Two masters and an etcd as processes, emulated agents and real schedulers; the leader is killed.</summary>
internal static class Failover
{
    private const int Connections = 16;

    /// <summary>Of the slots: where tasks end all the time, one that has just ended leaves one free.</summary>
    private const double Full = 0.98;

    public static async Task<FailoverResult> RunAsync(FailoverSize size, ulong seed, Action<string> tell, CancellationToken cancellation)
    {
        var directory = Directory.CreateTempSubdirectory("agora-bench-").FullName;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var etcd = await EtcdProcess.StartAsync(directory, cancellation);
        List<MasterProcess> masters = [];
        List<Task> running = [];
        try
        {
            Task<MasterProcess> StartAsync(int number) =>
                MasterProcess.StartAsync(Path.Combine(directory, $"master{number}"), "--election", $"{etcd.Location}", "--lease", $"{size.Lease.TotalSeconds}");
            for (var i = 0; i < 2; i++)
                masters.Add(await StartAsync(i));
            await using var finder = etcd.Location.CreateFinder();
            await using var fleet = new AgentFleet(etcd.Location, size.Agents, Resources.Of(size.TasksPerAgent, size.TasksPerAgent * 64), Connections, TimeProvider.System);
            var lengths = new TaskLengths(new Dice(seed));
            var schedulers = Enumerable.Range(1, size.Frameworks).Select(i => new BusyScheduler($"framework{i}", Resources.Of(1, 64),
                size.AreTasksLong ? _ => () => TimeSpan.FromDays(1) : lengths.On)).ToList();
            running.AddRange(schedulers.Select(s => new SchedulerDriver(s, etcd.Location, TimeProvider.System).RunAsync(stop.Token)));
            fleet.Start();
            await Waiting.UntilAsync(() => fleet.RegisteredAsync(1), size.Agents, n => tell($"{n:N0} of {size.Agents:N0} agents have registered"), cancellation);
            await Waiting.UntilAsync(fleet.RunningAsync, (int)(size.Tasks * (size.AreTasksLong ? 1 : Full)), n => tell($"{n:N0} of {size.Tasks:N0} tasks run"), cancellation);

            // Thousands that come at once may have kept one from renewing so short a lease.
            for (var i = 0; i < masters.Count; i++)
                if (masters[i].HasExited)
                    masters[i] = await StartAsync(i);
            await Waiting.UntilAsync(() => fleet.RegisteredAsync(schedulers.Max(s => s.Master.Epoch)), size.Agents, n => tell($"{n:N0} of {size.Agents:N0} agents are there"), cancellation);

            var old = await finder.FindAsync(null, cancellation) ?? throw new WrongOutputException("nobody leads");
            var epoch = schedulers.Max(s => s.Master.Epoch);
            var next = masters.Single(m => m.Url.Port != old.Port);
            var cpu = next.CpuTime;
            tell("the leader is killed");
            var clock = Stopwatch.StartNew();
            masters.Single(m => m.Url.Port == old.Port).Dispose();
            await Waiting.UntilAsync(async () => await finder.FindAsync(null, cancellation) is { } leader && leader.Port == next.Url.Port ? 1 : 0, 1, _ => { }, cancellation);
            var election = clock.Elapsed;
            bool IsNew(BusyScheduler s) => s.Master.Epoch > epoch && s.Master.Epoch > 0;
            await Task.WhenAll(
                Waiting.UntilAsync(() => fleet.RegisteredAsync(epoch + 1), size.Agents, n => tell($"{n:N0} of {size.Agents:N0} agents are back"), cancellation),
                Waiting.UntilAsync(() => Task.FromResult(schedulers.Count(IsNew)), size.Frameworks, _ => { }, cancellation),
                Waiting.UntilAsync(() => Task.FromResult(schedulers.Count(s => IsNew(s) && s.Master.IsOffered)), size.AreTasksLong ? 0 : 1, _ => { }, cancellation));
            var rebuild = clock.Elapsed - election;
            var spent = next.CpuTime - cpu;
            await using var client = new OperatorClient(etcd.Location, TimeSpan.FromMinutes(1), TimeProvider.System);
            var snapshot = await client.SnapshotAsync(withTasks: true, cancellation);
            await stop.CancelAsync();
            await Task.WhenAll(running);
            next.Dispose();
            return new FailoverResult(election, rebuild, snapshot.Tasks.Count(t => !t.State.IsTerminal()), spent, next.PeakMib);
        }
        finally
        {
            await stop.CancelAsync();
            foreach (var master in masters)
                master.Dispose();
            Directory.Delete(directory, recursive: true);
        }
    }
}
