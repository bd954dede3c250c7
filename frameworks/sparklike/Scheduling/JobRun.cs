namespace Agora.Spark.Scheduling;

/// <summary>A job that has not ended.</summary>
internal sealed class JobRun(JobSpec spec, PoolRun pool, DateTimeOffset submitted)
{
    public JobSpec Spec => spec;
    public PoolRun Pool => pool;
    public DateTimeOffset Submitted => submitted;

    /// <summary>Those it needs, or needed, run for itself or for others as well.</summary>
    public HashSet<StageRun> Stages { get; } = [];
}

/// <summary>A pool of jobs while the application lives.</summary>
internal sealed class PoolRun(string name, PoolOptions options)
{
    public string Name => name;
    public PoolOptions Options => options;

    /// <summary>Tasks of its jobs that run.</summary>
    public int Running { get; set; }
}
