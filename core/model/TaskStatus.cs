namespace Agora;

/// <summary>Who made a status.</summary>
public enum StatusSource
{
    Master,
    Agent,
    Executor,
}

/// <summary>Why a task is in its state, for programs; <see cref="TaskStatus.Message"/> says it to people.</summary>
public enum StatusReason
{
    /// <summary>The ordinary course: started, exited, killed on request.</summary>
    None,
    TaskInvalid,

    /// <summary>Its framework's principal may not run it.</summary>
    TaskUnauthorized,
    InvalidOffers,
    ResourcesUnknown,
    CommandFailed,
    ContainerLaunchFailed,
    FetchFailed,
    MemoryLimit,
    DiskLimit,
    ExecutorTerminated,
    ExecutorRegistrationTimeout,
    FrameworkRemoved,
    AgentUnreachable,
    AgentRemoved,
    AgentRestarted,

    /// <summary>An operator drains its agent, and its time was over.</summary>
    AgentDraining,

    /// <summary>An operator has marked its agent gone.</summary>
    AgentRemovedByOperator,
    AgentUnknown,
    TaskUnknown,
    KilledDuringLaunch,

    /// <summary>Killed to give another role its guarantee.</summary>
    Revoked,
    Reconciliation,
}

/// <summary>One step in a task's life.</summary>
/// <param name="Sequence">
/// Counts the task's updates from 1, given by its agent; the receiver acknowledges it by this number, and a repeated
/// number is a repeated update. 0: made by the master, not to be acknowledged.
/// </param>
/// <param name="ExitCode">Of a command task that ended: its exit code, or 128 + signal.</param>
/// <param name="Usage">What the task used up to now, where known.</param>
public sealed record TaskStatus(
    TaskId TaskId, TaskState State, StatusSource Source, StatusReason Reason, string Message,
    DateTimeOffset Time, AgentId? AgentId = null, ExecutorId? ExecutorId = null, long Sequence = 0,
    int? ExitCode = null, ReadOnlyMemory<byte> Data = default, ResourceUsage? Usage = null);

/// <summary>What a task or executor used since it started.</summary>
/// <param name="CpuTime">Processor time, user and system, of all its processes.</param>
/// <param name="MemBytes">Resident memory now, in bytes.</param>
/// <param name="MemPeakBytes">Largest resident memory seen, in bytes.</param>
public sealed record ResourceUsage(TimeSpan CpuTime, long MemBytes, long MemPeakBytes);
