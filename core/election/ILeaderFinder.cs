namespace Agora.Election;

/// <summary>Finds the master to speak to, again after each connection that ended.</summary>
public interface ILeaderFinder : IAsyncDisposable
{
    /// <param name="named">The leader as the master last spoken to named it; null if it named none.</param>
    /// <returns>Null if nobody leads just now, or who does is not to be learnt; ask again later.</returns>
    ValueTask<Uri?> FindAsync(Uri? named, CancellationToken cancellation);

    /// <returns>All masters: those that stand by after the leader where they elect one, else as they are listed. None if they are not to be learnt.</returns>
    ValueTask<IReadOnlyList<Uri>> MastersAsync(CancellationToken cancellation);
}
