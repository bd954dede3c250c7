namespace Agora.Hadoop.Jobs;

/// <summary>How jobs take turns at what is offered.</summary>
public enum JobScheduling
{
    /// <summary>
    /// The pool that runs least for its weight goes first; in it the highest priority, then the job that runs least,
    /// then the oldest. After Hadoop's FairScheduler.
    /// </summary>
    Fair,

    /// <summary>The highest priority, then the oldest. Hadoop's JobQueueTaskScheduler.</summary>
    Fifo,
}

/// <summary>Puts jobs in the order in which they may use an offer.</summary>
/// <param name="weights">Of pools by name; a pool not named weighs 1.</param>
internal sealed class Pools(JobScheduling scheduling, IReadOnlyDictionary<string, decimal> weights)
{
    /// <summary>
    /// The pool a job names (<c>mapred.fairscheduler.pool</c>), else its queue if that is not the default one, else
    /// its user's.
    /// </summary>
    public static string Of(JobConf conf, string user) =>
        conf["mapred.fairscheduler.pool"] is { Length: > 0 } pool ? pool
        : conf["mapred.job.queue.name"] is { Length: > 0 } queue and not "default" ? queue : user;

    public IEnumerable<Job> InTurn(IReadOnlyList<Job> jobs)
    {
        if (scheduling == JobScheduling.Fifo)
            return jobs.Where(j => j.Phase == JobPhase.Running).OrderBy(j => j.PriorityRank).ThenBy(j => j.Id);
        var running = new Dictionary<string, decimal>(StringComparer.Ordinal);
        foreach (var job in jobs)
            running[job.Pool] = running.GetValueOrDefault(job.Pool) + job.RunningMilliCpus;
        return jobs.Where(j => j.Phase == JobPhase.Running)
            .OrderBy(j => running[j.Pool] / weights.GetValueOrDefault(j.Pool, 1))
            .ThenBy(j => j.Pool, StringComparer.Ordinal)
            .ThenBy(j => j.PriorityRank).ThenBy(j => j.RunningMilliCpus).ThenBy(j => j.Id);
    }
}
