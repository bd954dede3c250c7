using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Agora.Spark.Transfer;

/// <summary>
/// Gives named bytes to whoever knows the application's token: the driver's stages, broadcasts and assemblies, an
/// executor's cached blocks.
/// <code>
///   asks     length, token, length, name          (lengths of texts in two bytes, all least significant byte first)
///   answer   0: eight bytes of length, and the bytes    1: there is none    2: the token is another's
/// </code>
/// A connection takes any number of questions, one after another.
/// </summary>
internal sealed class BlobServer : IAsyncDisposable
{
    private const int TextBytesMax = 4_096;

    private readonly byte[] _token;
    private readonly Func<string, ReadOnlyMemory<byte>?> _find;
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    /// <param name="find">The bytes of a name, null if there are none; any thread.</param>
    /// <param name="port">0 for any that is free.</param>
    /// <exception cref="SocketException">The port is taken.</exception>
    public BlobServer(string token, Func<string, ReadOnlyMemory<byte>?> find, int port = 0)
    {
        _token = Encoding.UTF8.GetBytes(token);
        _find = find;
        _listener.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
        _listener.Listen();
        _accepting = Task.Run(AcceptAsync);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The end.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        try
        {
            socket.NoDelay = true;
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            while (await ReadTextAsync(stream) is { } token && await ReadTextAsync(stream) is { } name)
            {
                if (!CryptographicOperations.FixedTimeEquals(token, _token))
                {
                    await stream.WriteAsync(new byte[] { 2 }, _stop.Token);
                    return;
                }
                await AnswerAsync(stream, _find(Encoding.UTF8.GetString(name)));
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Who asked is gone, or we are.
        }
    }

    private async Task AnswerAsync(NetworkStream stream, ReadOnlyMemory<byte>? found)
    {
        var head = new byte[found is null ? 1 : 1 + sizeof(long)];
        head[0] = found is null ? (byte)1 : (byte)0;
        if (found is { } bytes)
            BitConverter.TryWriteBytes(head.AsSpan(1), (long)bytes.Length);
        await stream.WriteAsync(head, _stop.Token);
        await stream.WriteAsync(found ?? default, _stop.Token);
    }

    private async Task<byte[]?> ReadTextAsync(NetworkStream stream)
    {
        var length = new byte[2];
        if (await stream.ReadAtLeastAsync(length, 2, throwOnEndOfStream: false, _stop.Token) < 2 ||
            BitConverter.ToUInt16(length) > TextBytesMax)
            return null;
        var text = new byte[BitConverter.ToUInt16(length)];
        await stream.ReadExactlyAsync(text, _stop.Token);
        return text;
    }
}
