namespace Agora.Election;

/// <summary>How masters settle which of them leads. Disposing of it gives up a leadership, or a place in the queue, at once.</summary>
public interface ILeaderElection : IAsyncDisposable
{
    /// <summary>Waits for the leadership, for as long as it takes; what fails meanwhile is tried again.</summary>
    /// <param name="self">Where this master is reached.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    Task<Leadership> CampaignAsync(Uri self, CancellationToken cancellation);
}
