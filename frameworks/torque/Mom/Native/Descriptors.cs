using System.Text;

namespace Agora.Torque.Mom.Native;

/// <summary>Writing to open files.</summary>
internal static unsafe class Descriptors
{
    private const int SetDescriptorFlags = 2, CloseOnExec = 1;

    /// <returns>0 or the error number.</returns>
    public static int WriteAll(int fd, byte* bytes, nint count)
    {
        while (count > 0)
        {
            var written = Libc.write(fd, bytes, count);
            if (written < 0 && Libc.Errno == Libc.EINTR)
                continue;
            if (written < 0)
                return Libc.Errno;
            bytes += written;
            count -= written;
        }
        return 0;
    }

    /// <returns>0 or the error number.</returns>
    public static int WriteAll(int fd, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
            return WriteAll(fd, first, bytes.Length);
    }

    public static void WriteLine(int fd, string line) => WriteAll(fd, Encoding.UTF8.GetBytes(line));

    /// <returns>The descriptor, or the error number negated.</returns>
    public static int Open(string path, int flags, uint mode = 0)
    {
        using var text = new NativeText();
        var fd = Libc.open(text.Of(path), flags | Libc.O_CLOEXEC, mode);
        return fd < 0 ? -Libc.Errno : fd;
    }

    public static void SetCloseOnExec(int fd) => _ = Libc.fcntl(fd, SetDescriptorFlags, CloseOnExec);
}
