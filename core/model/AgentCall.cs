namespace Agora;

/// <summary>What an agent says to the master.</summary>
public abstract record AgentCall
{
    private AgentCall()
    {
    }

    /// <summary>
    /// First call on a connection. With <see cref="AgentInfo.Id"/> set it comes back and tells everything that runs on
    /// it, which is all a new master needs to know.
    /// </summary>
    /// <param name="Restarted">
    /// The agent was started anew since it was last registered: what it does not tell may have run here and is gone.
    /// Otherwise what it does not tell has never arrived here.
    /// </param>
    /// <param name="Instance">Names the process, so that two with one id, as after a copy of a work directory, are told apart.</param>
    public sealed record Register(
        AgentInfo Agent, IReadOnlyList<FrameworkInfo> Frameworks, IReadOnlyList<TaskReport> Tasks,
        IReadOnlyList<ExecutorReport> Executors, bool Restarted = false, string Instance = "") : AgentCall;

    /// <param name="Latest">The task's newest state, which may be ahead of the update being delivered.</param>
    public sealed record Update(FrameworkId FrameworkId, TaskStatus Status, TaskState Latest) : AgentCall;

    public sealed record ExecutorExited(
        FrameworkId FrameworkId, ExecutorId ExecutorId, int? ExitCode, string Reason) : AgentCall;

    public sealed record Message(
        FrameworkId FrameworkId, ExecutorId ExecutorId, ReadOnlyMemory<byte> Data) : AgentCall;

    public sealed record Pong(long Number) : AgentCall;

    /// <summary>The agent ends in good order; its tasks are killed.</summary>
    public sealed record Unregister : AgentCall;
}

/// <summary>A task as its agent knows it. A terminal one is told until its last update is acknowledged.</summary>
public sealed record TaskReport(FrameworkId FrameworkId, TaskSpec Task, TaskState Latest);

/// <summary>An executor that runs on the agent.</summary>
public sealed record ExecutorReport(FrameworkId FrameworkId, ExecutorSpec Executor);
