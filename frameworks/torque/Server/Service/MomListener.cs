using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Server.Service;

/// <summary>The TCP port that moms come to, and the way to each that is there.</summary>
internal sealed class MomListener : IAsyncDisposable
{
    private static readonly TimeSpan HelloPatience = TimeSpan.FromSeconds(10);

    private readonly TcpListener _listener;
    private readonly byte[] _token;
    private readonly Action<string> _log;
    private readonly ConcurrentDictionary<string, Link> _links = [];
    private readonly CancellationTokenSource _stop = new();
    private ServerLoop _loop = null!;
    private Task _accepting = Task.CompletedTask;

    /// <param name="token">What each mom shows, before a blank and the name of its executor.</param>
    /// <exception cref="SocketException">The port is taken.</exception>
    public MomListener(IPAddress address, int port, string token, Action<string> log)
    {
        _token = Encoding.UTF8.GetBytes(token);
        _log = log;
        _listener = new TcpListener(address, port);
        _listener.Start();
    }

    private sealed record Link(string Executor, Channel<MomOrder> Orders);

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Start(ServerLoop loop)
    {
        _loop = loop;
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Lost if the node's mom is not there; what matters it is told when it comes again.</summary>
    public void Send(string node, MomOrder order)
    {
        if (_links.TryGetValue(node, out var link))
            link.Orders.Writer.TryWrite(order);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                if (_stop.IsCancellationRequested)
                    return;
                _log($"a mom could not be let in: {e.Message}");
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        client.NoDelay = true;
        client.Client.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        string? node = null;
        Link? link = null;
        try
        {
            var stream = client.GetStream();
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            patience.CancelAfter(HelloPatience);
            if (await Frames.ReadAsync(stream, MomJson.Default.MomReport, patience.Token) is not MomReport.Hello hello ||
                !IsAllowed(hello.Token, out var executor))
            {
                _log($"a connection from {client.Client.RemoteEndPoint} is no mom of ours");
                return;
            }
            node = hello.Node;
            var made = link = new Link(executor, Channel.CreateUnbounded<MomOrder>(new UnboundedChannelOptions { SingleReader = true }));
            var accepted = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            _loop.Post((server, now) =>
            {
                var isOurs = server.MomConnected(now, hello, executor);
                // One whose time is over must not come between the server and the node's mom of today. The orders that the
                // greeting leads to go out after this, and find the way.
                if (isOurs)
                    _links[hello.Node] = made;
                accepted.SetResult(isOurs);
            });
            if (!await accepted.Task)
                return;
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            var sending = SendAsync(stream, link, ended.Token);
            try
            {
                while (await Frames.ReadAsync(stream, MomJson.Default.MomReport, _stop.Token) is { } report)
                    _loop.Post((server, now) => server.Handle(now, hello.Node, report));
            }
            finally
            {
                await ended.CancelAsync();
                await sending;
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or SocketException or OperationCanceledException or InvalidOperationException)
        {
            if (!_stop.IsCancellationRequested && e is InvalidDataException)
                _log($"the mom of {node ?? "?"} is not understood: {e.Message}");
        }
        finally
        {
            if (link is not null && _links.TryRemove(KeyValuePair.Create(node!, link)))
                _loop.Post((server, _) => server.MomDisconnected(node!, link.Executor));
        }
    }

    private static async Task SendAsync(NetworkStream stream, Link link, CancellationToken stop)
    {
        try
        {
            await foreach (var order in link.Orders.Reader.ReadAllAsync(stop))
                await Frames.WriteAsync(stream, order, MomJson.Default.MomOrder, stop);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The reader sees the end, too, and says so.
        }
    }

    private bool IsAllowed(string shown, out string executor)
    {
        var blank = shown.IndexOf(' ', StringComparison.Ordinal);
        executor = shown[(blank + 1)..];
        return blank > 0 && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(shown[..blank]), _token);
    }
}
