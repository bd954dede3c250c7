namespace Agora.Daemon.Containers;

/// <summary>A limit a container ran into.</summary>
/// <param name="Reason">MemoryLimit, DiskLimit …</param>
public sealed record LimitReached(StatusReason Reason, string Message);

/// <summary>The processes of a container.</summary>
/// <param name="SupervisorPid">Parent of the main process and of all orphans; not itself of the container.</param>
/// <param name="MainPid">Leader of the container's process group.</param>
public sealed record ContainerProcesses(ContainerId Id, int SupervisorPid, int MainPid, string SandboxDirectory, string MetaDirectory);

/// <summary>Where the container's main process is born: a control group's <c>cgroup.procs</c>.</summary>
/// <param name="EnterFile">Gets the supervisor's pid before the start, so that the child begins inside.</param>
/// <param name="LeaveFile">Gets it after the start, so that the supervisor is not limited with its container.</param>
public sealed record Birthplace(string EnterFile, string LeaveFile);

/// <summary>
/// Keeps a container to its resources, or measures it. Isolators are chained (<see cref="IsolatorChain"/>): prepared in
/// order, cleaned up in reverse. Calls for one container come one at a time, those for several at once.
/// </summary>
public interface IIsolator
{
    /// <summary>Before the launch.</summary>
    /// <returns>Where the main process is to be born; empty where that does not matter.</returns>
    /// <exception cref="IsolationException">The container cannot be isolated as asked; it is not launched.</exception>
    IReadOnlyList<Birthplace> Prepare(ContainerSpec spec);

    /// <summary>The main process runs: launched just now, or taken over from a former agent process.</summary>
    /// <param name="limitReached">To be called at most once, from any thread; the container is then killed.</param>
    void Started(ContainerProcesses processes, Action<LimitReached> limitReached);

    /// <summary>A running container is to hold more or less than before. Of one that is not running it does nothing.</summary>
    void Resize(ContainerId id, Resources resources)
    {
    }

    /// <summary>Also called after the last process ended and before <see cref="Cleanup"/>.</summary>
    /// <returns>Null if this isolator does not measure, or knows no such container.</returns>
    ResourceUsage? Usage(ContainerId id);

    /// <summary>Removes what is left of containers of a former agent process, but for those that run.</summary>
    void Sweep(IReadOnlySet<ContainerId> living)
    {
    }

    /// <summary>
    /// Nothing of the container runs any more, or it never ran. May be called for one never prepared.
    /// </summary>
    void Cleanup(ContainerId id);
}

/// <summary>A container cannot be isolated; the message is for users.</summary>
public sealed class IsolationException(string message, Exception? inner = null) : Exception(message, inner);
