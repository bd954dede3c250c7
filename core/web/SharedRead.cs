namespace Agora.Web;

/// <summary>
/// A reading that all who want it share. It is made anew only when somebody asks, not before <see cref="PauseMin"/> has
/// passed, and so seldom that it takes no more than a fiftieth of the master's time however many ask.
/// </summary>
internal sealed class SharedRead<T>(Func<Task<Reading<T>>> read, TimeProvider time)
{
    public static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(500);

    /// <summary>Parts of the master's time of which one may go into this reading.</summary>
    public const int CostShare = 50;

    /// <summary>A loop that has ended answers nobody.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private Task<Reading<T>>? _current;
    private long _begun;

    /// <exception cref="TimeoutException">The master did not answer in time.</exception>
    public async Task<T> GetAsync()
    {
        Task<Reading<T>> current;
        lock (_lock)
        {
            if (_current is null || IsOver(_current))
            {
                _begun = time.GetTimestamp();
                _current = read();
            }
            current = _current;
        }
        return (await current.WaitAsync(Patience, time)).Value;
    }

    private bool IsOver(Task<Reading<T>> current)
    {
        var age = time.GetElapsedTime(_begun);
        if (!current.IsCompletedSuccessfully)
            return current.IsCompleted || age > Patience;
        var pause = current.Result.Cost * CostShare;
        return age >= (pause > PauseMin ? pause : PauseMin);
    }
}
