using Agora.Election.Etcd.Wire;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace Agora.Election.Etcd;

/// <summary>Calls to a cluster of etcd; where one member fails, the next is asked.</summary>
internal sealed class EtcdClient : IDisposable
{
    private readonly IReadOnlyList<Uri> _members;
    private readonly List<GrpcChannel> _channels;
    private int _current;

    public EtcdClient(IReadOnlyList<Uri> endpoints)
    {
        _members = endpoints;
        _channels = [.. endpoints.Select(e => GrpcChannel.ForAddress(e, new GrpcChannelOptions
        {
            HttpHandler = new SocketsHttpHandler
            {
                ConnectTimeout = ConnectTimeout,
                KeepAlivePingDelay = PingDelay,
                KeepAlivePingTimeout = ConnectTimeout,
                UseProxy = false,
            },
            DisposeHttpClient = true,
        }))];
    }

    private static TimeSpan ConnectTimeout { get; } = TimeSpan.FromSeconds(2);

    /// <summary>etcd closes the connection of who pings more often than every 5 s while it waits (<c>--grpc-keepalive-min-time</c>).</summary>
    private static TimeSpan PingDelay { get; } = TimeSpan.FromSeconds(6);

    /// <summary>That answered last.</summary>
    public Uri Member => _members[_current % _members.Count];

    /// <summary>To the member that answered last.</summary>
    public CallInvoker Invoker => _channels[_current % _channels.Count].CreateCallInvoker();

    /// <summary>The next call goes to another member.</summary>
    public void Skip() => Interlocked.Increment(ref _current);

    /// <exception cref="RpcException">No member answers, or one refuses.</exception>
    public async Task<T> CallAsync<T>(Func<CallInvoker, CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellation)
    {
        for (var tried = 1; ; tried++)
        {
            try
            {
                return await call(Invoker, new CallOptions(deadline: DateTime.UtcNow + ConnectTimeout, cancellationToken: cancellation));
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded && tried < _channels.Count)
            {
                Skip();
            }
        }
    }

    /// <returns>The candidate that was first, with the revision of this look; null if there is none.</returns>
    /// <exception cref="RpcException">As for <see cref="CallAsync"/>.</exception>
    public async Task<(KeyValue? First, long Revision)> FirstAsync(EtcdKeys keys, CancellationToken cancellation)
    {
        var (found, revision) = await CandidatesAsync(keys, 1, cancellation);
        return (found.Count == 0 ? null : found[0], revision);
    }

    /// <param name="most">How many at most; 0 for all.</param>
    /// <returns>The candidates in the order in which they came, with the revision of this look.</returns>
    /// <exception cref="RpcException">As for <see cref="CallAsync"/>.</exception>
    public async Task<(IReadOnlyList<KeyValue> Found, long Revision)> CandidatesAsync(EtcdKeys keys, int most, CancellationToken cancellation)
    {
        var found = await CallAsync((invoker, options) => new KV.KVClient(invoker).RangeAsync(new RangeRequest
        {
            Key = keys.Masters,
            RangeEnd = keys.MastersEnd,
            SortOrder = RangeRequest.Types.SortOrder.Ascend,
            SortTarget = RangeRequest.Types.SortTarget.Create,
            Limit = most,
        }, options), cancellation);
        return (found.Kvs, found.Header.Revision);
    }

    /// <summary>Waits until one of the keys from the first to below the end, or the first alone if there is none, is made, changed or deleted.</summary>
    /// <param name="from">The first revision whose changes count.</param>
    /// <exception cref="RpcException">No member answers, or the watch broke.</exception>
    public async Task ChangeAsync(ByteString first, ByteString? end, long from, CancellationToken cancellation)
    {
        using var watch = new Watch.WatchClient(Invoker).Watch(new CallOptions(cancellationToken: cancellation));
        await watch.RequestStream.WriteAsync(new WatchRequest
        {
            CreateRequest = new WatchCreateRequest { Key = first, RangeEnd = end ?? ByteString.Empty, StartRevision = from },
        }, cancellation);
        while (await watch.ResponseStream.MoveNext(cancellation))
        {
            if (watch.ResponseStream.Current is { Events.Count: > 0 } or { Canceled: true })
                return;
        }
    }

    public void Dispose()
    {
        foreach (var channel in _channels)
            channel.Dispose();
    }
}
