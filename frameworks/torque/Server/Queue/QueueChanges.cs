using Agora.Torque.Jobs;

namespace Agora.Torque.Server.Queue;

/// <summary>What a <see cref="JobQueue"/> has to have on disk, since the last time it was asked.</summary>
/// <param name="Scripts">That were not there before.</param>
/// <param name="ScriptsGone">By their digest: no job has them any more.</param>
/// <param name="Forms">What new jobs were submitted with, or altered ones are to have.</param>
/// <param name="States">How far jobs are.</param>
/// <param name="Gone">Jobs that are forgotten; an array with all its elements.</param>
/// <param name="Settings">Attributes of server, queues and nodes; null where they are as before.</param>
/// <param name="NextNumber">Of the next job; null where it is as before.</param>
public sealed record QueueChanges(
    IReadOnlyList<StoredScript> Scripts, IReadOnlyList<string> ScriptsGone, IReadOnlyList<StoredForm> Forms,
    IReadOnlyList<StoredJob> States, IReadOnlyList<JobId> Gone, string? Settings, int? NextNumber)
{
    public bool IsEmpty => Scripts.Count + ScriptsGone.Count + Forms.Count + States.Count + Gone.Count == 0 &&
        Settings is null && NextNumber is null;
}
