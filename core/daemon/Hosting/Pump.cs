using System.Threading.Channels;

namespace Agora.Daemon.Hosting;

/// <summary>
/// The one loop that owns a state machine: takes what happened off a bounded queue, stamps it with the time, hands it
/// to the machine, and calls again when the machine's next deadline has come. Nothing else touches the machine.
/// </summary>
/// <param name="handle">Handles an event, or a deadline if it is null, and carries out what the machine answers.</param>
/// <param name="nextDeadline">The machine's next deadline.</param>
public sealed class Pump<TEvent>(
    TimeProvider time, Action<DateTimeOffset, TEvent?> handle, Func<DateTimeOffset?> nextDeadline)
    where TEvent : class
{
    /// <summary>Events that may wait; whoever brings more has to wait itself.</summary>
    public const int QueueMax = 65_536;

    private readonly Channel<Entry> _queue = Channel.CreateBounded<Entry>(
        new BoundedChannelOptions(QueueMax) { SingleReader = true });

    /// <summary>An event, or something to be done between two events; neither: wake up for a deadline.</summary>
    private readonly record struct Entry(TEvent? Event, Action? Between);

    /// <summary>Queues an event; any thread. Waits while the queue is full.</summary>
    public ValueTask PostAsync(TEvent e) => _queue.Writer.WriteAsync(new Entry(e, null));

    /// <summary>Queues an event from where waiting is not possible; the queue's bound is passed on such occasions.</summary>
    public void Post(TEvent e)
    {
        if (!_queue.Writer.TryWrite(new Entry(e, null)))
            _ = PostAsync(e).AsTask();
    }

    /// <summary>Reads from the machine between two events.</summary>
    public async Task<TResult> AskAsync<TResult>(Func<TResult> read)
    {
        var answer = new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _queue.Writer.WriteAsync(new Entry(null, () =>
        {
            try
            {
                answer.SetResult(read());
            }
            catch (Exception e)
            {
                answer.SetException(e);
            }
        }));
        return await answer.Task;
    }

    /// <summary>Runs until cancelled. An exception of the machine is a bug and ends the loop.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await using var alarm = time.CreateTimer(_ => _queue.Writer.TryWrite(default), null, Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        try
        {
            while (true)
            {
                while (_queue.Reader.TryRead(out var entry))
                {
                    if (entry.Event is { } e)
                        handle(time.GetUtcNow(), e);
                    else
                        entry.Between?.Invoke();
                }
                if (nextDeadline() is { } due)
                {
                    var now = time.GetUtcNow();
                    if (due <= now)
                    {
                        handle(now, null);
                        continue;
                    }
                    alarm.Change(RoundedUp(due - now), Timeout.InfiniteTimeSpan);
                }
                if (!await _queue.Reader.WaitToReadAsync(cancellation))
                    return;
            }
        }
        catch (OperationCanceledException)
        {
            // Asked to end.
        }
    }

    /// <summary>Timers count whole milliseconds; waking early would only mean waking twice.</summary>
    private static TimeSpan RoundedUp(TimeSpan wait) =>
        TimeSpan.FromMilliseconds(Math.Min(Math.Ceiling(wait.TotalMilliseconds), 24 * 3600 * 1000.0));
}
