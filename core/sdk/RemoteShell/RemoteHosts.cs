using System.Text.Json;
using System.Text.Json.Serialization;

namespace Agora.RemoteShell;

/// <summary>One host that commands can be run on.</summary>
/// <param name="Name">What the caller calls it.</param>
/// <param name="Address">Host or IP its <see cref="RemoteShellServer"/> listens on.</param>
/// <param name="Port">TCP port.</param>
/// <param name="Token">What the server wants to be shown.</param>
public sealed record RemoteHost(string Name, string Address, int Port, string Token);

/// <summary>
/// The hosts of one job, in a file that only its owner may read, since it holds their tokens. The remote-shell program
/// finds the file by <see cref="Variable"/>.
/// </summary>
public sealed record RemoteHosts(IReadOnlyList<RemoteHost> Hosts)
{
    /// <summary>Environment variable with the path of the file.</summary>
    public const string Variable = "AGORA_REMOTE_HOSTS";

    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        JsonSerializer.Serialize(file, this, RemoteShellJson.Default.RemoteHosts);
    }

    /// <summary>What <see cref="Load"/> reads, for who has to write the file himself.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, RemoteShellJson.Default.RemoteHosts);

    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is not such a file.</exception>
    public static RemoteHosts Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(path), RemoteShellJson.Default.RemoteHosts)
                ?? throw new InvalidDataException($"{path} names no hosts");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is no list of hosts: {e.Message}", e);
        }
    }

    public RemoteHost? Find(string name) => Hosts.FirstOrDefault(h => h.Name == name);
}

/// <summary>What a client asks a server to run.</summary>
/// <param name="Token">The host's.</param>
/// <param name="CommandLine">For <c>/bin/sh -c</c>, as a remote shell has it.</param>
/// <param name="Directory">Where to run it; another is taken where there is no such directory.</param>
/// <param name="Environment">All of it, but for what the host sets itself.</param>
internal sealed record RemoteRequest(
    string Token, string CommandLine, string Directory, IReadOnlyDictionary<string, string> Environment);

[JsonSerializable(typeof(RemoteHosts))]
[JsonSerializable(typeof(RemoteRequest))]
internal sealed partial class RemoteShellJson : JsonSerializerContext;
