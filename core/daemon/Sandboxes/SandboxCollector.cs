using Agora.Supervisor.Shared;

namespace Agora.Daemon.Sandboxes;

/// <summary>Removes the sandboxes of what has ended once they are old enough, the earlier the fuller the disk is.</summary>
/// <param name="sandboxes">Holds <c>FRAMEWORK/TASK-OR-EXECUTOR/CONTAINER</c>.</param>
/// <param name="isLive">Containers that have not ended.</param>
internal sealed class SandboxCollector(string sandboxes, Trash trash, GarbageSettings settings, Func<ContainerId, bool> isLive)
{
    private const int NoFollow = 0x100;
    private const uint Facts = 0x7FF;

    /// <summary>Looks from time to time until it is cancelled.</summary>
    public async Task RunAsync(TimeProvider time, ILogger logger, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(settings.Interval, time);
        try
        {
            do
            {
                try
                {
                    if (Collect(time.GetUtcNow(), UsedPart(sandboxes)) is var removed and > 0)
                        logger.LogInformation("{Count} sandboxes of what has ended are removed", removed);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    logger.LogWarning("old sandboxes could not be removed: {Error}", e.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(cancellation));
        }
        catch (OperationCanceledException)
        {
            // The agent ends.
        }
    }

    /// <summary>Notes that a container has ended just now: from here on its sandbox grows old.</summary>
    public static void MarkEnded(string sandbox)
    {
        try
        {
            // The time of the change of its facts, which its user cannot set.
            Directory.SetLastWriteTimeUtc(sandbox, DateTime.UtcNow);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It was never made, or is gone.
        }
    }

    /// <summary>Removes those that are too old now.</summary>
    /// <param name="usedPart">Of the disk, 0 to 1.</param>
    /// <returns>How many sandboxes.</returns>
    public int Collect(DateTimeOffset now, double usedPart)
    {
        var before = now - settings.AgeMax(usedPart);
        var removed = 0;
        foreach (var framework in Directory.EnumerateDirectories(sandboxes))
        {
            foreach (var task in Directory.EnumerateDirectories(framework))
            {
                foreach (var run in Directory.EnumerateDirectories(task))
                    if (Changed(run) <= before && !isLive(new ContainerId(Path.GetFileName(run))) && trash.Take(run))
                        removed++;
                RemoveEmpty(task, before);
            }
            RemoveEmpty(framework, before);
        }
        trash.Empty();
        return removed;
    }

    /// <returns>Of the file system that the directory is on, 0 to 1, as <c>df</c> says.</returns>
    public static double UsedPart(string directory)
    {
        var disk = new DriveInfo(directory);
        var used = disk.TotalSize - disk.TotalFreeSpace;
        return used / (double)Math.Max(1, used + disk.AvailableFreeSpace);
    }

    /// <summary>Not one in which something was a moment ago: what is launched anew might just make its own.</summary>
    private static unsafe void RemoveEmpty(string directory, DateTimeOffset before)
    {
        using var text = new NativeText();
        if (Changed(directory) <= before)
            _ = Libc.rmdir(text.Of(directory));
    }

    private static unsafe DateTimeOffset Changed(string path)
    {
        using var text = new NativeText();
        Libc.StatX facts;
        return Libc.statx(Libc.AT_FDCWD, text.Of(path), NoFollow, Facts, &facts) < 0 ? DateTimeOffset.MaxValue
            : DateTimeOffset.FromUnixTimeSeconds(facts.ChangedSeconds);
    }
}
