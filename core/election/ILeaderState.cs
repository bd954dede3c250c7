namespace Agora.Election;

/// <summary>
/// A value of some bytes that each leader hands on to the next. One that leads no more cannot change it, even if it does not know
/// yet: what a leader has read stays so until it stores something itself.
/// </summary>
public interface ILeaderState : IAsyncDisposable
{
    /// <summary>Reads it; the first thing to be done, and once. Tries until it is known.</summary>
    /// <returns>Null if nothing was ever stored.</returns>
    /// <exception cref="IOException">It cannot be read, or this master leads no more.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    Task<byte[]?> LoadAsync(CancellationToken cancellation);

    /// <summary>Replaces it for good. Tries until it is known to be so. One at a time.</summary>
    /// <exception cref="IOException">It was not stored and will not be; the message says why.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled: whether it is stored is not known.</exception>
    Task StoreAsync(ReadOnlyMemory<byte> value, CancellationToken cancellation);
}
