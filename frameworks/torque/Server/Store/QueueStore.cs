using Agora.Torque.Server.Queue;

namespace Agora.Torque.Server.Store;

/// <summary>
/// The queue in one SQLite file. What <see cref="Save"/> has taken outlives the process and the machine's power. Used from
/// one thread at a time.
/// </summary>
public sealed class QueueStore : IDisposable
{
    /// <param name="directory">Made if it is not there.</param>
    /// <exception cref="IOException">It cannot be opened, or another server has it.</exception>
    public QueueStore(string directory) => Directory.CreateDirectory(directory);

    /// <exception cref="IOException">A record cannot be read: the file is damaged or of a newer version.</exception>
    public QueueState Load() => throw new NotImplementedException();

    /// <summary>Writes it all, or nothing, in one transaction.</summary>
    /// <exception cref="IOException">The disk is full or fails; nothing has been written, and it may be tried again.</exception>
    public void Save(QueueChanges changes) => throw new NotImplementedException();

    public void Dispose()
    {
    }
}
