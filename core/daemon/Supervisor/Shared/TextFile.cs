using System.Text;

namespace Agora.Supervisor.Shared;

/// <summary>
/// Small files of the container's meta directory, read and written whole. A write is atomic: a reader sees the old
/// file or the new one.
/// </summary>
internal static unsafe class TextFile
{
    private const uint OwnerOnly = 0x180; // 0600
    private const int ChunkBytes = 16 << 10;

    /// <returns>Null if there is no such file or it cannot be read; <see cref="Libc.Errno"/> says why.</returns>
    public static string? Read(string path)
    {
        using var text = new NativeText();
        var fd = Libc.openat(Libc.AT_FDCWD, text.Of(path), Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
        if (fd < 0)
            return null;
        var bytes = new byte[ChunkBytes];
        var length = 0;
        while (true)
        {
            nint got;
            fixed (byte* buffer = bytes)
                got = Libc.read(fd, buffer + length, bytes.Length - length);
            if (got <= 0)
                break;
            length += (int)got;
            if (length == bytes.Length)
                Array.Resize(ref bytes, bytes.Length * 2);
        }
        Libc.close(fd);
        return Encoding.UTF8.GetString(bytes, 0, length);
    }

    /// <returns>0 or the error number.</returns>
    public static int Write(string path, string content)
    {
        using var text = new NativeText();
        var final = text.Of(path);
        var draft = text.Of(path + ".new");
        var fd = Libc.openat(Libc.AT_FDCWD, draft, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_TRUNC | Libc.O_CLOEXEC,
            OwnerOnly);
        if (fd < 0)
            return Libc.Errno;
        var bytes = Encoding.UTF8.GetBytes(content);
        nint written;
        fixed (byte* buffer = bytes)
            written = Libc.write(fd, buffer, bytes.Length);
        var failure = written == bytes.Length ? 0 : written < 0 ? Libc.Errno : Libc.ENOSPC;
        Libc.close(fd);
        if (failure == 0 && Libc.renameat(Libc.AT_FDCWD, draft, Libc.AT_FDCWD, final) < 0)
            failure = Libc.Errno;
        if (failure != 0)
            Libc.unlinkat(Libc.AT_FDCWD, draft, 0);
        return failure;
    }
}
