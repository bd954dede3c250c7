using System.ComponentModel;
using System.Runtime.InteropServices;
using Agora.Supervisor.Shared;
using Microsoft.Win32.SafeHandles;

namespace Agora.Daemon.Files;

public enum FileKind
{
    File,
    Directory,

    /// <summary>A symbolic link, pipe, socket or device.</summary>
    Other,
}

/// <param name="Identity">Names the file, whatever name it has; not for one on another file system.</param>
public readonly record struct FileFacts(FileKind Kind, long Length, DateTimeOffset Modified, ulong Identity);

/// <summary>
/// A directory out of which no path leads: the kernel itself resolves names beneath it and refuses <c>..</c>, absolute
/// links and links that lead out (openat2, Linux 5.6), so nothing can be swapped between a check and its use.
/// </summary>
internal sealed unsafe partial class RootedDirectory : IDisposable
{
    private const long OpenAt2 = 437;
    private const ulong NoMagicLinks = 0x02, NoSymlinks = 0x04, Beneath = 0x08;
    private const int PathOnly = 0x200000, EmptyPath = 0x1000, NoFollow = 0x100;
    private const uint BasicFacts = 0x7FF;

    private readonly SafeFileHandle _root;

    /// <exception cref="IOException">It cannot be opened.</exception>
    public RootedDirectory(string path)
    {
        using var text = new NativeText();
        var fd = Libc.openat(Libc.AT_FDCWD, text.Of(path), Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0);
        if (fd < 0)
            throw Failure(path, Libc.Errno);
        _root = new SafeFileHandle(fd, ownsHandle: true);
    }

    public void Dispose() => _root.Dispose();

    /// <summary>
    /// Opens a file or directory for reading; links that stay beneath are followed. Never waits for a pipe's writer.
    /// </summary>
    /// <returns>Null if there is none beneath, or it may not be read; <paramref name="errno"/> says why.</returns>
    public SafeFileHandle? TryOpen(string path, out int errno)
    {
        var fd = Open(path, Libc.O_RDONLY | Libc.O_NONBLOCK, 0, Beneath | NoMagicLinks);
        errno = fd < 0 ? Libc.Errno : 0;
        return fd < 0 ? null : new SafeFileHandle(fd, ownsHandle: true);
    }

    /// <summary>True if the name leads to something beneath or to nothing; false if it leads out.</summary>
    public bool StaysBeneath(string path)
    {
        var fd = Open(path, PathOnly, 0, Beneath | NoMagicLinks);
        if (fd < 0)
            return Libc.Errno == Libc.ENOENT;
        _ = Libc.close(fd);
        return true;
    }

    /// <summary>
    /// Makes a file to be written, in place of whatever has that name; no link is followed on the way.
    /// </summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public SafeFileHandle Create(string path, UnixFileMode mode)
    {
        Remove(path);
        var fd = Open(path, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL, (uint)mode, Beneath | NoSymlinks);
        return fd < 0 ? throw Failure(path, Libc.Errno) : new SafeFileHandle(fd, ownsHandle: true);
    }

    /// <summary>Makes a directory and those above it; no link is followed on the way.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public void CreateDirectories(string path)
    {
        const uint everyoneReads = 0x1ED; // 0755
        var end = 0;
        while (end < path.Length)
        {
            end = path.IndexOf('/', end + 1);
            if (end < 0)
                end = path.Length;
            var part = path[..end];
            var made = InParent(part, (parent, name) => Libc.mkdirat(parent, name, everyoneReads));
            if (made is not 0 and not Libc.EEXIST)
                throw Failure(part, made);
        }
    }

    /// <exception cref="IOException">It cannot be made.</exception>
    public void CreateLink(string path, string target)
    {
        using var text = new NativeText();
        var to = (nint)text.Of(target);
        Remove(path);
        if (InParent(path, (parent, name) => symlinkat((byte*)to, parent, name)) is var errno and not 0)
            throw Failure(path, errno);
    }

    /// <summary>Removes a file or link; what is not there or is a directory stays as it is.</summary>
    public void Remove(string path) => InParent(path, (parent, name) => Libc.unlinkat(parent, name, 0));

    public static FileFacts Facts(SafeFileHandle handle) =>
        Facts(handle, "", EmptyPath) ?? throw Failure("an open file", Libc.Errno);

    /// <summary>Of an entry of a directory; a link is not followed.</summary>
    /// <returns>Null if it is not there.</returns>
    public static FileFacts? Facts(SafeFileHandle directory, string name) => Facts(directory, name, NoFollow);

    private static FileFacts? Facts(SafeFileHandle handle, string name, int flags)
    {
        using var text = new NativeText();
        Libc.StatX facts;
        if (Libc.statx((int)handle.DangerousGetHandle(), text.Of(name), flags, BasicFacts, &facts) < 0)
            return null;
        const int kindMask = 0xF000, directory = 0x4000, regular = 0x8000;
        var kind = (facts.Mode & kindMask) switch
        {
            regular => FileKind.File,
            directory => FileKind.Directory,
            _ => FileKind.Other,
        };
        var modified = DateTimeOffset.FromUnixTimeSeconds(facts.ModifiedSeconds)
            .AddTicks(facts.ModifiedNanoseconds / TimeSpan.NanosecondsPerTick);
        return new FileFacts(kind, (long)facts.Size, modified, facts.Inode);
    }

    private delegate int ParentCall(int parent, byte* name);

    /// <returns>0 or the error number.</returns>
    private int InParent(string path, ParentCall call)
    {
        using var text = new NativeText();
        var slash = path.LastIndexOf('/');
        var parent = slash <= 0
            ? Open(".", PathOnly | Libc.O_DIRECTORY, 0, Beneath)
            : Open(path[..slash], PathOnly | Libc.O_DIRECTORY, 0, Beneath | NoSymlinks);
        if (parent < 0)
            return Libc.Errno;
        var errno = call(parent, text.Of(path[(slash + 1)..])) < 0 ? Libc.Errno : 0;
        _ = Libc.close(parent);
        return errno;
    }

    private int Open(string path, int flags, uint mode, ulong resolve)
    {
        using var text = new NativeText();
        var how = new OpenHow { Flags = (ulong)(flags | Libc.O_CLOEXEC), Mode = mode, Resolve = resolve };
        return (int)Libc.syscall(OpenAt2, (int)_root.DangerousGetHandle(), (long)text.Of(path), (long)&how,
            sizeof(OpenHow));
    }

    private static IOException Failure(string path, int errno) =>
        new($"{path}: {Libc.ErrorText(errno)}", new Win32Exception(errno));

    private struct OpenHow
    {
        public ulong Flags, Mode, Resolve;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int symlinkat(byte* target, int directory, byte* path);
}
