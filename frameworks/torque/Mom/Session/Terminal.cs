using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Agora.Torque.Mom.Native;

namespace Agora.Torque.Mom.Session;

/// <summary>
/// A terminal of this machine whose other end is at a user who waits for his interactive job: bytes go both ways.
/// </summary>
internal sealed unsafe class Terminal : IDisposable
{
    private const ulong SetWindowSize = 0x5414;
    private const int NameBytesMax = 128, LineBytesMax = 256;
    private const int SetStatusFlags = 4;

    private readonly Socket _socket;
    private readonly int _own;

    private Terminal(Socket socket, int own, string path, string type)
    {
        (_socket, _own, Path, Type) = (socket, own, path, type);
        var peer = (int)socket.Handle;
        _ = Libc.fcntl(own, SetStatusFlags, Libc.O_NONBLOCK);
        _ = Libc.fcntl(peer, SetStatusFlags, Libc.O_NONBLOCK);
        Out = new Pump(own, peer);
        In = new Pump(peer, own);
    }

    /// <summary>Of the end that the job's shell opens.</summary>
    public string Path { get; }

    /// <summary>What the user's terminal is: TERM.</summary>
    public string Type { get; }

    /// <summary>From the job to the user.</summary>
    public Pump Out { get; }

    /// <summary>From the user to the job; at its end the user is gone.</summary>
    public Pump In { get; }

    /// <param name="where"><c>host:port</c>, a blank, and what the user's side wants to be shown.</param>
    /// <exception cref="IOException">The user is not reached, or no terminal is to be had.</exception>
    public static Terminal Open(string where)
    {
        var words = where.Split(' ', 2);
        var colon = words[0].LastIndexOf(':');
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Connect(words[0][..colon].Trim('[', ']'), int.Parse(words[0][(colon + 1)..], CultureInfo.InvariantCulture));
            socket.Send(Encoding.UTF8.GetBytes(words[1] + "\n"));
            var size = Line(socket).Split(' ');
            var window = new Libc.WindowSize();
            if (size is [_, var rows, var columns, ..] && ushort.TryParse(rows, CultureInfo.InvariantCulture, out window.Rows))
                _ = ushort.TryParse(columns, CultureInfo.InvariantCulture, out window.Columns);
            var own = Libc.posix_openpt(Libc.O_RDWR | Libc.O_NOCTTY | Libc.O_CLOEXEC);
            var name = stackalloc byte[NameBytesMax];
            if (own < 0 || Libc.grantpt(own) < 0 || Libc.unlockpt(own) < 0 || Libc.ptsname_r(own, name, NameBytesMax) != 0)
                throw new IOException($"no terminal is to be had: {Libc.ErrorText(Libc.Errno)}");
            _ = Libc.ioctl(own, SetWindowSize, &window);
            return new Terminal(socket, own, System.Runtime.InteropServices.Marshal.PtrToStringUTF8((nint)name)!, size[0].Length > 0 ? size[0] : "dumb");
        }
        catch (Exception e) when (e is SocketException or FormatException)
        {
            socket.Dispose();
            throw new IOException($"the qsub that waits at {words[0]} is not reached: {e.Message}", e);
        }
    }

    public void Write(string text) => _socket.Send(Encoding.UTF8.GetBytes(text.Replace("\n", "\r\n", StringComparison.Ordinal)));

    public void Dispose()
    {
        _ = Libc.close(_own);
        _socket.Dispose();
    }

    private static string Line(Socket socket)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (line.Length < LineBytesMax && socket.Receive(one) == 1 && one[0] != '\n')
            line.Append((char)one[0]);
        return line.ToString().TrimEnd('\r');
    }
}

/// <summary>Carries bytes from one descriptor to another; never waits.</summary>
internal sealed unsafe class Pump(int from, int to)
{
    private const short PollOut = 4;

    private readonly byte[] _buffer = new byte[16 << 10];
    private int _at, _count;

    /// <summary>Nothing more comes, or nobody takes it.</summary>
    public bool HasEnded { get; private set; }

    public Libc.PollFd Watch => HasEnded ? new Libc.PollFd { Fd = -1 }
        : _count == 0 ? new Libc.PollFd { Fd = from, Events = Libc.POLLIN } : new Libc.PollFd { Fd = to, Events = PollOut };

    /// <summary>Moves what can be moved.</summary>
    /// <returns>False when there was nothing.</returns>
    public bool Move()
    {
        fixed (byte* bytes = _buffer)
        {
            if (!HasEnded && _count == 0)
            {
                var got = Libc.read(from, bytes, _buffer.Length);
                if (got < 0 && Libc.Errno is Libc.EAGAIN or Libc.EINTR)
                    return false;
                HasEnded = got <= 0;
                (_at, _count) = (0, Math.Max(0, (int)got));
            }
            if (HasEnded || _count == 0)
                return false;
            var written = Libc.write(to, bytes + _at, _count);
            if (written < 0)
            {
                HasEnded = Libc.Errno is not (Libc.EAGAIN or Libc.EINTR);
                return false;
            }
            _at += (int)written;
            _count -= (int)written;
            return true;
        }
    }
}
