using System.Security.Cryptography;
using System.Text;
using Agora.Cluster;
using Agora.Daemon.Files;

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
            : Path.Combine(Path.GetTempPath(), $"agora-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(WorkDirectory)))[..16]}.sock");
        foreach (var directory in new[] { Sandboxes, Containers, SharedOutput, Cache })
            Directory.CreateDirectory(directory);
    }

    public string WorkDirectory { get; }
    public string Sandboxes { get; }
    public string Containers { get; }
    public string SharedOutput { get; }
    public string Cache { get; }

    /// <summary>Where what is removed goes first.</summary>
    public string Trash => Path.Combine(WorkDirectory, "trash");

    /// <summary>Where its control groups are.</summary>
    public string Cgroups => Path.Combine(WorkDirectory, "cgroups");

    /// <summary>Of the group that holds those of its containers; the same for each of its processes.</summary>
    public string CgroupName => $"agora-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(WorkDirectory)))[..16]}-tasks";
    public string Socket { get; }

    /// <summary>False where its path in the work directory would be too long.</summary>
    public bool IsSocketInside => Socket.StartsWith(WorkDirectory + "/", StringComparison.Ordinal);

    /// <summary>Executors that run as other users may connect too: it takes their token to be one.</summary>
    public void ShareSocket() => File.SetUnixFileMode(Socket, UnixFileMode.UserRead | UnixFileMode.UserWrite |
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite);

    /// <summary>Executors that run as other users may leave output too, each only its own.</summary>
    public void ShareOutput() => File.SetUnixFileMode(SharedOutput, (UnixFileMode)0b111_111_111 | UnixFileMode.StickyBit);

    public string Sandbox(AgentEffect.LaunchContainer launch) => Path.Combine(Sandboxes, launch.Framework.Id!.Value.Value,
        launch.Executor?.Id.Value ?? launch.Task!.Id.Value, launch.Container.Value);

    public string Meta(ContainerId container) => Path.Combine(Containers, container.Value);

    /// <summary>
    /// What a virtual path of the file server means, or null: <c>sandbox/FRAMEWORK/TASK-OR-EXECUTOR</c> is the newest run
    /// there, <c>shared</c> the shared output.
    /// </summary>
    public FileLocation? Resolve(string path)
    {
        var parts = path.Split('/');
        if (parts[0] == "shared")
            return new FileLocation(SharedOutput, string.Join('/', parts.Skip(1)));
        return NewestRun(parts) is { } run ? new FileLocation(run, string.Join('/', parts.Skip(3))) : null;
    }

    /// <summary>The container whose sandbox a virtual path leads into, or null.</summary>
    public ContainerId? ContainerOf(string path) =>
        NewestRun(path.Split('/')) is { } run ? new ContainerId(Path.GetFileName(run)) : null;

    private string? NewestRun(string[] parts)
    {
        if (parts.Length < 3 || parts[0] != "sandbox")
            return null;
        var runs = new DirectoryInfo(Path.Combine(Sandboxes, parts[1], parts[2]));
        return runs.Exists ? runs.GetDirectories().MaxBy(d => d.CreationTimeUtc)?.FullName : null;
    }

    /// <summary>The id this agent was registered with before, or null.</summary>
    public AgentId? LoadId() => File.Exists(IdFile) ? new AgentId(File.ReadAllText(IdFile).Trim()) : null;

    public void SaveId(AgentId id)
    {
        File.WriteAllText(IdFile + ".new", id.Value);
        File.Move(IdFile + ".new", IdFile, overwrite: true);
    }

    /// <summary>What must outlive the process of the agent, and what its tasks are.</summary>
    public string Records => Path.Combine(WorkDirectory, "records");

    private string PortFile => Path.Combine(WorkDirectory, "file-port");

    /// <summary>The port at which files were served before, or null: what runs still names it.</summary>
    public int? LoadPort() => File.Exists(PortFile) && int.TryParse(File.ReadAllText(PortFile), out var port) ? port : null;

    public void SavePort(int port) => File.WriteAllText(PortFile, $"{port}");

    /// <summary>Held by the process of the agent, so that there is no second one with this directory.</summary>
    /// <exception cref="IOException">There is one.</exception>
    public FileStream Lock() => new(Path.Combine(WorkDirectory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private string IdFile => Path.Combine(WorkDirectory, "agent-id");
}
