using System.Text.Json;
using Agora.Election;

namespace Agora.Sdk;

/// <summary>Where the master is that a user's command speaks to.</summary>
public static class MasterAddress
{
    /// <summary>Environment variable with the master's URL, or where the masters elect their leader.</summary>
    public const string Variable = "AGORA_MASTER";

    /// <summary>Environment variable with the state directory of <c>agora up</c>.</summary>
    public const string HomeVariable = "AGORA_HOME";

    /// <summary><c>$AGORA_HOME</c>, or <c>~/.agora</c>.</summary>
    public static string StateDirectory { get; } = Path.GetFullPath(
        Environment.GetEnvironmentVariable(HomeVariable) is { Length: > 0 } home ? home
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".agora"));

    /// <summary>What <c>agora up</c> leaves there of the cluster it started.</summary>
    public static string ClusterFile => Path.Combine(StateDirectory, "cluster.json");

    /// <param name="named">As <see cref="MasterLocation.Parse"/> takes it; null takes <c>$AGORA_MASTER</c>, else the cluster of <c>agora up</c>.</param>
    /// <returns>Null if no cluster is known.</returns>
    /// <exception cref="FormatException">It is not the URL of a master.</exception>
    public static MasterLocation? Find(string? named)
    {
        var url = named ?? Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(url))
            url = OfEmbeddedCluster();
        return url is null ? null : MasterLocation.Parse(url);
    }

    private static string? OfEmbeddedCluster()
    {
        try
        {
            using var file = JsonDocument.Parse(File.ReadAllBytes(ClusterFile));
            return file.RootElement.GetProperty("master").GetString();
        }
        catch (Exception e) when (e is IOException or JsonException or KeyNotFoundException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
