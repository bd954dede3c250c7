using Agora.Supervisor.Shared;

namespace Agora.Daemon.Containers;

/// <summary>
/// Kills what is left of a container whose supervisor was killed. All its processes are in the supervisor's session or
/// descend from one that is, unless they left both; those only a control group would find.
/// </summary>
internal static class Orphans
{
    /// <summary>Each round finds what was born during the one before.</summary>
    private const int RoundsMax = 20;
    private static readonly TimeSpan RoundPause = TimeSpan.FromMilliseconds(5);

    public static async Task Kill(PidFile pids)
    {
        for (var round = 0; round < RoundsMax; round++)
        {
            var left = Find(pids);
            if (left.Count == 0)
                return;
            foreach (var process in left)
                _ = Libc.kill(process.Pid, Libc.SIGKILL);
            await Task.Delay(RoundPause);
        }
    }

    private static List<ProcStat> Find(PidFile pids)
    {
        var supervisor = pids.Supervisor;
        // A number that is in use again may name a stranger's session by now.
        if (ProcStat.Read(supervisor.Pid) is { } now && now.StartTicks != supervisor.StartTicks)
            return [];
        var table = new ProcTable();
        var found = new HashSet<ProcStat>();
        foreach (var process in table.All)
        {
            if (process.Session != supervisor.Pid || process.Pid == supervisor.Pid ||
                process.StartTicks < supervisor.StartTicks)
                continue;
            found.Add(process);
            found.UnionWith(table.Descendants(process.Pid));
        }
        return [.. found.Where(p => !p.IsZombie)];
    }
}
