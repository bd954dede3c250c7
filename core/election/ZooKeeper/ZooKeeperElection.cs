namespace Agora.Election.ZooKeeper;

/// <summary>
/// Election through ZooKeeper: each candidate has a numbered node that lives as long as its session, and who has the
/// lowest number leads. The numbers grow, so the leader's is its epoch. Each waits for the one before it alone (the recipe
/// of ZooKeeper's own documentation), so that a leader's end wakes one master, not all.
/// </summary>
/// <param name="timeout">Of the session: how long a leader that does not answer still counts.</param>
public sealed class ZooKeeperElection(MasterLocation.InZooKeeper location, TimeSpan timeout, TimeProvider time, Action<string> log) : ILeaderElection
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private ZooKeeperSession? _session;

    public async Task<Leadership> CampaignAsync(Uri self, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                _session = new ZooKeeperSession(location.Servers, timeout, time);
                await _session.ConnectedAsync(cancellation);
                using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _session.Lost);
                if (await LeadAsync(_session, self, over.Token) is { } epoch)
                {
                    // Its node must not stay the first when the connection comes back.
                    _session.Lost.Register(() => _ = DisposeAsync().AsTask());
                    return new Leadership(epoch, _session.Lost, new ZooKeeperState(_session, $"{location.Path}/state", time));
                }
            }
            catch (Exception e) when (e is ZooKeeperException or OperationCanceledException && !cancellation.IsCancellationRequested)
            {
                log($"the election in {location} goes on: {(e is ZooKeeperException ? e.Message : "the session was lost")}");
            }
            await DisposeAsync();
            await Task.Delay(Pause, time, cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _session, null) is { } session)
            await Task.Run(session.Dispose);
    }

    /// <returns>The epoch; null if the candidate's node is gone.</returns>
    private async Task<long?> LeadAsync(ZooKeeperSession session, Uri self, CancellationToken over)
    {
        var directory = Candidates.Directory(location);
        var mine = await Task.Run(() =>
        {
            session.MakePath(directory);
            var made = session.MakeCandidate($"{directory}/master-", self.ToString());
            return made[(directory.Length + 1)..];
        }, over);
        var number = Candidates.NumberOf(mine);
        while (true)
        {
            var names = await Task.Run(() => session.Children(directory), over);
            if (!names.Contains(mine))
                return null;
            var before = names.Where(n => Candidates.NumberOf(n) < number).MaxBy(Candidates.NumberOf);
            if (before is null)
                return number + 1;
            await Task.Run(() => session.ChangeOf($"{directory}/{before}"), over).WaitAsync(over);
        }
    }
}
