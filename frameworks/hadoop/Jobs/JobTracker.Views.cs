namespace Agora.Hadoop.Jobs;

public sealed partial class JobTracker
{
    /// <summary>The attempts of a job; null if it is not known.</summary>
    public JobTasks? Tasks(JobId id) => _jobs.GetValueOrDefault(id) is not { } job ? null
        : new JobTasks(id.ToString(), [.. job.Maps.Concat(job.Reduces).SelectMany(t => t.Attempts).Select(View)]);

    /// <summary>What the client was told, or would have been; null while the input is being cut and for unknown jobs.</summary>
    public JobAccepted? Accepted(JobId id) => _jobs.GetValueOrDefault(id) is { Phase: not JobPhase.Preparing } job
        ? new JobAccepted(id.ToString(), job.Maps.Select(m => m.Split!.Path).Distinct().Count(), job.Maps.Length) : null;

    /// <summary>Nodes on which attempts run now, by hostname.</summary>
    public IReadOnlyList<TrackerStatus> Trackers() => [.. _attempts.Values
        .GroupBy(a => (a.Hostname, a.Files))
        .OrderBy(g => g.Key.Hostname, StringComparer.Ordinal)
        .Select(g => new TrackerStatus(g.Key.Hostname, g.Key.Files, g.Count()))];

    private AttemptStatus View(Attempt attempt) => new(
        attempt.Id.ToString(),
        attempt.End is { } end ? StateOf(end) : AttemptState.Running,
        attempt.Task.Phase == JobTaskPhase.Committing && attempt.Task.Winner == attempt,
        attempt.End == AttemptEnd.Succeeded ? 1 : attempt.Progress, attempt.Status, attempt.Hostname,
        attempt.Locality?.ToString().ToLowerInvariant(), attempt.Launched.ToUnixTimeMilliseconds(),
        attempt.EndTime?.ToUnixTimeMilliseconds(), attempt.Message,
        $"http://{attempt.Files}/files/sandbox/{_framework.Id}/{TaskTrackerId}/userlogs/{attempt.Id.Task.Job}/{attempt.Id}",
        attempt.Report?.Counters);

    private static AttemptState StateOf(AttemptEnd end) => end switch
    {
        AttemptEnd.Succeeded => AttemptState.Succeeded,
        AttemptEnd.Failed => AttemptState.Failed,
        AttemptEnd.Killed or AttemptEnd.LostInput => AttemptState.Killed,
    };
}
