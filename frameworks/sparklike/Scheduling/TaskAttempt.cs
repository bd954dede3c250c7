namespace Agora.Spark.Scheduling;

/// <summary>A task that was launched and has not ended.</summary>
internal sealed class TaskAttempt(
    TaskId id, StageRun stage, int stageAttempt, int partition, ExecutorRun executor, DateTimeOffset launched)
{
    public TaskId Id => id;
    public StageRun Stage => stage;
    public int StageAttempt => stageAttempt;
    public int Partition => partition;
    public DateTimeOffset Launched => launched;

    /// <summary>Another one by the same name may have taken its place while the task was under way.</summary>
    public ExecutorRun Executor { get; set; } = executor;

    /// <summary>Nobody needs it any more: its end is awaited, whatever it is.</summary>
    public bool IsUnwanted { get; set; }

    /// <summary>Its agent is not heard of. It was given up, but what it made is used if it comes back with that.</summary>
    public bool IsLost { get; set; }
}
