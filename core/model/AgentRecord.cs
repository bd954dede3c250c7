namespace Agora;

/// <summary>
/// What an agent writes down before it acts, so that the next process of the same agent finds again what runs. Containers
/// are named as on that agent.
/// </summary>
public abstract record AgentRecord
{
    private AgentRecord()
    {
    }

    /// <param name="Token">Shows an executor to be this one.</param>
    public sealed record ExecutorLaunched(FrameworkInfo Framework, ExecutorSpec Executor, string Container, string Token) : AgentRecord;

    public sealed record ExecutorEnded(FrameworkId FrameworkId, ExecutorId ExecutorId) : AgentRecord;

    /// <param name="Number">Counts the agent's tasks in the order of their launch.</param>
    /// <param name="Container">Of a command task; null for a task of an executor.</param>
    public sealed record TaskLaunched(FrameworkInfo Framework, TaskSpec Task, long Number, string? Container) : AgentRecord;

    /// <param name="KillReason">Set once somebody asked to end it.</param>
    /// <param name="LastSequence">Number of its last update.</param>
    /// <param name="ExecutorSequence">The executor's own number of its last update.</param>
    /// <param name="Updates">Those not acknowledged, oldest first.</param>
    public sealed record TaskChanged(FrameworkId FrameworkId, TaskId TaskId, TaskState State, StatusReason? KillReason,
        long LastSequence, long ExecutorSequence, IReadOnlyList<TaskStatus> Updates) : AgentRecord;

    /// <summary>Nothing is left to be said of the task.</summary>
    public sealed record TaskForgotten(FrameworkId FrameworkId, TaskId TaskId) : AgentRecord;
}
