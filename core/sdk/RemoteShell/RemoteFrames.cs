using System.Buffers.Binary;
using System.Net.Sockets;

namespace Agora.RemoteShell;

/// <summary>What a frame holds.</summary>
internal enum FrameKind : byte
{
    /// <summary>Client to server, first: a <see cref="RemoteRequest"/> in JSON.</summary>
    Request = 1,

    /// <summary>Client to server: bytes of standard input; none for its end.</summary>
    Input,

    /// <summary>Client to server: a signal's number, four bytes.</summary>
    Signal,

    /// <summary>Server to client: bytes of standard output.</summary>
    Output,

    /// <summary>Server to client: bytes of standard error.</summary>
    Error,

    /// <summary>Server to client, last: the exit code, or 128 + signal, four bytes.</summary>
    Exit,

    /// <summary>Server to client, last: why nothing was run, in UTF-8.</summary>
    Refused,
}

/// <summary>
/// Frames over a socket: kind, length (four bytes, big-endian), bytes. Any number of threads may write; one reads.
/// </summary>
internal sealed class RemoteFrames : IDisposable
{
    private const int HeaderBytes = 5;

    /// <summary>Longer frames than this are somebody else's language.</summary>
    private const int FrameBytesMax = 16 << 20;

    /// <summary>A peer whose machine is gone is found out after about ten seconds.</summary>
    private const int KeepAliveSeconds = 5, KeepAliveTries = 3;

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly byte[] _header = new byte[HeaderBytes];

    public RemoteFrames(Socket socket)
    {
        _socket = socket;
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 2);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveTries);
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <exception cref="IOException">The peer is gone.</exception>
    public async Task WriteAsync(FrameKind kind, ReadOnlyMemory<byte> bytes)
    {
        await _writing.WaitAsync();
        try
        {
            var frame = new byte[HeaderBytes + bytes.Length];
            frame[0] = (byte)kind;
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), bytes.Length);
            bytes.CopyTo(frame.AsMemory(HeaderBytes));
            await _stream.WriteAsync(frame);
        }
        finally
        {
            _writing.Release();
        }
    }

    public Task WriteAsync(FrameKind kind, int number)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return WriteAsync(kind, bytes);
    }

    /// <returns>Null where the peer has closed the connection in good order.</returns>
    /// <exception cref="IOException">The peer is gone.</exception>
    /// <exception cref="InvalidDataException">It speaks another language.</exception>
    public async Task<(FrameKind Kind, byte[] Bytes)?> ReadAsync()
    {
        var read = await _stream.ReadAtLeastAsync(_header, HeaderBytes, throwOnEndOfStream: false);
        if (read == 0)
            return null;
        if (read < HeaderBytes)
            throw new EndOfStreamException("the connection broke off");
        var length = BinaryPrimitives.ReadInt32BigEndian(_header.AsSpan(1));
        if (length is < 0 or > FrameBytesMax)
            throw new InvalidDataException($"a frame of {length} bytes: this is no remote shell");
        var bytes = new byte[length];
        await _stream.ReadExactlyAsync(bytes);
        return ((FrameKind)_header[0], bytes);
    }

    public static int Number(byte[] bytes) => bytes.Length == sizeof(int) ? BinaryPrimitives.ReadInt32BigEndian(bytes)
        : throw new InvalidDataException($"a number of {bytes.Length} bytes");

    /// <summary>Breaks the connection; reads and writes under way fail.</summary>
    public void Abort() => _socket.Close(0);

    public void Dispose()
    {
        _stream.Dispose();
        _writing.Dispose();
    }
}
