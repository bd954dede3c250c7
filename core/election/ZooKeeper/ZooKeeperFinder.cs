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
            return (await CandidatesAsync(cancellation)).FirstOrDefault() ?? named;
        }
        catch (Exception e) when (e is ZooKeeperException or TimeoutException)
        {
            return named;
        }
    }

    public async ValueTask<IReadOnlyList<Uri>> MastersAsync(CancellationToken cancellation)
    {
        try
        {
            return await CandidatesAsync(cancellation);
        }
        catch (Exception e) when (e is ZooKeeperException or TimeoutException)
        {
            return [];
        }
    }

    public async ValueTask DisposeAsync()
    {
        var session = _session;
        _session = null;
        if (session is not null)
            await Task.Run(session.Dispose);
    }

    /// <summary>In the order in which they came, from one session; it is opened anew when it is lost.</summary>
    private async Task<List<Uri>> CandidatesAsync(CancellationToken cancellation)
    {
        if (_session?.Lost.IsCancellationRequested == true)
            await DisposeAsync();
        _session ??= new ZooKeeperSession(location.Servers, SessionTimeout, TimeProvider.System);
        await _session.ConnectedAsync(cancellation).WaitAsync(Patience, cancellation);
        return await Task.Run(() => Read(_session), cancellation);
    }

    /// <summary>One that goes meanwhile is left out.</summary>
    private List<Uri> Read(ZooKeeperSession session)
    {
        var directory = Candidates.Directory(location);
        return [.. session.Children(directory).OrderBy(Candidates.NumberOf).Select(c => session.Read($"{directory}/{c}"))
            .Where(text => Uri.IsWellFormedUriString(text, UriKind.Absolute)).Select(text => new Uri(text!))];
    }
}
