using Agora.Supervisor.Shared;

namespace Agora.Daemon.Containers.Watching;

/// <summary>Holds containers to the disk space they asked for, by adding up what is in their sandboxes.</summary>
public sealed class DiskWatch(TimeProvider time) : WatchingIsolator(time, TimeSpan.FromSeconds(1))
{
    private protected override long LimitOf(Resources resources) => resources.DiskBytes;

    private protected override LimitReached? Look(ContainerProcesses processes, long limit)
    {
        const long mib = 1 << 20;
        var used = DiskUse.Of(processes.SandboxDirectory) + DiskUse.Of(Path.Combine(processes.MetaDirectory, ContainerFiles.Temporary));
        return used > limit
            ? new LimitReached(StatusReason.DiskLimit, $"its sandbox holds {used / mib} MiB, more than the {limit / mib} MiB of disk it asked for; it was killed; ask for more, or write less")
            : null;
    }
}
