namespace Agora;

/// <summary>
/// Where a task is in its life. Each task ends in exactly one terminal state.
/// <code>
///            accepted             process started           exit 0
///   (offer) ─────────► Staging ─► Starting ─► Running ───────────────► Finished
///                         │  │        │          │  └─ exit ≠ 0, limit ► Failed
///              not valid  │  │ never  │          └─ killed on request ─► Killed   (Killing on the way)
///                 Error ◄─┘  └► Dropped          agent not heard of ──► Unreachable ─► back to what it is, or Gone
/// </code>
/// </summary>
public enum TaskState
{
    /// <summary>Accepted by the master, not yet started.</summary>
    Staging,

    /// <summary>Its executor is at it; optional.</summary>
    Starting,
    Running,

    /// <summary>Asked to end.</summary>
    Killing,
    Finished,
    Failed,
    Killed,

    /// <summary>Its description was not valid; it was never launched.</summary>
    Error,

    /// <summary>For frameworks that do not tell partitions apart: dropped, unreachable or gone. It may be run again.</summary>
    Lost,

    /// <summary>It never reached its agent.</summary>
    Dropped,

    /// <summary>Its agent is not heard of; it may come back. Not terminal.</summary>
    Unreachable,

    /// <summary>It was running and is no more.</summary>
    Gone,

    /// <summary>An operator declared its agent gone.</summary>
    GoneByOperator,

    /// <summary>The master knows nothing of it; only in answers to reconciliation. Not terminal.</summary>
    Unknown,
}

public static class TaskStates
{
    /// <summary>True if the task has ended for good.</summary>
    public static bool IsTerminal(this TaskState state) => state switch
    {
        TaskState.Finished or TaskState.Failed or TaskState.Killed or TaskState.Error or TaskState.Lost or
            TaskState.Dropped or TaskState.Gone or TaskState.GoneByOperator => true,
        TaskState.Staging or TaskState.Starting or TaskState.Running or TaskState.Killing or
            TaskState.Unreachable or TaskState.Unknown => false,
    };

    /// <summary>What a framework is told: one that is not partition-aware knows only Lost.</summary>
    public static TaskState For(this TaskState state, FrameworkCapabilities capabilities)
    {
        if (capabilities.HasFlag(FrameworkCapabilities.PartitionAware))
            return state;
        return state is TaskState.Dropped or TaskState.Unreachable or TaskState.Gone or
            TaskState.GoneByOperator or TaskState.Unknown ? TaskState.Lost : state;
    }
}
