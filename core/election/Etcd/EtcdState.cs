using Agora.Election.Etcd.Wire;
using Google.Protobuf;
using Grpc.Core;

namespace Agora.Election.Etcd;

/// <summary>A key beside the election's that can be written only while the leader's own key is there.</summary>
/// <param name="master">The leader's key.</param>
/// <param name="created">The revision that it was made by.</param>
internal sealed class EtcdState(EtcdClient client, EtcdKeys keys, ByteString master, long created, TimeProvider time) : ILeaderState
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public async Task<byte[]?> LoadAsync(CancellationToken cancellation)
    {
        // After the epoch was raised: no former leader can write any more.
        var found = await TryAsync((invoker, options) => new KV.KVClient(invoker).RangeAsync(new RangeRequest { Key = keys.State }, options), cancellation);
        return found.Kvs.Count == 0 ? null : found.Kvs[0].Value.ToByteArray();
    }

    public async Task StoreAsync(ReadOnlyMemory<byte> value, CancellationToken cancellation)
    {
        var store = new TxnRequest
        {
            Compare = { new Compare { Key = master, Target = Compare.Types.CompareTarget.Create, CreateRevision = created } },
            Success = { new RequestOp { RequestPut = new PutRequest { Key = keys.State, Value = UnsafeByteOperations.UnsafeWrap(value) } } },
        };
        var stored = await TryAsync((invoker, options) => new KV.KVClient(invoker).TxnAsync(store, options), cancellation);
        if (!stored.Succeeded)
            throw new IOException("this master leads no more");
    }

    /// <summary>The client is the election's.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Both calls may be made again: while this master leads nobody else writes.</summary>
    private async Task<T> TryAsync<T>(Func<CallInvoker, CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await client.CallAsync(call, cancellation);
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.InvalidArgument or StatusCode.ResourceExhausted or StatusCode.PermissionDenied)
            {
                throw new IOException($"etcd refuses: {e.Status.Detail}", e);
            }
            catch (RpcException) when (!cancellation.IsCancellationRequested)
            {
                await Task.Delay(Pause, time, cancellation);
            }
            catch (RpcException)
            {
                throw new OperationCanceledException(cancellation);
            }
        }
    }
}
