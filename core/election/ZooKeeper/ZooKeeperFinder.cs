namespace Agora.Election.ZooKeeper;

/// <summary>Reads from ZooKeeper who leads, in one session that is opened when first asked and again when it is lost.</summary>
internal sealed class ZooKeeperFinder(MasterLocation.InZooKeeper location) : ILeaderFinder
{
    private static readonly TimeSpan SessionTimeout = TimeSpan.FromSeconds(10), Patience = TimeSpan.FromSeconds(5);

    private ZooKeeperSession? _session;

    public async ValueTask<Uri?> FindAsync(Uri? named, CancellationToken cancellation)
    {
        try
        {
            if (_session?.Lost.IsCancellationRequested == true)
                await DisposeAsync();
            _session ??= new ZooKeeperSession(location.Servers, SessionTimeout, TimeProvider.System);
            await _session.ConnectedAsync(cancellation).WaitAsync(Patience, cancellation);
            return await Task.Run(() => First(_session), cancellation) ?? named;
        }
        catch (Exception e) when (e is ZooKeeperException or TimeoutException)
        {
            return named;
        }
    }

    public async ValueTask DisposeAsync()
    {
        var session = _session;
        _session = null;
        if (session is not null)
            await Task.Run(session.Dispose);
    }

    private Uri? First(ZooKeeperSession session)
    {
        var directory = Candidates.Directory(location);
        var first = session.Children(directory).MinBy(Candidates.NumberOf);
        return first is not null && session.Read($"{directory}/{first}") is { } text && Uri.TryCreate(text, UriKind.Absolute, out var leader)
            ? leader : null;
    }
}
