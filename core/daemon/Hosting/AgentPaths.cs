using Agora.Cluster;

namespace Agora.Daemon.Hosting;

/// <summary>
/// Where an agent keeps things: <c>sandboxes/FRAMEWORK/TASK-OR-EXECUTOR/CONTAINER</c>, <c>containers/CONTAINER</c> (what
/// outlives a restart of the agent), <c>shared</c> (output served after its executor is gone), <c>cache</c> (artifacts).
/// </summary>
public sealed class AgentPaths
{
    /// <summary>The system's bound on the path of a Unix domain socket.</summary>
    private const int SocketPathMax = 107;

    public AgentPaths(string workDirectory)
    {
        WorkDirectory = Path.GetFullPath(workDirectory);
        Sandboxes = Path.Combine(WorkDirectory, "sandboxes");
        Containers = Path.Combine(WorkDirectory, "containers");
        SharedOutput = Path.Combine(WorkDirectory, "shared");
        Cache = Path.Combine(WorkDirectory, "cache");
        var socket = Path.Combine(WorkDirectory, "executor.sock");
        Socket = socket.Length <= SocketPathMax ? socket
            : Path.Combine(Path.GetTempPath(), $"agora-{Environment.ProcessId}.sock");
        foreach (var directory in new[] { Sandboxes, Containers, SharedOutput, Cache })
            Directory.CreateDirectory(directory);
    }

    public string WorkDirectory { get; }
    public string Sandboxes { get; }
    public string Containers { get; }
    public string SharedOutput { get; }
    public string Cache { get; }
    public string Socket { get; }

    public string Sandbox(AgentEffect.LaunchContainer launch) => Path.Combine(Sandboxes, launch.Framework.Id!.Value.Value,
        launch.Executor?.Id.Value ?? launch.Task!.Id.Value, launch.Container.Value);

    public string Meta(ContainerId container) => Path.Combine(Containers, container.Value);

    /// <summary>
    /// The directory that a virtual path of the file server means, or null: <c>sandbox/FRAMEWORK/TASK-OR-EXECUTOR</c> is
    /// the newest run there, <c>shared</c> the shared output.
    /// </summary>
    /// <param name="rest">What of the path is below that directory.</param>
    public string? Resolve(IReadOnlyList<string> path, out IReadOnlyList<string> rest)
    {
        rest = [];
        if (path.Count >= 1 && path[0] == "shared")
        {
            rest = [.. path.Skip(1)];
            return SharedOutput;
        }
        if (path.Count < 3 || path[0] != "sandbox")
            return null;
        var runs = new DirectoryInfo(Path.Combine(Sandboxes, path[1], path[2]));
        rest = [.. path.Skip(3)];
        return runs.Exists ? runs.GetDirectories().MaxBy(d => d.CreationTimeUtc)?.FullName : null;
    }
}
