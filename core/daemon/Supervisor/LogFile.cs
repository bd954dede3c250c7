using System.Globalization;
using Agora.Supervisor.Shared;

namespace Agora.Supervisor;

/// <summary>
/// One output file in the sandbox, rotated when full. The sandbox belongs to the task's user, who may put anything
/// under these names; so files are always made anew and never opened through a link.
/// </summary>
internal sealed unsafe class LogFile(int directory, string name, long bytesMax, int files) : IDisposable
{
    private const uint EveryoneReads = 0x1A4; // 0644
    private const int CreateTriesMax = 3;

    private readonly NativeText _names = new();
    private int _fd = -1;
    private long _length;

    /// <summary>Error number of the first write that failed, after which output is dropped; 0 if none did.</summary>
    public int Failure { get; private set; }

    /// <returns>The descriptor, or -1 (<see cref="Failure"/>).</returns>
    public int Open(int extraFlags = 0)
    {
        var path = _names.Of(name);
        for (var tries = 0; tries < CreateTriesMax && _fd < 0; tries++)
        {
            Libc.unlinkat(directory, path, 0);
            const int create = Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_CLOEXEC;
            _fd = Libc.openat(directory, path, create | Libc.O_NOFOLLOW | extraFlags, EveryoneReads);
        }
        if (_fd < 0)
            Failure = Libc.Errno;
        _length = 0;
        return _fd;
    }

    public void Write(byte* data, nint count)
    {
        while (count > 0 && Failure == 0)
        {
            if (_length == bytesMax)
                Rotate();
            var written = _fd < 0 ? -1 : Libc.write(_fd, data, (nint)Math.Min(count, bytesMax - _length));
            if (written < 0)
            {
                if (Failure == 0)
                    Failure = Libc.Errno;
                return;
            }
            data += written;
            count -= written;
            _length += written;
        }
    }

    public void Dispose()
    {
        if (_fd >= 0)
            Libc.close(_fd);
        _fd = -1;
        _names.Dispose();
    }

    private void Rotate()
    {
        Libc.close(_fd);
        _fd = -1;
        using var text = new NativeText();
        for (var age = files - 1; age >= 1; age--)
            Libc.renameat(directory, text.Of(Aged(age - 1)), directory, text.Of(Aged(age)));
        Open();
    }

    private string Aged(int age) => age == 0 ? name : name + "." + age.ToString(CultureInfo.InvariantCulture);
}
