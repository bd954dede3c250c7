using System.Globalization;
using Agora.Daemon.Containers;
using Agora.Supervisor.Shared;

namespace Agora.Daemon.Sandboxes;

/// <summary>
/// Removes directories that belong to others, as root at the worst. First each comes to where only the agent gets; there it is taken
/// apart from above, each directory in it moved up before it is looked into, so that no link put in its place meanwhile leads out,
/// and no depth is too great. What a former process left is removed too.
/// </summary>
/// <param name="directory">On the file system of what it takes.</param>
internal sealed unsafe class Trash(string directory)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const int RemoveDirectory = 0x200;
    private const uint OwnerOnlyBits = 0x1C0; // 0700

    private readonly bool _isRoot = Libc.geteuid() == 0;
    private long _moved;

    /// <summary>Takes a directory away from where it is; what cannot be moved stays.</summary>
    /// <returns>False if it stayed.</returns>
    public bool Take(string path)
    {
        Directory.CreateDirectory(directory, OwnerOnly);
        using var text = new NativeText();
        return Libc.renameat(Libc.AT_FDCWD, text.Of(path), Libc.AT_FDCWD, text.Of(Path.Combine(directory, NewName()))) == 0;
    }

    /// <summary>Removes what was taken, as far as that is possible.</summary>
    public void Empty()
    {
        if (!Directory.Exists(directory))
            return;
        using var text = new NativeText();
        var trash = Libc.openat(Libc.AT_FDCWD, text.Of(directory), Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0);
        if (trash < 0)
            return;
        bool isDone;
        do
        {
            isDone = true;
            foreach (var name in Names(trash))
                fixed (byte* taken = name)
                    if (Remove(trash, taken))
                        isDone = false;
        }
        while (!isDone);
        _ = Libc.close(trash);
    }

    /// <returns>True if there is less of it, or it lies less deep.</returns>
    private bool Remove(int trash, byte* name)
    {
        if (Libc.unlinkat(trash, name, 0) == 0)
            return true;
        Open(trash, name);
        var inside = Libc.openat(trash, name, Libc.O_DIRECTORY | Libc.O_NOFOLLOW | Libc.O_CLOEXEC, 0);
        if (inside < 0)
            return false;
        var isLess = false;
        foreach (var below in Names(inside))
        {
            using var text = new NativeText();
            fixed (byte* child = below)
            {
                var isGone = Libc.unlinkat(inside, child, 0) == 0;
                if (!isGone)
                    Open(inside, child);
                isLess |= isGone || Libc.renameat(inside, child, trash, text.Of(NewName())) == 0;
            }
        }
        _ = Libc.close(inside);
        return Libc.unlinkat(trash, name, RemoveDirectory) == 0 || isLess;
    }

    /// <summary>Root gets everywhere; others own what they remove, but may have closed it.</summary>
    private void Open(int parent, byte* name)
    {
        if (!_isRoot)
            _ = Libc.fchmodat(parent, name, OwnerOnlyBits, 0);
    }

    private string NewName() => string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{Environment.TickCount64}-{_moved++}");

    private static List<byte[]> Names(int directory)
    {
        using var text = new NativeText();
        return RawNames.In(text.Of("/proc/self/fd/" + directory.ToString(CultureInfo.InvariantCulture)));
    }
}
