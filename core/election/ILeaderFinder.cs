namespace Agora.Election;

/// <summary>Finds the master to speak to, again after each connection that ended.</summary>
public interface ILeaderFinder : IAsyncDisposable
{
    /// <param name="named">The leader as the master last spoken to named it; null if it named none.</param>
    /// <returns>Null if nobody leads just now, or who does is not to be learnt; ask again later.</returns>
    ValueTask<Uri?> FindAsync(Uri? named, CancellationToken cancellation);

    /// <summary>
    /// Waits until another than the given master leads, so that who is connected to it can leave it: it may stand still, or not
    /// know yet. Never done where nobody tells, as for a list of masters; what fails meanwhile is tried again.
    /// </summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    Task AnotherLeadsAsync(Uri than, CancellationToken cancellation);

    /// <returns>All masters: those that stand by after the leader where they elect one, else as they are listed. None if they are not to be learnt.</returns>
    ValueTask<IReadOnlyList<Uri>> MastersAsync(CancellationToken cancellation);
}
