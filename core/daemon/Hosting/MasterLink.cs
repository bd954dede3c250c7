using System.Collections.Concurrent;
using Agora.Cluster;
using Agora.Election;
using Agora.Protocol;
using Agora.Security;
using Grpc.Core;
using Grpc.Net.Client;

namespace Agora.Daemon.Hosting;

using Sender = BatchingSender<AgentCall, V1.AgentCall, V1.AgentCalls>;

/// <summary>The agent's streams to the master: at most one is in use, an older one may still be ending.</summary>
internal sealed class MasterLink(ILeaderFinder finder, LinkSecurity security, Func<AgentEvent, ValueTask> post, ILogger logger)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    private volatile Uri? _named;
    private CancellationTokenSource? _watch;

    private readonly ConcurrentDictionary<long, (Sender Sender, CancellationTokenSource Abort)> _open = new();

    public void Connect(long connection, CancellationToken stopping) => _ = Task.Run(() => RunAsync(connection, stopping), stopping);

    public void Send(long connection, AgentCall call)
    {
        if (_open.TryGetValue(connection, out var open) && !open.Sender.TrySend(call))
            Abort(open.Abort);
    }

    public void Disconnect(long connection)
    {
        if (_open.TryGetValue(connection, out var open))
            Abort(open.Abort);
    }

    private static void Abort(CancellationTokenSource abort)
    {
        try
        {
            abort.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself at this very moment.
        }
    }

    /// <summary>Sends what is queued and ends the streams.</summary>
    public async Task DrainAsync(TimeSpan patience)
    {
        foreach (var open in _open.Values)
            open.Sender.Complete();
        var end = DateTime.UtcNow + patience;
        while (!_open.IsEmpty && DateTime.UtcNow < end)
            await Task.Delay(5);
    }

    private async Task RunAsync(long connection, CancellationToken stopping)
    {
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        Uri? master = null;
        try
        {
            master = await finder.FindAsync(_named, abort.Token) ?? throw new IOException("nobody leads");
            _named = null;
            Watch(master, abort, stopping);
            using var handler = new SocketsHttpHandler
            {
                ConnectTimeout = ConnectTimeout,
                PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
                KeepAlivePingDelay = TimeSpan.FromSeconds(30),
                KeepAlivePingTimeout = TimeSpan.FromSeconds(30),
            };
            if (security.Tls is { } tls)
                handler.SslOptions = tls.ClientOptions();
            using var channel = GrpcChannel.ForAddress(master, new GrpcChannelOptions
            {
                HttpHandler = handler,
                MaxReceiveMessageSize = Limits.Default.WireBytesMax,
                MaxSendMessageSize = null,
            });
            await channel.ConnectAsync(abort.Token).WaitAsync(ConnectTimeout, abort.Token);
            using var call = new V1.AgentService.AgentServiceClient(channel).Connect(security.Headers(), cancellationToken: abort.Token);
            var sender = new Sender(c => c.ToWire(), call.RequestStream.WriteAsync, BatchLimits.Default);
            _open[connection] = (sender, abort);
            await post(new AgentEvent.MasterConnected(connection));
            var sending = SendAsync(sender, call.RequestStream, abort.Token);
            var reading = BatchReader.ReadAsync(call.ResponseStream, (V1.AgentCommand c) => c.ToDomain(),
                command => post(new AgentEvent.MasterCommanded(connection, command)), abort.Token);
            await Task.WhenAny(sending, reading);
            if (sending.IsCompletedSuccessfully)
                await reading;
            else
                await (reading.IsCompleted ? reading : sending);
        }
        catch (Exception e) when (e is RpcException or IOException or OperationCanceledException or TimeoutException
            or WireFormatException or HttpRequestException or InvalidOperationException or SecurityFileException)
        {
            var level = e is SecurityFileException or RpcException { StatusCode: StatusCode.Unauthenticated or StatusCode.PermissionDenied } ? LogLevel.Error : LogLevel.Information;
            logger.Log(level, "master {Master}: connection {Connection} ended: {Error}", master, connection, Reason(e));
            if (e is RpcException rpc && Uri.TryCreate(rpc.Trailers.GetValue(WireNames.LeaderTrailer), UriKind.Absolute, out var leader))
                _named = leader;
        }
        finally
        {
            _open.TryRemove(connection, out _);
            await abort.CancelAsync();
            await post(new AgentEvent.MasterDisconnected(connection));
        }
    }

    /// <summary>Watches the election until the next attempt, in place of watching it for the last.</summary>
    private void Watch(Uri master, CancellationTokenSource attempt, CancellationToken stopping)
    {
        var watch = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        if (Interlocked.Exchange(ref _watch, watch) is { } last)
            Abort(last);
        _ = WatchAsync(master, attempt, watch);
    }

    /// <summary>Leaves a master as soon as the election has another, which the former may be the last to know, and tries that soon.</summary>
    private async Task WatchAsync(Uri master, CancellationTokenSource attempt, CancellationTokenSource watch)
    {
        try
        {
            await finder.AnotherLeadsAsync(master, watch.Token);
            logger.LogInformation("master {Master} leads no more", master);
            Abort(attempt);
            await post(new AgentEvent.MasterElected());
        }
        catch (OperationCanceledException)
        {
            // Another attempt has begun, or the agent ends.
        }
        finally
        {
            watch.Dispose();
        }
    }

    private static string Reason(Exception e) => e is RpcException rpc ? rpc.Status.Detail : e.Message;

    private static async Task SendAsync(Sender sender, IClientStreamWriter<V1.AgentCalls> stream, CancellationToken cancellation)
    {
        await sender.RunAsync(cancellation);
        await stream.CompleteAsync();
    }
}
