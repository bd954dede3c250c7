namespace Agora.Spark.Scheduling;

/// <summary>
/// Makes what tasks carry, and hears what becomes of jobs. Called by the scheduler's loop; must not block, and must not call
/// the scheduler from within.
/// </summary>
public interface ITaskSource
{
    /// <summary>A stage is about to run, for the first time or anew: its parents' output is where it is said to be.</summary>
    /// <remarks>What it throws fails the stage's jobs.</remarks>
    /// <param name="stageAttempt">Counts the attempts at the stage from 0, over all jobs that need it.</param>
    /// <param name="outputs">
    /// By shuffle and map partition. A shuffle that is hidden behind kept datasets, and not all there, is left out.
    /// </param>
    /// <param name="cached">
    /// Where blocks of persisted datasets are that the stage may read from other executors: the ids of their agents.
    /// </param>
    void Starting(StageSpec stage, int stageAttempt, IReadOnlyDictionary<int, IReadOnlyList<MapOutput>> outputs,
        IReadOnlyDictionary<BlockId, IReadOnlyList<string>> cached);

    /// <summary>What <see cref="TaskSpec.Data"/> says to the executor.</summary>
    ReadOnlyMemory<byte> DataOf(StageSpec stage, int stageAttempt, int partition, int attempt);

    /// <summary>A task of a job's last stage has succeeded, for the first time.</summary>
    void Result(JobSpec job, int partition, TaskReport.Succeeded report);

    /// <summary>A map task's first success; accumulators are in its result.</summary>
    void Mapped(StageSpec stage, int partition, TaskReport.Succeeded report);

    /// <summary>The job is over.</summary>
    /// <param name="failure">Null if all its results were given.</param>
    void Ended(JobSpec job, JobFailure? failure);
}

/// <summary>Why a job has failed.</summary>
/// <param name="Reason">What happened and why, for people.</param>
/// <param name="Error">The last failure of the task that failed too often.</param>
/// <param name="IsCancelled">By its user.</param>
public sealed record JobFailure(string Reason, StageSpec? Stage, int? Partition, TaskError? Error, bool IsCancelled = false);
