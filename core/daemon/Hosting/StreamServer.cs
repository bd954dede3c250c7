using Agora.Protocol;
using Google.Protobuf;
using Grpc.Core;

namespace Agora.Daemon.Hosting;

/// <summary>
/// The streams of one kind that are open: numbers them, sends batches down each and passes on what comes up. A peer that
/// does not read is cut off once its queue is full, so that it cannot make the process grow.
/// </summary>
/// <param name="toWire">Maps what goes out.</param>
/// <param name="toDomain">Maps and checks what comes in.</param>
/// <param name="closed">Told once when a stream has ended.</param>
public sealed class StreamServer<TOut, TOutWire, TOutBatch, TIn, TInWire, TInBatch>(
    Func<TOut, TOutWire> toWire, Func<TInWire, TIn> toDomain, Action<long> closed, ILogger logger)
    where TOutWire : IMessage
    where TOutBatch : class, IBatch<TOutWire>, new()
    where TInBatch : class, IBatch<TInWire>
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<long, Connection> _open = new();
    private long _last;

    private sealed class Connection(BatchingSender<TOut, TOutWire, TOutBatch> sender, CancellationTokenSource abort)
    {
        public BatchingSender<TOut, TOutWire, TOutBatch> Sender { get; } = sender;

        /// <summary>Told to end: what is sent from now on is dropped.</summary>
        public bool Closing { get; set; }

        public void Abort()
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
    }

    /// <summary>Queues an item for a stream; one that is closed already drops it. Called by the owning loop alone.</summary>
    public void Send(long connection, TOut item)
    {
        if (!_open.TryGetValue(connection, out var open) || open.Closing || open.Sender.TrySend(item))
            return;
        open.Closing = true;
        logger.LogInformation("connection {Connection} is gone, or does not read and is cut off", connection);
        open.Abort();
    }

    /// <summary>Ends a stream once what is queued for it is out. Called by the owning loop alone.</summary>
    public void Close(long connection)
    {
        if (!_open.TryGetValue(connection, out var open))
            return;
        open.Closing = true;
        open.Sender.Complete();
    }

    /// <summary>Ends all streams once what is queued for them is out.</summary>
    public void CloseAll()
    {
        foreach (var connection in _open.Keys)
            Close(connection);
    }

    /// <summary>Serves one stream until either side ends it.</summary>
    /// <param name="received">Takes what came in; may wait, which holds the peer back. What it throws ends the stream.</param>
    public async Task ServeAsync(IAsyncStreamReader<TInBatch> incoming, IServerStreamWriter<TOutBatch> outgoing,
        ServerCallContext context, Func<long, TIn, ValueTask> received)
    {
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var sender = new BatchingSender<TOut, TOutWire, TOutBatch>(toWire, outgoing.WriteAsync, BatchLimits.Default);
        var number = Interlocked.Increment(ref _last);
        _open[number] = new Connection(sender, abort);
        var sending = sender.RunAsync(abort.Token);
        try
        {
            var reading = BatchReader.ReadAsync(incoming, toDomain, item => received(number, item), abort.Token);
            if (await Task.WhenAny(reading, sending) == reading)
            {
                await reading;
                sender.Complete();
            }
            await sending;
        }
        catch (Exception e) when (e is WireFormatException or InvalidProtocolBufferException)
        {
            logger.LogWarning("connection {Connection} from {Peer}: {Error}", number, context.Peer, e.Message);
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"message not understood: {e.Message}"));
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or InvalidOperationException)
        {
            logger.LogDebug("connection {Connection} from {Peer} broke: {Error}", number, context.Peer, e.Message);
        }
        finally
        {
            _open.TryRemove(number, out _);
            await abort.CancelAsync();
            closed(number);
        }
    }
}
