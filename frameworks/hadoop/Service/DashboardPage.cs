using Agora.Hadoop.Jobs;
using Agora.Sdk;

namespace Agora.Hadoop.Service;

/// <summary>The JobTracker on the cluster's dashboard: its jobs, and the attempts of those that run.</summary>
internal static class DashboardPage
{
    private const int JobsMax = 60, AttemptsMax = 60;

    public static FrameworkPage Of(JobTracker tracker)
    {
        // Those that run first, then the newest.
        var jobs = tracker.Statuses().OrderByDescending(j => j.State is JobState.Running or JobState.Prep).ThenByDescending(j => j.StartTimeMs).ToList();
        var running = jobs.Where(j => j.State == JobState.Running).ToList();
        var attempts = running.Take(JobsMax).SelectMany(j => (JobId.TryParse(j.JobId, out var id) ? tracker.Tasks(id) : null)?.Attempts ?? []).ToList();
        var page = new FrameworkPage("hadoop", "MapReduce jobs")
            .Fact("Running", running.Count)
            .Fact("Succeeded", jobs.Count(j => j.State == JobState.Succeeded))
            .Fact("Failed", jobs.Count(j => j.State == JobState.Failed))
            .Fact("Attempts now", attempts.Count(a => a.State == AttemptState.Running));
        var placed = attempts.Where(a => a.Locality is not null).ToList();
        if (placed.Count > 0)
            page.Fact("On the node of their data", $"{placed.Count(a => a.Locality == "node")} of {placed.Count}");
        foreach (var failed in jobs.Where(j => j.FailureInfo is not null).Take(3))
            page.Note($"{failed.JobId} failed: {failed.FailureInfo}");
        return page
            .Table("Jobs", ["Job", "State", "Name", "User", "Priority", "Maps", "Reduces", "Submitted"], jobs.Take(JobsMax).Select(j => (IReadOnlyList<PageCell>)
            [
                j.JobId, PageCell.State(j.State.ToString()), j.Name, j.User, j.Priority, PageCell.Progress(j.MapProgress, $"{j.MapProgress:P0} of {j.Maps}"),
                PageCell.Progress(j.ReduceProgress, $"{j.ReduceProgress:P0} of {j.Reduces}"), PageCell.Time(DateTimeOffset.FromUnixTimeMilliseconds(j.StartTimeMs)),
            ]))
            .Table("Attempts of jobs that run", ["Attempt", "State", "Node", "Data", "Done", "Started"], attempts
                .OrderByDescending(a => a.State == AttemptState.Running).ThenByDescending(a => a.StartTimeMs).Take(AttemptsMax).Select(a => (IReadOnlyList<PageCell>)
                [
                    a.Attempt, PageCell.State(a.State.ToString()), a.Hostname, a.Locality ?? "", PageCell.Progress(a.Progress, $"{a.Progress:P0}"),
                    PageCell.Time(DateTimeOffset.FromUnixTimeMilliseconds(a.StartTimeMs)),
                ]));
    }
}
