using System.Globalization;
using Agora.Election.Etcd.Wire;
using Google.Protobuf;
using Grpc.Core;

namespace Agora.Election.Etcd;

/// <summary>
/// Election through etcd: each candidate has a key that lives as long as its lease, and whose key is oldest leads. The
/// epoch is a number in etcd that only who leads can raise.
/// </summary>
/// <param name="lease">How long a leader that does not answer still counts; etcd may make it longer.</param>
public sealed class EtcdElection(MasterLocation.InEtcd location, TimeSpan lease, TimeProvider time, Action<string> log) : ILeaderElection
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly EtcdClient _client = new(location.Endpoints);
    private readonly EtcdKeys _keys = new(location.Path);
    private EtcdLease? _lease;

    public async Task<Leadership> CampaignAsync(Uri self, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                _lease = await EtcdLease.TakeAsync(_client, lease, time, cancellation);
                using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _lease.Lost);
                if (await LeadAsync(_lease, self, over.Token) is var (epoch, created))
                    return new Leadership(epoch, _lease.Lost, new EtcdState(_client, _keys, _keys.Master(_lease.Id), created, time));
            }
            catch (Exception e) when (e is RpcException or IOException or OperationCanceledException && !cancellation.IsCancellationRequested)
            {
                log($"the election in {location} goes on: {(e is RpcException rpc ? rpc.Status.Detail : e is IOException ? e.Message : "the lease has ended")}");
            }
            catch (RpcException) when (cancellation.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellation);
            }
            if (_lease is not null)
                await _lease.DisposeAsync();
            _lease = null;
            await Task.Delay(Pause, time, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_lease is not null)
            await _lease.DisposeAsync();
        _client.Dispose();
    }

    /// <returns>The epoch, and the revision that the candidate's key was made by; null if that is gone.</returns>
    private async Task<(long Epoch, long Created)?> LeadAsync(EtcdLease held, Uri self, CancellationToken over)
    {
        var key = _keys.Master(held.Id);
        var put = await _client.CallAsync((invoker, options) => new KV.KVClient(invoker).PutAsync(
            new PutRequest { Key = key, Value = ByteString.CopyFromUtf8(self.ToString()), Lease = held.Id }, options), over);
        while (true)
        {
            var (first, revision) = await _client.FirstAsync(_keys, over);
            if (first is null)
                return null;
            if (first.Key.Equals(key))
                return await RaiseEpochAsync(key, put.Header.Revision, over) is { } epoch ? (epoch, put.Header.Revision) : null;
            await _client.ChangeAsync(first.Key, null, revision + 1, over);
        }
    }

    private async Task<long?> RaiseEpochAsync(ByteString key, long created, CancellationToken over)
    {
        while (true)
        {
            var found = await _client.CallAsync(
                (invoker, options) => new KV.KVClient(invoker).RangeAsync(new RangeRequest { Key = _keys.Epoch }, options), over);
            var last = found.Kvs.Count == 0 ? null : found.Kvs[0];
            var epoch = (last is not null && long.TryParse(EtcdKeys.Text(last.Value), CultureInfo.InvariantCulture, out var read) ? read : 0) + 1;
            var raise = new TxnRequest
            {
                Success = { new RequestOp { RequestPut = new PutRequest { Key = _keys.Epoch, Value = ByteString.CopyFromUtf8($"{epoch}") } } },
                Compare =
                {
                    new Compare { Key = key, Target = Compare.Types.CompareTarget.Create, CreateRevision = created },
                    new Compare { Key = _keys.Epoch, Target = Compare.Types.CompareTarget.Mod, ModRevision = last?.ModRevision ?? 0 },
                },
            };
            if ((await _client.CallAsync((invoker, options) => new KV.KVClient(invoker).TxnAsync(raise, options), over)).Succeeded)
                return epoch;
            var (first, _) = await _client.FirstAsync(_keys, over);
            if (first is null || !first.Key.Equals(key))
                return null;
        }
    }
}
