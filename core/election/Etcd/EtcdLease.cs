using Agora.Election.Etcd.Wire;
using Grpc.Core;

namespace Agora.Election.Etcd;

/// <summary>
/// A lease that is kept alive for as long as etcd answers. It is taken to be over when etcd says so, or a whole term has
/// gone by since the last renewal that was answered was sent: etcd counts from when that arrived, which is later.
/// </summary>
internal sealed class EtcdLease : IAsyncDisposable
{
    /// <summary>Renewals in a term.</summary>
    private const int Renewals = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly EtcdClient _client;
    private readonly TimeProvider _time;
    private readonly TimeSpan _term;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _end;
    private readonly Task _keeping;

    private EtcdLease(EtcdClient client, long id, TimeSpan term, long askedAt, TimeProvider time)
    {
        (_client, Id, _term, _time) = (client, id, term, time);
        _end = time.CreateTimer(_ => _lost.Cancel(), null, Left(askedAt), Timeout.InfiniteTimeSpan);
        _keeping = Task.Run(KeepAsync);
    }

    public long Id { get; }

    public CancellationToken Lost => _lost.Token;

    /// <exception cref="RpcException">etcd does not answer, or refuses.</exception>
    public static async Task<EtcdLease> TakeAsync(EtcdClient client, TimeSpan term, TimeProvider time, CancellationToken cancellation)
    {
        var askedAt = time.GetTimestamp();
        var seconds = (long)Math.Ceiling(term.TotalSeconds);
        var granted = await client.CallAsync((invoker, options) =>
            new Wire.Lease.LeaseClient(invoker).LeaseGrantAsync(new LeaseGrantRequest { TTL = seconds }, options), cancellation);
        return new EtcdLease(client, granted.ID, TimeSpan.FromSeconds(granted.TTL), askedAt, time);
    }

    /// <summary>Gives it back, so that the next need not wait for its end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _keeping;
        await _end.DisposeAsync();
        await _lost.CancelAsync();
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            await _client.CallAsync((invoker, options) =>
                new Wire.Lease.LeaseClient(invoker).LeaseRevokeAsync(new LeaseRevokeRequest { ID = Id }, options), patience.Token);
        }
        catch (RpcException)
        {
            // It ends by itself.
        }
    }

    private TimeSpan Left(long sentAt)
    {
        var left = _term - _time.GetElapsedTime(sentAt);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private async Task KeepAsync()
    {
        var stop = _stop.Token;
        while (!stop.IsCancellationRequested && !_lost.IsCancellationRequested)
        {
            try
            {
                using var stream = new Wire.Lease.LeaseClient(_client.Invoker).LeaseKeepAlive(new CallOptions(cancellationToken: stop));
                await RenewAsync(stream, stop);
            }
            catch (Exception e) when (e is RpcException or IOException or OperationCanceledException or TimeoutException or InvalidOperationException)
            {
                _client.Skip();
            }
            try
            {
                await Task.Delay(_term / Renewals / Renewals, _time, stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task RenewAsync(AsyncDuplexStreamingCall<LeaseKeepAliveRequest, LeaseKeepAliveResponse> stream, CancellationToken stop)
    {
        while (!_lost.IsCancellationRequested)
        {
            var sentAt = _time.GetTimestamp();
            await stream.RequestStream.WriteAsync(new LeaseKeepAliveRequest { ID = Id }, stop);
            if (!await stream.ResponseStream.MoveNext(stop).WaitAsync(_term / Renewals, _time, stop))
                return;
            if (stream.ResponseStream.Current.TTL <= 0)
            {
                await _lost.CancelAsync();
                return;
            }
            _end.Change(Left(sentAt), Timeout.InfiniteTimeSpan);
            await Task.Delay(_term / Renewals, _time, stop);
        }
    }
}
