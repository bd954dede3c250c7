namespace Agora.Daemon.Containers;

/// <summary>How much output is kept.</summary>
/// <param name="FileBytes">Size at which <c>stdout</c> or <c>stderr</c> is rotated; 0 for no limit.</param>
/// <param name="Files">Files kept of each, the current one included; at least 1.</param>
public sealed record LogLimits(long FileBytes, int Files)
{
    /// <summary>10 MB, two files of each.</summary>
    public static readonly LogLimits Default = new(10 << 20, 2);
    public static readonly LogLimits None = new(0, 1);
}

/// <summary>A command to run with everything around it.</summary>
/// <param name="Command">Arguments, environment, artifacts and user.</param>
/// <param name="AgoraEnvironment">What the agent adds (<c>AGORA_…</c>); it wins over the command's own.</param>
/// <param name="Resources">For the isolators.</param>
/// <param name="SandboxDirectory">Working directory; made here. Where users are switched it must be new.</param>
/// <param name="MetaDirectory">
/// Where agent and supervisor keep what an agent needs after a restart; made here, of this container alone, its parent
/// being what <see cref="IContainers.Recover"/> is given. The caller deletes it when it needs the result no more.
/// </param>
/// <param name="Logs">Null for <see cref="LogLimits.Default"/>.</param>
public sealed record ContainerSpec(
    ContainerId Id, CommandSpec Command, IReadOnlyDictionary<string, string> AgoraEnvironment, Resources Resources,
    string SandboxDirectory, string MetaDirectory, LogLimits? Logs = null);
