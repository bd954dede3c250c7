using System.Text.Json;
using System.Text.Json.Serialization;
using Agora.Sdk;

namespace Agora.Cli;

/// <summary>A process of the embedded cluster.</summary>
/// <param name="StartTicks">Clock ticks from boot to its start, from /proc: tells it from a later one with the same pid.</param>
/// <param name="Command">How the <see cref="Keeper"/> starts it again; null if it does not.</param>
/// <param name="Group">The member file of the control group that it begins in; null for none of its own.</param>
internal sealed record ClusterProcess(string Name, int Pid, long StartTicks, IReadOnlyList<string>? Command = null, string? Group = null)
{
    [JsonIgnore]
    public bool IsRunning => ProcessTable.StartTicks(Pid) == StartTicks;

    /// <summary>Removes the sockets that the .NET runtime makes in each process, which outlive one that is killed hard.</summary>
    public void RemoveSockets()
    {
        foreach (var name in (string[])[$"dotnet-diagnostic-{Pid}-{StartTicks}-socket", $"clr-debug-pipe-{Pid}-{StartTicks}-in", $"clr-debug-pipe-{Pid}-{StartTicks}-out"])
            File.Delete(Path.Combine(Path.GetTempPath(), name));
    }
}

/// <summary>
/// The embedded cluster as <c>agora up</c> leaves it for all commands: <c>cluster.json</c> in the state directory.
/// </summary>
/// <param name="Master">URL of the master, or where several elect the one that leads.</param>
/// <param name="Services">URLs of frameworks' services by name.</param>
/// <param name="Nodes">Hostnames of the agents.</param>
internal sealed record ClusterFile(
    string Master, Dictionary<string, string> Services, List<string> Nodes, List<ClusterProcess> Processes)
{
    public static string FilePath => MasterAddress.ClusterFile;

    /// <summary>Where the commands are that started it, for programs that are none of them.</summary>
    public string Commands { get; init; } = Installation.BinDirectory;

    /// <summary>File with the owner's secret, which only he can read; null where nobody is asked for one.</summary>
    public string? Credential { get; init; }

    /// <summary>By node, the machine's end of the link to its network, where nodes have networks of their own.</summary>
    public Dictionary<string, string> Links { get; init; } = [];

    public static ClusterFile? Load() => File.Exists(FilePath)
        ? JsonSerializer.Deserialize(File.ReadAllText(FilePath), ClusterFileJson.Default.ClusterFile) : null;

    public void Save()
    {
        Directory.CreateDirectory(Installation.StateDirectory);
        var temporary = FilePath + ".new";
        File.WriteAllText(temporary, JsonSerializer.Serialize(this, ClusterFileJson.Default.ClusterFile));
        File.Move(temporary, FilePath, overwrite: true);
    }
}

[JsonSerializable(typeof(ClusterFile))]
[JsonSerializable(typeof(ServiceFile))]
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class ClusterFileJson : JsonSerializerContext;

/// <summary>
/// A framework's service that <c>agora up</c> starts, from <c>lib/services/*.json</c>. It prints <c>ready URL</c> on its
/// standard output once it serves.
/// </summary>
/// <param name="Command">
/// Program beside <c>agora</c> and arguments; <c>{state}</c>, <c>{master}</c>, <c>{nodes}</c> (comma list), <c>{address}</c>
/// (to listen on), <c>{port}</c> (0: any free one) and <c>{service:NAME}</c> (its URL) are replaced.
/// </param>
/// <param name="After">Services that must be ready before.</param>
internal sealed record ServiceFile(string Name, List<string> Command, List<string>? After)
{
    /// <param name="names">Only these, and what must be ready before them; null for all.</param>
    public static List<ServiceFile> Load(IReadOnlyList<string>? names)
    {
        var directory = Path.Combine(Installation.LibDirectory, "services");
        var left = Directory.Exists(directory) ? Directory.GetFiles(directory, "*.json").Order(StringComparer.Ordinal)
            .Select(f => JsonSerializer.Deserialize(File.ReadAllText(f), ClusterFileJson.Default.ServiceFile)!).ToList() : [];
        if (names is not null)
        {
            HashSet<string> wanted = [.. names];
            if (names.FirstOrDefault(n => !left.Exists(s => s.Name == n)) is { } unknown)
                throw new Failure($"there is no service '{unknown}'", $"{directory} has {string.Join(", ", left.Select(s => s.Name))}",
                    "name some of those with --services", 2);
            while (left.Where(s => wanted.Contains(s.Name)).SelectMany(s => s.After ?? []).Any(wanted.Add))
            {
            }
            left.RemoveAll(s => !wanted.Contains(s.Name));
        }
        List<ServiceFile> ordered = [];
        while (left.Find(s => s.After?.All(a => ordered.Exists(o => o.Name == a)) ?? true) is { } next)
        {
            left.Remove(next);
            ordered.Add(next);
        }
        return left.Count == 0 ? ordered : throw new Failure($"service '{left[0].Name}' cannot be started",
            $"it waits for {string.Join(", ", left[0].After!)}, which is not among {directory}", "correct its \"after\" there");
    }
}
