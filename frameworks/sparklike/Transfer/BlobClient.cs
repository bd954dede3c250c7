using System.Net.Sockets;
using System.Text;

namespace Agora.Spark.Transfer;

/// <summary>Asks a <see cref="BlobServer"/>. One question at a time, over one connection, made anew where it breaks. Thread-safe.</summary>
internal sealed class BlobClient(string host, int port, string token) : IDisposable
{
    private const int Tries = 3;
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly byte[] _token = Encoding.UTF8.GetBytes(token);
    private NetworkStream? _stream;

    /// <returns>Null if there is nothing of that name.</returns>
    /// <exception cref="IOException">The server is not reached, or does not know the token.</exception>
    public byte[]? Get(string name)
    {
        lock (_gate)
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    return Ask(name);
                }
                catch (Exception e) when (e is IOException or SocketException && attempt < Tries)
                {
                    Close();
                }
                catch (SocketException e)
                {
                    Close();
                    throw new IOException($"{host}:{port} is not reached: {e.Message}", e);
                }
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
            Close();
    }

    private byte[]? Ask(string name)
    {
        var stream = _stream ??= Connect();
        var asked = Encoding.UTF8.GetBytes(name);
        byte[] question = [.. BitConverter.GetBytes((ushort)_token.Length), .. _token, .. BitConverter.GetBytes((ushort)asked.Length), .. asked];
        stream.Write(question);
        switch (stream.ReadByte())
        {
            case 0:
                var length = new byte[sizeof(long)];
                stream.ReadExactly(length);
                var bytes = GC.AllocateUninitializedArray<byte>(checked((int)BitConverter.ToInt64(length)));
                stream.ReadExactly(bytes);
                return bytes;
            case 1:
                return null;
            case 2:
                throw new IOException($"{host}:{port} belongs to another application");
            default:
                throw new EndOfStreamException($"{host}:{port} has closed the connection");
        }
    }

    private NetworkStream Connect()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var timeout = new CancellationTokenSource(ConnectTimeout);
            socket.ConnectAsync(host, port, timeout.Token).AsTask().GetAwaiter().GetResult();
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (OperationCanceledException e)
        {
            socket.Dispose();
            throw new IOException($"{host}:{port} does not answer", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void Close()
    {
        _stream?.Dispose();
        _stream = null;
    }
}
