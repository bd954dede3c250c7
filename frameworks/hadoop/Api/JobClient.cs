using Agora.Storage;

namespace Agora.MapReduce;

/// <summary>Submits jobs. To be used in a program started by <c>hadoop jar</c>, which knows the cluster.</summary>
public static class JobClient
{
    private static IJobHost? _host;

    internal static IJobHost Host => _host ?? throw new InvalidOperationException(
        "this program does not know a cluster: start it with 'hadoop jar My.dll', with '-jt local' to run without one");

    /// <summary>Submits a job, shows how it goes on standard error, and waits for its end.</summary>
    /// <exception cref="JobFailedException">It failed or was killed.</exception>
    /// <exception cref="JobRefusedException">It was not accepted.</exception>
    public static RunningJob RunJob(JobConf conf)
    {
        var job = SubmitJob(conf);
        Host.Monitor(job);
        return job.IsSuccessful ? job
            : throw new JobFailedException($"Job failed! {job.JobId}: {job.FailureInfo ?? "it was killed"}");
    }

    /// <summary>Submits a job and returns at once.</summary>
    /// <exception cref="JobRefusedException">It was not accepted.</exception>
    public static RunningJob SubmitJob(JobConf conf) => Host.Submit(conf);

    internal static void Use(IJobHost host) => _host = host;
}

/// <summary>A job that was submitted.</summary>
public abstract class RunningJob
{
    public abstract string JobId { get; }

    /// <summary>Asks for the job's state; the other properties tell of it until the next call.</summary>
    /// <param name="patience">How long to wait for news.</param>
    public abstract void Refresh(TimeSpan patience);

    public abstract bool IsComplete { get; }
    public abstract bool IsSuccessful { get; }

    /// <summary>0 to 1, as <see cref="ReduceProgress"/>.</summary>
    public abstract double MapProgress { get; }
    public abstract double ReduceProgress { get; }

    /// <summary>Why it failed.</summary>
    public abstract string? FailureInfo { get; }

    /// <summary>The last lines of the failed attempt's log.</summary>
    public abstract string? FailureLog { get; }
    public abstract Counters Counters { get; }

    public abstract void KillJob();

    public void WaitForCompletion()
    {
        while (!IsComplete)
            Refresh(TimeSpan.FromSeconds(10));
    }
}

/// <summary>A job ended without success.</summary>
public sealed class JobFailedException(string message) : IOException(message);

/// <summary>A job was not accepted: its output exists, its input does not, or it contradicts itself.</summary>
public sealed class JobRefusedException(string message) : IOException(message);

/// <summary>What runs jobs: a cluster, or this process.</summary>
internal interface IJobHost
{
    Stores Stores { get; }

    /// <summary>Paths without a store are on this one from now on.</summary>
    /// <param name="store"><c>hdfs://host:port</c>, <c>file:///</c> or <c>local</c>.</param>
    /// <exception cref="ArgumentException">It is none of these.</exception>
    void UseStore(string store);

    RunningJob Submit(JobConf conf);

    /// <summary>Shows a job's progress until it has ended, and then its counters.</summary>
    void Monitor(RunningJob job);
}
