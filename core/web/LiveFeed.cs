using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Agora.Web;

/// <summary>
/// Follows the leading master: remembers shares over time, and while pages look on, makes the state of the cluster once for
/// all of them. A page that is slow misses states and never holds anything up.
/// </summary>
internal sealed class LiveFeed(IClusterSource source, TimeProvider time, ILogger<LiveFeed> logger) : BackgroundService
{
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    /// <summary>Pages that look on at a time; another is refused.</summary>
    public const int WatchersMax = 500;

    private readonly Lock _lock = new();
    private Readings? _readings;
    private int _watchers;
    private volatile TaskCompletionSource<byte[]> _next = New();

    public ShareHistory History { get; } = new();

    /// <summary>Of the master of this process; null while it does not lead.</summary>
    public Readings? Readings
    {
        get
        {
            if (source.Leading is not { } reader)
                return null;
            lock (_lock)
            {
                if (_readings is null || !_readings.IsOf(reader))
                    _readings = new Readings(reader, time);
                return _readings;
            }
        }
    }

    /// <returns>False if there are too many; else <see cref="Leave"/> is to be called.</returns>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _watchers) <= WatchersMax)
            return true;
        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _watchers);

    /// <summary>The next state, as JSON.</summary>
    public Task<byte[]> NextAsync(CancellationToken cancellation) => _next.Task.WaitAsync(cancellation);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Step, time);
        try
        {
            var step = 0;
            do
            {
                if (Readings is { } readings)
                    await LookAsync(readings, step++, stoppingToken);
            } while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The master ends.
        }
    }

    private async Task LookAsync(Readings readings, int step, CancellationToken stopping)
    {
        try
        {
            if (step % (int)(ShareHistory.FineStep / Step) == 0)
                History.Add(await readings.HoldingsAsync().WaitAsync(Step * 10, time, stopping));
            if (Volatile.Read(ref _watchers) > 0)
                Publish(Api.StateJson.Bytes(await readings.OverviewAsync().WaitAsync(stopping)));
        }
        catch (TimeoutException)
        {
            logger.LogWarning("the master does not answer; pages stand still meanwhile");
        }
    }

    private void Publish(byte[] state)
    {
        var told = _next;
        _next = New();
        told.SetResult(state);
    }

    private static TaskCompletionSource<byte[]> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
