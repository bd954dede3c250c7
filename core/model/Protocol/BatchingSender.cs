using System.Threading.Channels;
using Google.Protobuf;

namespace Agora.Protocol;

/// <summary>How a <see cref="BatchingSender{TItem,TWire,TBatch}"/> queues and cuts.</summary>
/// <param name="QueueItemsMax">Items that may wait; at the next one the peer counts as stuck.</param>
/// <param name="BatchItemsMax">Items in one batch.</param>
/// <param name="BatchBytesMax">A batch ends before it grows beyond this, unless its first item alone does.</param>
public sealed record BatchLimits(
    int QueueItemsMax = 100_000, int BatchItemsMax = 256, int BatchBytesMax = 4 << 20)
{
    public static readonly BatchLimits Default = new();
}

/// <summary>
/// Sends domain items down one stream: what has gathered while the last message was on its way goes out as the next
/// batch, so a lone item is not delayed and many cost little. Items keep their order.
/// </summary>
/// <param name="toWire">Maps an item; runs in <see cref="RunAsync"/>, not in the caller's loop.</param>
/// <param name="write">Writes one batch to the stream and returns once the stream has taken it.</param>
public sealed class BatchingSender<TItem, TWire, TBatch>(
    Func<TItem, TWire> toWire, Func<TBatch, CancellationToken, Task> write, BatchLimits limits)
    where TWire : IMessage
    where TBatch : IBatch<TWire>, new()
{
    private readonly Channel<TItem> _queue = Channel.CreateBounded<TItem>(
        new BoundedChannelOptions(limits.QueueItemsMax) { SingleReader = true });

    /// <summary>
    /// Queues an item; any thread. False if the queue is full or ended: the stream is of no more use then, since an
    /// item is missing from it.
    /// </summary>
    public bool TrySend(TItem item) => _queue.Writer.TryWrite(item);

    /// <summary>Nothing more comes; <see cref="RunAsync"/> ends when the queue is empty.</summary>
    public void Complete() => _queue.Writer.TryComplete();

    /// <summary>Sends until <see cref="Complete"/>; a failed write ends it with the write's exception.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var sequence = 0UL;
        try
        {
            var batch = new TBatch();
            var bytes = 0L;
            while (await _queue.Reader.WaitToReadAsync(cancellation))
            {
                while (_queue.Reader.TryRead(out var item))
                {
                    var wire = toWire(item);
                    var size = wire.CalculateSize();
                    if (batch.Items.Count == limits.BatchItemsMax ||
                        batch.Items.Count > 0 && bytes + size > limits.BatchBytesMax)
                    {
                        await Flush();
                    }
                    batch.Items.Add(wire);
                    bytes += size;
                }
                await Flush();
            }

            async Task Flush()
            {
                batch.Sequence = ++sequence;
                await write(batch, cancellation);
                batch = new TBatch();
                bytes = 0;
            }
        }
        finally
        {
            _queue.Writer.TryComplete();
        }
    }
}
