using Agora.Torque.Mom.Life;
using Agora.Torque.Mom.Native;

namespace Agora.Torque.Mom;

/// <summary>What trees of processes use, from one look at /proc.</summary>
internal sealed class UsageMeter
{
    private readonly ProcTable _table = new();

    /// <param name="session">Of the job's session program, which itself does not count.</param>
    /// <param name="remote">Of the session programs of its remote shells here.</param>
    public UsageSample Of(int session, IReadOnlyList<int> remote)
    {
        long ticks = 0, rss = 0, vmem = 0, largest = 0;
        foreach (var root in (IEnumerable<int>)[session, .. remote])
        {
            // What has ended was waited for by its parent, or at last by the session program.
            ticks += _table.Find(root)?.ReapedCpuTicks ?? 0;
            foreach (var process in _table.Descendants(root))
            {
                ticks += process.CpuTicks + process.ReapedCpuTicks;
                if (process.IsZombie)
                    continue;
                rss += process.RssPages * ProcStat.PageBytes;
                vmem += process.VirtualBytes;
                largest = Math.Max(largest, process.VirtualBytes);
            }
        }
        return new UsageSample((double)ticks / ProcStat.TicksPerSecond, rss, vmem, largest);
    }
}
