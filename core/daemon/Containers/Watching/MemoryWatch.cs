namespace Agora.Daemon.Containers.Watching;

/// <summary>
/// Holds containers to their memory where there are no control groups, by reading /proc. What is fast can go far beyond its limit
/// before it is seen; what is shared with others, or only mapped from files, does not count.
/// </summary>
public sealed class MemoryWatch(PosixIsolator measure, TimeProvider time) : WatchingIsolator(time, PosixIsolator.SnapshotAgeMax)
{
    private protected override long LimitOf(Resources resources) => resources.MemBytes;

    private protected override LimitReached? Look(ContainerProcesses processes, long limit)
    {
        const long mib = 1 << 20;
        // First what is cheap to know, and never less.
        return measure.Usage(processes.Id) is { } usage && usage.MemBytes > limit && measure.OwnBytes(processes.Id) > limit
            ? new LimitReached(StatusReason.MemoryLimit, $"used more than its {limit / mib} MiB of memory, and was killed; ask for more")
            : null;
    }
}
