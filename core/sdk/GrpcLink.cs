using Agora.Protocol;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace Agora.Sdk;

/// <summary>Why a link ended, and the master to try next if the peer named one.</summary>
/// <param name="IsDenied">The peer does not know who this is, or does not allow it.</param>
internal readonly record struct LinkEnd(string Reason, Uri? Leader, bool IsDenied = false);

/// <summary>
/// One stream to a master or agent: sends what is queued in batches, hands over what arrives, and ends as a whole when
/// either direction does. All members but <see cref="RunAsync"/> belong to the owner's loop, <see cref="Dispose"/> to
/// the time after RunAsync has ended.
/// </summary>
internal sealed class GrpcLink<TSend, TSendWire, TSendBatch, TReceive, TReceiveWire, TReceiveBatch>(
    GrpcChannel channel,
    Func<CallInvoker, CallOptions, AsyncDuplexStreamingCall<TSendBatch, TReceiveBatch>> open,
    Func<TSend, TSendWire> toWire, Func<TReceiveWire, TReceive> toDomain, Func<TReceive, ValueTask> deliver,
    BatchLimits limits) : IDisposable
    where TSendWire : IMessage
    where TSendBatch : class, IBatch<TSendWire>, new()
    where TReceiveBatch : class, IBatch<TReceiveWire>
{
    /// <summary>How long the peer may take to end its side once ours is complete.</summary>
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource _aborted = new();
    private AsyncDuplexStreamingCall<TSendBatch, TReceiveBatch>? _call;
    private BatchingSender<TSend, TSendWire, TSendBatch>? _sender;
    private volatile bool _stuck;

    /// <summary>Begins the call; the transport connects behind it, and what is queued goes out as soon as it can.</summary>
    public void Open(Metadata headers)
    {
        _call = open(channel.CreateCallInvoker(), new CallOptions(headers, cancellationToken: _aborted.Token));
        _sender = new(toWire, _call.RequestStream.WriteAsync, limits);
    }

    /// <summary>Queues an item. If too many wait, the peer is stuck and the link ends.</summary>
    public void Send(TSend item)
    {
        if (_sender is null || _sender.TrySend(item) || _aborted.IsCancellationRequested)
            return;
        _stuck = true;
        _aborted.Cancel();
    }

    /// <summary>Ends the link once what is queued is through.</summary>
    public void Close()
    {
        _sender?.Complete();
        _aborted.CancelAfter(CloseTimeout);
    }

    /// <summary>Ends the link at once, whatever is queued. Any thread; of one that has been disposed it does nothing.</summary>
    public void Abort()
    {
        try
        {
            _aborted.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself at this very moment.
        }
    }

    /// <summary>Runs the link to its end, which is never an exception. Call once, after <see cref="Open"/>.</summary>
    public async Task<LinkEnd> RunAsync()
    {
        if (_call is null || _sender is null)
            throw new InvalidOperationException("the link is not open");
        using var call = _call;
        var receiving = BatchReader.ReadAsync(call.ResponseStream, toDomain, deliver, _aborted.Token);
        var sending = SendAllAsync(call.RequestStream, _sender);
        await Task.WhenAny(sending, receiving);
        // Where sending fails, the stream's status says why, and receiving is what brings it.
        if (!receiving.IsCompleted && !sending.IsCompletedSuccessfully)
            _aborted.CancelAfter(CloseTimeout);
        var received = await EndOf(receiving);
        var cutOff = _aborted.IsCancellationRequested;
        await _aborted.CancelAsync();
        var sent = await EndOf(sending);
        return _stuck ? new LinkEnd($"the peer is stuck: {limits.QueueItemsMax} items wait for it", null)
            : cutOff && sending.IsFaulted ? sent
            : received;
    }

    public void Dispose()
    {
        _aborted.Dispose();
        channel.Dispose();
    }

    private async Task SendAllAsync(
        IClientStreamWriter<TSendBatch> stream, BatchingSender<TSend, TSendWire, TSendBatch> sender)
    {
        await sender.RunAsync(_aborted.Token);
        await stream.CompleteAsync();
    }

    private static async Task<LinkEnd> EndOf(Task direction)
    {
        try
        {
            await direction;
            return new LinkEnd("the peer ended the stream", null);
        }
        catch (RpcException e)
        {
            var leader = e.Trailers.GetValue(WireNames.LeaderTrailer);
            // Where no connection was made, only the innermost exception says why.
            var cause = e.Status.DebugException?.GetBaseException().Message;
            return new LinkEnd(
                cause is null ? $"{e.StatusCode}: {e.Status.Detail}" : $"{e.StatusCode}: {e.Status.Detail} ({cause})",
                Uri.TryCreate(leader, UriKind.Absolute, out var uri) ? uri : null,
                e.StatusCode is StatusCode.Unauthenticated or StatusCode.PermissionDenied);
        }
        catch (Exception e)
        {
            return new LinkEnd(e.Message, null);
        }
    }
}
