namespace Agora.Election;

/// <summary>Tries the masters one after the other, but for one that another has named.</summary>
internal sealed class HostList(IReadOnlyList<Uri> masters) : ILeaderFinder
{
    private int _last = -1;

    public ValueTask<Uri?> FindAsync(Uri? named, CancellationToken cancellation) =>
        ValueTask.FromResult<Uri?>(named ?? masters[(int)((uint)Interlocked.Increment(ref _last) % masters.Count)]);

    public Task AnotherLeadsAsync(Uri than, CancellationToken cancellation) => Task.Delay(Timeout.InfiniteTimeSpan, cancellation);

    public ValueTask<IReadOnlyList<Uri>> MastersAsync(CancellationToken cancellation) => ValueTask.FromResult(masters);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
