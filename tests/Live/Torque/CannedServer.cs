using System.Collections.Concurrent;
using System.Net.Sockets;
using Agora.Torque.Jobs.Wire;

namespace Agora.Tests.Live.Torque;

/// <summary>A batch server that gives prepared answers, on the socket where the commands look for theirs.</summary>
internal sealed class CannedServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Func<Request, Reply> _answer;

    /// <param name="home">The state directory.</param>
    public CannedServer(string home, Func<Request, Reply> answer)
    {
        _answer = answer;
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(home, "torque")).FullName, "server.sock");
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        _ = AcceptAsync();
    }

    public ConcurrentQueue<Request> Requests { get; } = [];

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        while (await Frames.ReadAsync(stream, PbsJson.Default.Request, CancellationToken.None) is { } request)
        {
            Requests.Enqueue(request);
            await Frames.WriteAsync(stream, _answer(request), PbsJson.Default.Reply, CancellationToken.None);
        }
    }
}
