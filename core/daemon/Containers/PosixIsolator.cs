using System.Collections.Concurrent;
using System.Globalization;
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

    /// <summary>
    /// Memory that would be free without the container: pages of no file, what is shared counted as a part. Dearer to know than
    /// <see cref="Usage"/>.
    /// </summary>
    /// <returns>Bytes; 0 if there is no such container (any more).</returns>
    public long OwnBytes(ContainerId id) => !_containers.TryGetValue(id, out var container) ? 0
        : new ProcTable().Descendants(container.Supervisor.Pid).Sum(process => OwnBytes(process));

    public void Cleanup(ContainerId id) => _containers.TryRemove(id, out _);

    /// <summary>Where the kernel does not tell, all that is resident.</summary>
    private static long OwnBytes(ProcStat process)
    {
        const int kib = 1 << 10;
        try
        {
            // Pss_Anon:             112 kB
            return kib * File.ReadLines($"/proc/{process.Pid}/smaps_rollup")
                .Where(l => l.StartsWith("Pss_Anon:", StringComparison.Ordinal) || l.StartsWith("Pss_Shmem:", StringComparison.Ordinal))
                .Sum(l => long.Parse(l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ProcStat.Read(process.Pid) is { IsZombie: false } now ? now.RssPages * ProcStat.PageBytes : 0;
        }
    }
}
