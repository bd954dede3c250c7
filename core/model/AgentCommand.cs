namespace Agora;

/// <summary>What the master says to an agent.</summary>
public abstract record AgentCommand
{
    private AgentCommand()
    {
    }

    /// <param name="Epoch">Of the master; an agent obeys no older one.</param>
    /// <param name="PingTimeout">Without a ping for this long the agent must take the connection for broken.</param>
    public sealed record Registered(AgentId AgentId, long Epoch, TimeSpan PingTimeout) : AgentCommand;

    /// <summary>The registration is refused and will be each time; the agent gives up.</summary>
    public sealed record Refused(string Reason) : AgentCommand;

    /// <summary>The agent is not wanted any more: it ends what runs on it and gives up.</summary>
    public sealed record Shutdown(string Reason) : AgentCommand;

    public sealed record RunTasks(FrameworkInfo Framework, IReadOnlyList<TaskSpec> Tasks) : AgentCommand;

    public sealed record KillTask(FrameworkId FrameworkId, TaskId TaskId, TimeSpan? Grace, StatusReason Reason)
        : AgentCommand;

    /// <summary>The framework has received this update.</summary>
    public sealed record Acknowledge(FrameworkId FrameworkId, TaskId TaskId, long Sequence) : AgentCommand;

    /// <summary>The framework is gone: kill all it has here and forget it, updates included.</summary>
    public sealed record ShutdownFramework(FrameworkId FrameworkId) : AgentCommand;

    public sealed record Message(
        FrameworkId FrameworkId, ExecutorId ExecutorId, ReadOnlyMemory<byte> Data) : AgentCommand;

    public sealed record Ping(long Number) : AgentCommand;
}
