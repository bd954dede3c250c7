namespace Agora.Daemon.Containers;

/// <summary>
/// The containers of this agent. All methods may be called from any thread and return at once; what happens is told
/// by <see cref="ContainerEvent"/>s: for each launch at most one Started, then exactly one of Exited, Failed and Lost.
/// </summary>
public interface IContainers
{
    /// <exception cref="InvalidOperationException">The id is in use.</exception>
    void Launch(ContainerSpec spec);

    /// <summary>
    /// SIGTERM to the whole tree of processes, SIGKILL to what is left after the grace. Asked again it can only make
    /// the time shorter. A container that is still being prepared ends as Failed with KilledDuringLaunch.
    /// </summary>
    /// <returns>False if there is no such container (any more).</returns>
    bool Kill(ContainerId id, TimeSpan grace);

    /// <summary>A container is to hold more or less from now on. Of one that does not run (any more) it does nothing.</summary>
    void Resize(ContainerId id, Resources resources);

    /// <returns>Null if there is no such container or nothing is known yet.</returns>
    ResourceUsage? Usage(ContainerId id);

    /// <summary>
    /// Finds the containers of a former agent process: each directory in <paramref name="directory"/> is one's meta
    /// directory. Those that run are taken over: they are watched, can be killed and report their end as usual, which
    /// may come before this method returns.
    /// </summary>
    Task<IReadOnlyList<RecoveredContainer>> Recover(string directory);
}

/// <summary>A container of a former agent process.</summary>
/// <param name="SandboxDirectory">Null if that is not known any more.</param>
/// <param name="Ended">How it ended (Exited, Failed or Lost); null if it runs.</param>
public sealed record RecoveredContainer(ContainerId Id, string MetaDirectory, string? SandboxDirectory, ContainerEvent? Ended);

/// <summary>What happened to a container.</summary>
public abstract record ContainerEvent
{
    private ContainerEvent(ContainerId id) => Id = id;

    public ContainerId Id { get; }

    /// <summary>The command runs.</summary>
    /// <param name="Pid">Of the main process.</param>
    public sealed record Started(ContainerId Id, int Pid) : ContainerEvent(Id);

    /// <summary>The command never ran.</summary>
    /// <param name="Reason">FetchFailed, ContainerLaunchFailed, CommandFailed (no such program) or
    /// KilledDuringLaunch.</param>
    public sealed record Failed(ContainerId Id, StatusReason Reason, string Message) : ContainerEvent(Id);

    /// <summary>The command ended, and nothing of the container is left.</summary>
    /// <param name="ExitCode">Its exit code, or 128 + the signal that ended it.</param>
    /// <param name="Killed">It was ended by <see cref="IContainers.Kill"/>, or because of the limit.</param>
    /// <param name="StartTime">Of the main process.</param>
    /// <param name="EndTime">Of the main process.</param>
    /// <param name="Limit">The limit it was killed for; null if none.</param>
    /// <param name="Message">What the exit code does not say; may be empty.</param>
    public sealed record Exited(
        ContainerId Id, int ExitCode, bool Killed, ResourceUsage Usage,
        DateTimeOffset StartTime, DateTimeOffset EndTime, LimitReached? Limit, string Message) : ContainerEvent(Id);

    /// <summary>
    /// It is not known how it ended: its supervisor is gone without a word, by SIGKILL or a restart of the machine.
    /// What was left of its processes has been killed.
    /// </summary>
    public sealed record Lost(ContainerId Id, string Message) : ContainerEvent(Id);
}
