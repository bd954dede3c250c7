using System.Collections.Concurrent;
using Agora.Cluster;
using Agora.Election;
using Agora.Protocol;
using Grpc.Core;
using Grpc.Net.Client;

namespace Agora.Workloads.Emulated;

using Sender = BatchingSender<AgentCall, V1.AgentCall, V1.AgentCalls>;

/// <summary>The streams of a fleet's agents to the master, one for each, spread over a few TCP connections.</summary>
/// <param name="post">Takes what happens to an agent; may wait.</param>
/// <param name="elected">Told when another master leads than the one that was found last. One watch serves all agents.</param>
internal sealed class FleetLinks(
    MasterLocation masters, int connections, Func<int, AgentEvent, ValueTask> post, Func<Task> elected, CancellationToken stop) : IAsyncDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);

    /// <summary>An answer of the election service serves all that ask meanwhile, and those that ask a moment later.</summary>
    private static readonly TimeSpan AnswerHolds = TimeSpan.FromMilliseconds(20);

    private readonly ILeaderFinder _finder = masters.CreateFinder();
    private readonly ConcurrentDictionary<(int Agent, long Connection), (Sender? Sender, CancellationTokenSource Abort)> _open = new();
    private readonly ConcurrentDictionary<(Uri Master, int Number), GrpcChannel> _channels = new();
    private readonly Lock _door = new();
    private Task<Uri?> _leader = Task.FromResult<Uri?>(null);
    private long _askedAt;
    private Uri? _watched;

    public void Connect(int agent, long connection) => _ = Task.Run(() => RunAsync(agent, connection), stop);

    public void Send(int agent, long connection, AgentCall call)
    {
        if (_open.TryGetValue((agent, connection), out var open) && open.Sender?.TrySend(call) != true)
            Disconnect(agent, connection);
    }

    public void Disconnect(int agent, long connection)
    {
        if (_open.TryGetValue((agent, connection), out var open))
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

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels.Values)
            channel.Dispose();
        await _finder.DisposeAsync();
    }

    private async Task RunAsync(int agent, long connection)
    {
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(stop);
        // Without a sender while it connects: it may be trying one that is gone.
        _open[(agent, connection)] = (null, abort);
        try
        {
            var master = await LeaderAsync() ?? throw new IOException("nobody leads");
            var channel = _channels.GetOrAdd((master, agent % connections), static key => Channel(key.Master));
            await channel.ConnectAsync(abort.Token).WaitAsync(ConnectTimeout, abort.Token);
            using var call = new V1.AgentService.AgentServiceClient(channel).Connect(cancellationToken: abort.Token);
            var sender = new Sender(c => c.ToWire(), call.RequestStream.WriteAsync, BatchLimits.Default);
            _open[(agent, connection)] = (sender, abort);
            await post(agent, new AgentEvent.MasterConnected(connection));
            var sending = sender.RunAsync(abort.Token);
            var reading = BatchReader.ReadAsync(call.ResponseStream, (V1.AgentCommand c) => c.ToDomain(),
                command => post(agent, new AgentEvent.MasterCommanded(connection, command)), abort.Token);
            await await Task.WhenAny(sending, reading);
        }
        catch (Exception e) when (e is RpcException or IOException or OperationCanceledException or TimeoutException
            or HttpRequestException or InvalidOperationException)
        {
            // The agent tries again, as it does when its own link to the master breaks.
        }
        finally
        {
            _open.TryRemove((agent, connection), out _);
            await abort.CancelAsync();
            if (!stop.IsCancellationRequested)
                await post(agent, new AgentEvent.MasterDisconnected(connection));
        }
    }

    private Task<Uri?> LeaderAsync()
    {
        lock (_door)
        {
            if (!_leader.IsCompleted || Environment.TickCount64 - _askedAt < AnswerHolds.TotalMilliseconds)
                return _leader;
            _askedAt = Environment.TickCount64;
            return _leader = FindAsync();
        }
    }

    private async Task<Uri?> FindAsync()
    {
        var leader = await _finder.FindAsync(null, stop);
        if (leader is not null && leader != _watched)
            _ = WatchAsync(_watched = leader);
        return leader;
    }

    private async Task WatchAsync(Uri leader)
    {
        try
        {
            await _finder.AnotherLeadsAsync(leader, stop);
            foreach (var (_, abort) in _open.Values)
                Abort(abort);
            await elected();
        }
        catch (OperationCanceledException)
        {
            // The fleet ends.
        }
    }

    private static GrpcChannel Channel(Uri master) => GrpcChannel.ForAddress(master, new GrpcChannelOptions
    {
        HttpHandler = new SocketsHttpHandler { ConnectTimeout = ConnectTimeout, PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan, UseProxy = false },
        DisposeHttpClient = true,
        MaxReceiveMessageSize = Limits.Default.WireBytesMax,
        MaxSendMessageSize = null,
    });
}
