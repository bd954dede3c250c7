namespace Agora;

/// <summary>What an executor says to its agent.</summary>
public abstract record ExecutorCall
{
    private ExecutorCall()
    {
    }

    /// <summary>First call on a connection; after an agent's restart it tells what the agent may not have got.</summary>
    /// <param name="Token">From the executor's environment; shows that the agent started it.</param>
    /// <param name="Unacknowledged">Updates the agent has not confirmed, oldest first.</param>
    /// <param name="Tasks">
    /// Tasks that were launched here and have not ended, so that the agent sees which launches were lost on the way.
    /// </param>
    public sealed record Subscribe(
        FrameworkId FrameworkId, ExecutorId ExecutorId, string Token,
        IReadOnlyList<TaskStatus> Unacknowledged, IReadOnlyList<TaskId> Tasks) : ExecutorCall;

    /// <summary><see cref="TaskStatus.Sequence"/> counts the executor's updates of the task from 1.</summary>
    public sealed record Update(TaskStatus Status) : ExecutorCall;

    public sealed record Message(ReadOnlyMemory<byte> Data) : ExecutorCall;
}

/// <summary>What an agent says to an executor.</summary>
public abstract record ExecutorEvent
{
    private ExecutorEvent()
    {
    }

    public sealed record Subscribed(FrameworkInfo Framework, ExecutorSpec Executor, AgentInfo Agent) : ExecutorEvent;
    public sealed record Launch(TaskSpec Task) : ExecutorEvent;
    public sealed record Kill(TaskId TaskId, TimeSpan Grace) : ExecutorEvent;

    /// <summary>The agent has taken charge of the update with this executor-given number.</summary>
    public sealed record Acknowledged(TaskId TaskId, long Sequence) : ExecutorEvent;

    public sealed record Message(ReadOnlyMemory<byte> Data) : ExecutorEvent;

    /// <summary>End all tasks and exit within the time, or be killed.</summary>
    public sealed record Shutdown(TimeSpan Grace) : ExecutorEvent;

    /// <param name="Fatal">The executor cannot be of use and should exit.</param>
    public sealed record Error(string Text, bool Fatal) : ExecutorEvent;
}
