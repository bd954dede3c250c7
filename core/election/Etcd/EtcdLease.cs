using System.Text.Json;
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
    private readonly EtcdKeepAlive _keepAlive;
    private readonly TimeProvider _time;
    private readonly TimeSpan _term;
    private readonly CancellationTokenSource _lost = new();
    private readonly ManualResetEventSlim _stop = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Tells of the end while a renewal is not answered.</summary>
    private readonly ITimer _end;

    private EtcdLease(EtcdClient client, EtcdKeepAlive keepAlive, long id, TimeSpan term, long askedAt, TimeProvider time)
    {
        (_client, _keepAlive, Id, _term, _time) = (client, keepAlive, id, term, time);
        _end = time.CreateTimer(_ => _lost.Cancel(), null, Left(askedAt), Timeout.InfiniteTimeSpan);
        new Thread(() => Keep(askedAt)) { IsBackground = true, Name = "lease in etcd" }.Start();
    }

    public long Id { get; }

    public CancellationToken Lost => _lost.Token;

    /// <exception cref="RpcException">etcd does not answer, or refuses.</exception>
    /// <exception cref="IOException">It does not renew.</exception>
    public static async Task<EtcdLease> TakeAsync(EtcdClient client, TimeSpan term, TimeProvider time, CancellationToken cancellation)
    {
        var seconds = (long)Math.Ceiling(term.TotalSeconds);
        var granted = await client.CallAsync((invoker, options) =>
            new Wire.Lease.LeaseClient(invoker).LeaseGrantAsync(new LeaseGrantRequest { TTL = seconds }, options), cancellation);
        var (id, lasts) = (granted.ID, TimeSpan.FromSeconds(granted.TTL));
        var keepAlive = new EtcdKeepAlive(client, lasts / Renewals);
        try
        {
            var askedAt = time.GetTimestamp();
            if (await Task.Run(() => keepAlive.Renew(id), cancellation))
                return new EtcdLease(client, keepAlive, id, lasts, askedAt, time);
            throw new IOException("etcd has ended a lease as soon as it was taken");
        }
        catch (Exception e) when (IsFailure(e))
        {
            keepAlive.Dispose();
            client.Skip();
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Gives it back, so that the next need not wait for its end.</summary>
    public async ValueTask DisposeAsync()
    {
        _stop.Set();
        await _stopped.Task;
        _keepAlive.Dispose();
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

    private void Keep(long renewedAt)
    {
        var pause = _term / Renewals;
        while (!_stop.Wait(pause) && Left(renewedAt) > TimeSpan.Zero && !_lost.IsCancellationRequested)
        {
            var sentAt = _time.GetTimestamp();
            try
            {
                if (!_keepAlive.Renew(Id))
                    break;
                _end.Change(Left(sentAt), Timeout.InfiniteTimeSpan);
                renewedAt = sentAt;
                pause = _term / Renewals;
            }
            catch (Exception e) when (IsFailure(e))
            {
                _client.Skip();
                pause = _term / Renewals / Renewals;
            }
        }
        _stopped.SetResult();
        if (!_stop.IsSet)
            _lost.Cancel();
    }

    /// <summary>An answer of another shape is one as well: it must not end the thread, and the master with it.</summary>
    private static bool IsFailure(Exception e) =>
        e is HttpRequestException or IOException or OperationCanceledException or JsonException or InvalidOperationException;
}
