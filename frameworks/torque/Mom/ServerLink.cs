using System.Net.Sockets;
using System.Threading.Channels;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Mom;

/// <summary>What comes over the connection with the server.</summary>
internal abstract record LinkEvent
{
    private LinkEvent()
    {
    }

    /// <summary>What is to be said first goes into the channel; it ends with the connection.</summary>
    public sealed record Connected(ChannelWriter<MomReport> Reports) : LinkEvent;

    public sealed record Ordered(MomOrder Order) : LinkEvent;

    public sealed record Disconnected : LinkEvent;
}

/// <summary>
/// Keeps a connection with the server, and makes it again whenever it is lost, for as long as it takes: jobs do well
/// without their server.
/// </summary>
/// <param name="heard">Any thread, one at a time.</param>
internal sealed class ServerLink(string firstHost, int firstPort, TimeProvider time, Action<LinkEvent> heard, Action<string> log)
{
    private const int KeepAliveSeconds = 15, KeepAliveTries = 4;
    private static readonly TimeSpan WaitMin = TimeSpan.FromMilliseconds(50), WaitMax = TimeSpan.FromSeconds(5);

    private readonly Lock _turn = new();
    private string _host = firstHost;
    private int _port = firstPort;
    private CancellationTokenSource? _connection;

    /// <summary>What is connected to elsewhere is given up: another program may be at the place where the server was.</summary>
    public void Redirect(string host, int port)
    {
        lock (_turn)
        {
            if ((host, port) == (_host, _port))
                return;
            (_host, _port) = (host, port);
            _connection?.Cancel();
        }
    }

    public async Task RunAsync(CancellationToken stop)
    {
        var wait = WaitMin;
        var wasTold = false;
        while (!stop.IsCancellationRequested)
        {
            using var connection = CancellationTokenSource.CreateLinkedTokenSource(stop);
            string host;
            int port;
            lock (_turn)
                (_connection, host, port) = (connection, _host, _port);
            try
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(host, port, connection.Token);
                KeepAlive(socket);
                (wait, wasTold) = (WaitMin, false);
                await ServeAsync(socket, connection.Token);
                log("the server has closed the connection");
            }
            catch (Exception e) when (e is SocketException or IOException or InvalidDataException)
            {
                if (!wasTold)
                    log($"the server at {host}:{port} is not reached: {e.Message}; trying again");
                wasTold = true;
            }
            catch (OperationCanceledException)
            {
                if (stop.IsCancellationRequested)
                    return;
                wait = WaitMin;
            }
            finally
            {
                lock (_turn)
                    _connection = null;
            }
            try
            {
                await Task.Delay(wait / 2 + wait / 2 * Random.Shared.NextDouble(), time, stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            wait = wait * 2 < WaitMax ? wait * 2 : WaitMax;
        }
    }

    private async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        await using var stream = new NetworkStream(socket);
        // Bounded by what there is to say of a node's jobs; while the connection stands it is written as it comes.
        var reports = Channel.CreateUnbounded<MomReport>(new UnboundedChannelOptions { SingleReader = true });
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        heard(new LinkEvent.Connected(reports.Writer));
        var writing = WriteAsync(stream, reports.Reader, over);
        try
        {
            while (await Frames.ReadAsync(stream, MomJson.Default.MomOrder, over.Token) is { } order)
                heard(new LinkEvent.Ordered(order));
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // The writing side has failed, and says so.
        }
        finally
        {
            reports.Writer.TryComplete();
            await over.CancelAsync();
            heard(new LinkEvent.Disconnected());
            await writing;
        }
    }

    private static async Task WriteAsync(NetworkStream stream, ChannelReader<MomReport> reports, CancellationTokenSource over)
    {
        try
        {
            await foreach (var report in reports.ReadAllAsync(over.Token))
                await Frames.WriteAsync(stream, report, MomJson.Default.MomReport, over.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            await over.CancelAsync();
        }
    }

    private static void KeepAlive(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveTries);
    }
}
