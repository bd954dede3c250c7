namespace Agora.Cluster;

/// <summary>Names a container on its agent: one run of a command task or of an executor.</summary>
public readonly record struct ContainerId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>How a container ended.</summary>
/// <param name="ExitCode">Its exit code, or 128 + signal.</param>
/// <param name="Limit">The limit it was killed for, or None.</param>
public sealed record ContainerResult(
    int ExitCode, StatusReason Limit = StatusReason.None, string Message = "", ResourceUsage? Usage = null);

/// <summary>What can happen to an agent. Connections are numbered by the host, never reused.</summary>
public abstract record AgentEvent
{
    private AgentEvent()
    {
    }

    public sealed record MasterConnected(long Connection) : AgentEvent;
    public sealed record MasterDisconnected(long Connection) : AgentEvent;

    /// <summary>Another master leads than the one tried last: waiting longer before the next try is of no use.</summary>
    public sealed record MasterElected : AgentEvent;
    public sealed record MasterCommanded(long Connection, AgentCommand Command) : AgentEvent;
    public sealed record ExecutorCalled(long Connection, ExecutorCall Call) : AgentEvent;
    public sealed record ExecutorDisconnected(long Connection) : AgentEvent;
    public sealed record ContainerStarted(ContainerId Container) : AgentEvent;

    /// <summary>It never ran: artifacts, sandbox or program were not to be had.</summary>
    public sealed record ContainerFailed(ContainerId Container, StatusReason Reason, string Message) : AgentEvent;
    public sealed record ContainerExited(ContainerId Container, ContainerResult Result) : AgentEvent;

    /// <summary>What became of a former process's containers; told once to an agent that was given records.</summary>
    /// <param name="Containers">Those that run, or have an end that will be told.</param>
    /// <param name="Lost">Those of which not even the end is known.</param>
    public sealed record ContainersFound(IReadOnlyList<ContainerId> Containers, IReadOnlyList<ContainerId> Lost) : AgentEvent;

    /// <summary>The operator ends the agent in good order.</summary>
    public sealed record ShutdownRequested : AgentEvent;

    /// <summary><see cref="Agent.NextDeadline"/> has come.</summary>
    public sealed record Tick : AgentEvent;
}

/// <summary>What an agent wants done, in order.</summary>
public abstract record AgentEffect
{
    private AgentEffect()
    {
    }

    /// <summary>Write this down, before what follows is done. Comes first of a step's effects, if at all.</summary>
    public sealed record Write(IReadOnlyList<AgentRecord> Records) : AgentEffect;

    /// <summary>The end of a container is written down: what was kept of it is needed no more.</summary>
    public sealed record ForgetContainer(ContainerId Container) : AgentEffect;

    /// <summary>Open a connection to the master; answered by MasterConnected or, if that fails, MasterDisconnected.</summary>
    /// <param name="Connection">Its number.</param>
    public sealed record ConnectToMaster(long Connection) : AgentEffect;
    public sealed record DisconnectFromMaster(long Connection) : AgentEffect;
    public sealed record ToMaster(long Connection, AgentCall Call) : AgentEffect;
    public sealed record ToExecutor(long Connection, ExecutorEvent Event) : AgentEffect;
    public sealed record CloseExecutor(long Connection) : AgentEffect;

    /// <summary>
    /// Start a container; answered by ContainerStarted and then ContainerExited, or by ContainerFailed alone.
    /// </summary>
    /// <param name="Executor">Set for an executor; null for a command task.</param>
    /// <param name="Token">For an executor: shows it to be the one started here.</param>
    public sealed record LaunchContainer(
        ContainerId Container, FrameworkInfo Framework, CommandSpec Command, Resources Resources,
        ExecutorSpec? Executor, TaskSpec? Task, string Token) : AgentEffect;

    /// <summary>An executor's container holds more or fewer tasks than before.</summary>
    /// <param name="Resources">The executor's own and those of its tasks.</param>
    public sealed record ResizeContainer(ContainerId Container, Resources Resources) : AgentEffect;

    /// <summary>SIGTERM to all of it now, SIGKILL after the grace.</summary>
    public sealed record KillContainer(ContainerId Container, TimeSpan Grace) : AgentEffect;

    /// <summary>The agent has nothing left to do.</summary>
    /// <param name="Failure">Null if it was asked to end, else why it cannot go on.</param>
    public sealed record Exit(string? Failure) : AgentEffect;
}
