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

/// <summary>All that was on disk.</summary>
public sealed record QueueState(
    IReadOnlyList<StoredScript> Scripts, IReadOnlyList<StoredForm> Forms, IReadOnlyList<StoredJob> States,
    string Settings, int NextNumber);

/// <param name="Digest">Of the text; scripts that are the same are kept once.</param>
public sealed record StoredScript(string Digest, byte[] Text);

/// <summary>What a job, or an array with all its elements, was submitted with.</summary>
/// <param name="Json">Attributes and the script's digest.</param>
public sealed record StoredForm(JobId Id, byte[] Json);

/// <param name="Json">Empty for an element that is forgotten while its array is not.</param>
public sealed record StoredJob(JobId Id, byte[] Json);
