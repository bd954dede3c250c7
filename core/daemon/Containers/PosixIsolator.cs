using System.Collections.Concurrent;
using Agora.Supervisor.Shared;

namespace Agora.Daemon.Containers;

/// <summary>
/// What every Unix has: no limits, the tree of processes held together by its supervisor, usage read from /proc.
/// Processor time is exact to a clock tick (10 ms) for each process, ended ones included; memory counts pages that
/// several processes share once for each.
/// </summary>
public sealed class PosixIsolator(TimeProvider time) : IIsolator
{
    /// <summary>One reading of /proc serves all containers asked about within this time.</summary>
    public static readonly TimeSpan SnapshotAgeMax = TimeSpan.FromMilliseconds(250);

    private sealed class Measured(ProcessName supervisor)
    {
        public ProcessName Supervisor { get; } = supervisor;
        public long PeakBytes { get; set; }
    }

    private readonly ConcurrentDictionary<ContainerId, Measured> _containers = new();
    private readonly Lock _lock = new();
    private ProcTable? _snapshot;
    private long _snapshotTime;

    public IReadOnlyList<Birthplace> Prepare(ContainerSpec spec) => [];

    public void Started(ContainerProcesses processes, Action<LimitReached> limitReached) =>
        _containers[processes.Id] = new Measured(ProcessName.Of(processes.SupervisorPid));

    public ResourceUsage? Usage(ContainerId id)
    {
        if (!_containers.TryGetValue(id, out var container))
            return null;
        lock (_lock)
        {
            if (_snapshot is null || time.GetElapsedTime(_snapshotTime) > SnapshotAgeMax)
            {
                _snapshot = new ProcTable();
                _snapshotTime = time.GetTimestamp();
            }
            var pid = container.Supervisor.Pid;
            if (ProcStat.Read(pid) is not { } supervisor || supervisor.StartTicks != container.Supervisor.StartTicks)
                return new ResourceUsage(TimeSpan.Zero, 0, container.PeakBytes);
            // Orphans are waited for by the supervisor, so their time is in its account.
            var ticks = supervisor.ReapedCpuTicks;
            long pages = 0;
            foreach (var process in _snapshot.Descendants(pid))
            {
                ticks += process.CpuTicks + process.ReapedCpuTicks;
                pages += process.RssPages;
            }
            var bytes = pages * ProcStat.PageBytes;
            container.PeakBytes = Math.Max(container.PeakBytes, bytes);
            var cpu = TimeSpan.FromTicks(ticks * TimeSpan.TicksPerSecond / ProcStat.TicksPerSecond);
            return new ResourceUsage(cpu, bytes, container.PeakBytes);
        }
    }

    public void Cleanup(ContainerId id) => _containers.TryRemove(id, out _);
}
