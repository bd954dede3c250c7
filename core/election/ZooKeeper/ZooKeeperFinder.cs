namespace Agora.Election.ZooKeeper;

/// <summary>Reads from ZooKeeper who leads, in one session that is opened when first asked and again when it is lost.</summary>
internal sealed class ZooKeeperFinder(MasterLocation.InZooKeeper location) : ILeaderFinder
{
    private static readonly TimeSpan SessionTimeout = TimeSpan.FromSeconds(10), Patience = TimeSpan.FromSeconds(5), Pause = TimeSpan.FromMilliseconds(300);

    /// <summary>Held while the session is used: it is not to be closed meanwhile.</summary>
    private readonly SemaphoreSlim _use = new(1);
    private ZooKeeperSession? _session;

    public async ValueTask<Uri?> FindAsync(Uri? named, CancellationToken cancellation)
    {
        try
        {
            return await UseAsync(session => First(session).Leader, cancellation) ?? named;
        }
        catch (Exception e) when (e is ZooKeeperException or TimeoutException)
        {
            return named;
        }
    }

    public async Task AnotherLeadsAsync(Uri than, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                var (over, change) = await UseAsync(session =>
                {
                    var (node, leader) = First(session);
                    return (session.Lost, leader is not null && leader != than ? null : node is null ? Task.CompletedTask : session.ChangeOf(node));
                }, cancellation);
                if (change is null)
                    return;
                using var lost = CancellationTokenSource.CreateLinkedTokenSource(cancellation, over);
                await change.WaitAsync(lost.Token);
            }
            catch (Exception e) when (e is ZooKeeperException or TimeoutException or OperationCanceledException)
            {
                // The next look opens another session, if need be.
                cancellation.ThrowIfCancellationRequested();
            }
            // The change may be one of the connection, and where nobody leads nothing tells of the next.
            await Task.Delay(Pause, cancellation);
        }
    }

    public async ValueTask<IReadOnlyList<Uri>> MastersAsync(CancellationToken cancellation)
    {
        try
        {
            return await UseAsync(All, cancellation);
        }
        catch (Exception e) when (e is ZooKeeperException or TimeoutException)
        {
            return [];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _use.WaitAsync();
        await CloseAsync();
        _use.Release();
    }

    private async Task<T> UseAsync<T>(Func<ZooKeeperSession, T> use, CancellationToken cancellation)
    {
        await _use.WaitAsync(cancellation);
        try
        {
            if (_session?.Lost.IsCancellationRequested == true)
                await CloseAsync();
            _session ??= new ZooKeeperSession(location.Servers, SessionTimeout, TimeProvider.System);
            var session = _session;
            await session.ConnectedAsync(cancellation).WaitAsync(Patience, cancellation);
            // Not to be left in the middle: the session may be closed once it is no longer held.
            return await Task.Run(() => use(session), CancellationToken.None);
        }
        finally
        {
            _use.Release();
        }
    }

    private async Task CloseAsync()
    {
        var session = _session;
        _session = null;
        if (session is not null)
            await Task.Run(session.Dispose);
    }

    private (string? Node, Uri? Leader) First(ZooKeeperSession session)
    {
        var directory = Candidates.Directory(location);
        if (session.Children(directory).MinBy(Candidates.NumberOf) is not { } first)
            return (null, null);
        var node = $"{directory}/{first}";
        return (node, session.Read(node) is { } text && Uri.TryCreate(text, UriKind.Absolute, out var leader) ? leader : null);
    }

    /// <summary>In the order in which they came; one that goes meanwhile is left out.</summary>
    private IReadOnlyList<Uri> All(ZooKeeperSession session)
    {
        var directory = Candidates.Directory(location);
        return [.. session.Children(directory).OrderBy(Candidates.NumberOf).Select(c => session.Read($"{directory}/{c}"))
            .Where(text => Uri.IsWellFormedUriString(text, UriKind.Absolute)).Select(text => new Uri(text!))];
    }
}
