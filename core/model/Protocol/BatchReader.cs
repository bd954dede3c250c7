using Grpc.Core;

namespace Agora.Protocol;

/// <summary>The receiving end of a stream of batches, on either side.</summary>
public static class BatchReader
{
    /// <summary>
    /// Hands over each item in order, waiting for <paramref name="deliver"/> before the next, until the peer ends its
    /// side. A slow receiver thus holds the peer up through the stream's flow control.
    /// </summary>
    /// <exception cref="WireFormatException">An item is malformed, or a batch is missing.</exception>
    /// <exception cref="RpcException">The stream broke.</exception>
    public static async Task ReadAsync<TBatch, TWire, TItem>(
        IAsyncStreamReader<TBatch> stream, Func<TWire, TItem> toDomain, Func<TItem, ValueTask> deliver,
        CancellationToken cancellation)
        where TBatch : IBatch<TWire>
    {
        var last = 0UL;
        while (await stream.MoveNext(cancellation))
        {
            var batch = stream.Current;
            if (batch.Sequence != last + 1)
                throw new WireFormatException($"batch {batch.Sequence} follows batch {last}");
            last = batch.Sequence;
            for (var i = 0; i < batch.Items.Count; i++)
                await deliver(toDomain(batch.Items[i]));
        }
    }
}
