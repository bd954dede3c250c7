using System.Text;
using Agora.Supervisor.Shared;

namespace Agora.Daemon.Containers.Watching;

/// <summary>What files take on disk, as <c>du</c> counts: blocks, those of a file with several names once.</summary>
internal static unsafe class DiskUse
{
    private const uint Facts = 0x7FF;
    private const int NoFollow = 0x100, BlockBytes = 512;
    private const int KindMask = 0xF000, DirectoryKind = 0x4000;

    /// <returns>Bytes of a directory and all below it, but for what may not be read; 0 if it is not there.</returns>
    public static long Of(string directory)
    {
        var several = new HashSet<(uint, uint, ulong)>();
        var left = new Stack<byte[]>([[.. Encoding.UTF8.GetBytes(directory), 0]]);
        long blocks = 0;
        while (left.TryPop(out var path))
        {
            fixed (byte* text = path)
            {
                Libc.StatX facts;
                if (Libc.statx(Libc.AT_FDCWD, text, NoFollow, Facts, &facts) < 0)
                    continue;
                var isDirectory = (facts.Mode & KindMask) == DirectoryKind;
                if (isDirectory || facts.Links < 2 || several.Add((facts.DeviceMajor, facts.DeviceMinor, facts.Inode)))
                    blocks += (long)facts.Blocks;
                if (!isDirectory)
                    continue;
                foreach (var name in RawNames.In(text))
                    left.Push([.. path[..^1], (byte)'/', .. name]);
            }
        }
        return blocks * BlockBytes;
    }
}
