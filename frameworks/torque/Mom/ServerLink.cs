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
internal sealed class ServerLink(string host, int port, TimeProvider time, Action<LinkEvent> heard, Action<string> log)
{
    private const int KeepAliveSeconds = 15, KeepAliveTries = 4;
    private static readonly TimeSpan WaitMin = TimeSpan.FromMilliseconds(50), WaitMax = TimeSpan.FromSeconds(5);

    private volatile string _host = host;
    private volatile int _port = port;

    /// <summary>Takes effect with the next connection.</summary>
    public void Redirect(string host, int port) => (_host, _port) = (host, port);

    public async Task RunAsync(CancellationToken stop)
    {
        var wait = WaitMin;
        var wasTold = false;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(_host, _port, stop);
                KeepAlive(socket);
                (wait, wasTold) = (WaitMin, false);
                await ServeAsync(socket, stop);
                log("the server has closed the connection");
            }
            catch (Exception e) when (e is SocketException or IOException or InvalidDataException)
            {
                if (!wasTold)
                    log($"the server at {_host}:{_port} is not reached: {e.Message}; trying again");
                wasTold = true;
            }
            catch (OperationCanceledException)
            {
                return;
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
