using Agora.Sdk;

namespace Agora.Torque.Server.Queue;

/// <summary>What the cluster's dashboard shows of the queue.</summary>
public sealed partial class JobQueue
{
    private const int PageJobsMax = 100;

    /// <summary>Jobs in the order they came, those that are over last; arrays by their elements.</summary>
    public FrameworkPage Page(DateTimeOffset now)
    {
        var page = new FrameworkPage("torque", "Batch queue");
        foreach (var state in (JobState[])[JobState.Running, JobState.Queued, JobState.Held, JobState.Waiting, JobState.Complete])
            page.Fact(StateNames[(int)state], _counts[(int)state]);
        if (!IsScheduling)
            page.Note("Scheduling is switched off: no job is started (qmgr: set server scheduling = true).");
        // What is over is kept for a while only; so a queue of very many jobs is one of jobs that are not over.
        var jobs = _jobs.Values.SelectMany(s => s is JobArray array ? array.Elements : [(Job)s])
            .Where(j => j.State != JobState.Complete).Take(PageJobsMax)
            .Concat(_jobs.Values.Reverse().SelectMany(s => s is JobArray array ? array.ElementsBackwards : [(Job)s]).Where(j => j.State == JobState.Complete).Take(PageJobsMax / 4));
        return page.Table("Jobs", ["Job", "State", "Name", "User", "Queue", "Nodes", "Started", "Walltime", "Word of the scheduler"], jobs.Select(j => (IReadOnlyList<PageCell>)
        [
            j.Id.ToString(), PageCell.State(j.IsSuspended ? "Suspended" : StateNames[(int)j.State]), j.Name, j.Form.User, j.Queue.Name,
            j.ExecHost is { } hosts ? hosts : j.Form.Resource("nodes") is { } asked ? $"wants {asked}" : "",
            j.StartedAt > 0 ? PageCell.Time(DateTimeOffset.FromUnixTimeMilliseconds(j.StartedAt)) : "", j.Form.Resource("walltime") ?? "",
            j.State == JobState.Complete ? j.ExitStatus is { } code ? $"exit status {code}" : "" : j.Comment ?? (j.WaitsForOthers ? "waits for other jobs" : ""),
        ]));
    }
}
