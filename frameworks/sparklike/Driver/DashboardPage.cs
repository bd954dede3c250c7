using Agora.Sdk;
using Agora.Spark.Scheduling;

namespace Agora.Spark.Driver;

/// <summary>An application on the cluster's dashboard: jobs, stages, executors and what they keep.</summary>
internal static class DashboardPage
{
    private const int JobsMax = 30, StagesMax = 40;

    public static FrameworkPage Of(SchedulerView view)
    {
        var page = new FrameworkPage("spark", "Spark application")
            .Fact("Jobs running", view.Jobs.Count(j => j.Ended is null))
            .Fact("Tasks running", view.Stages.Sum(s => s.Running))
            .Fact("Executors", view.Executors.Count)
            .Fact("Kept by executors", Size(view.Executors.Sum(e => e.BlockBytes)))
            .Fact("Offers rejected for a task", $"{view.Offers.RejectedPerTask:0.0}");
        foreach (var job in view.Jobs.Where(j => j.Failure is not null).Take(3))
            page.Note($"job {job.Id} failed: {job.Failure}");
        return page
            .Table("Jobs", ["Job", "State", "Name", "Pool", "Results", "Submitted", "Took"], view.Jobs.Take(JobsMax).Select(j => (IReadOnlyList<PageCell>)
            [
                j.Id, PageCell.State(j.Failure is not null ? "Failed" : j.Ended is null ? "Running" : "Finished"), j.Name, j.Pool,
                PageCell.Progress(j.ResultsWanted == 0 ? 1 : (double)j.Results / j.ResultsWanted, $"{j.Results} of {j.ResultsWanted}"), PageCell.Time(j.Submitted),
                j.Ended is { } end ? $"{(end - j.Submitted).TotalSeconds:0.0} s" : "",
            ]))
            .Table("Stages", ["Stage", "State", "Name", "Tasks", "Running", "Failed", "Median task", "Near its data"], view.Stages.Take(StagesMax).Select(s => (IReadOnlyList<PageCell>)
            [
                s.Id, PageCell.State(s.Phase.ToString()), s.Name, PageCell.Progress(s.Tasks == 0 ? 1 : (double)s.Done / s.Tasks, $"{s.Done} of {s.Tasks}"), s.Running, s.Failed,
                s.MedianDuration is { } median ? $"{median.TotalMilliseconds:0} ms" : "", Near(s),
            ]))
            .Table("Executors", ["Node", "Tasks running", "Blocks kept", "Size"], view.Executors.Select(e => (IReadOnlyList<PageCell>)
                [e.Hostname, e.RunningTasks, e.Blocks, Size(e.BlockBytes)]))
            .Table("Cached", ["RDD", "Partitions", "In memory", "On disk", "Executors"], view.Cached.Select(c => (IReadOnlyList<PageCell>)
                [c.RddId, c.Partitions, Size(c.MemoryBytes), Size(c.DiskBytes), c.Agents.Count]));
    }

    private static string Near(StageView stage)
    {
        var all = stage.Launched.Values.Sum();
        var near = stage.Launched.Where(l => l.Key is TaskLocality.Process or TaskLocality.Node or TaskLocality.NoPreference).Sum(l => l.Value);
        return all == 0 ? "" : $"{near} of {all}";
    }

    private static string Size(long bytes) => bytes switch
    {
        >= 1L << 30 => $"{bytes / (double)(1L << 30):0.0} GiB",
        >= 1L << 20 => $"{bytes / (double)(1L << 20):0.0} MiB",
        0 => "0",
        _ => $"{bytes / 1024.0:0.0} KiB",
    };
}
