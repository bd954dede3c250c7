using Agora.Torque.Jobs;

namespace Agora.Torque.Server.Queue;

public sealed partial class JobQueue
{
    /// <summary>True if the job is among <see cref="Queued"/>.</summary>
    public bool IsQueued(JobId id) => throw new NotImplementedException();
}
