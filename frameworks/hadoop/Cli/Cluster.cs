using System.Text.Json;
using System.Text.Json.Serialization;
using Agora.Sdk;
using Agora.Storage;

namespace Agora.Hadoop.Cli;

/// <summary>The cluster that commands talk to, as <c>agora up</c> describes it in <c>cluster.json</c>.</summary>
internal sealed record Cluster(string? Master, Dictionary<string, string>? Services, IReadOnlyList<string>? Nodes)
{
    private const string StoreService = "hadoop-store", JobTrackerService = "hadoop-jobtracker";

    /// <summary>How long a store that is being started again is waited for; as long as Hadoop's clients do.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <exception cref="ClusterMissingException">There is none, or it lacks the service.</exception>
    public static Stores OpenStores() =>
        new(Service(StoreService), Environment.UserName, Patience);

    /// <exception cref="ClusterMissingException">There is none, or it lacks the service.</exception>
    public static Uri JobTracker => Service(JobTrackerService);

    /// <summary>A client of the JobTracker that shows it who this is, where it wants to know.</summary>
    /// <exception cref="ClusterMissingException">There is none, or it lacks the service.</exception>
    public static JobClient OpenJobTracker() => new(JobTracker, MasterAccess.Find(null).Credential,
        () => MasterAddress.Find(null) is { } masters ? AgentFilesHandler.OfMaster(masters, Patience) : new HttpClientHandler());

    /// <exception cref="ClusterMissingException">There is none, or it lacks the service.</exception>
    public static Uri Store => Service(StoreService);

    /// <summary>True if a cluster has been started; it may have stopped since.</summary>
    public static bool IsThere => File.Exists(DescriptionPath);

    private static string DescriptionPath => MasterAddress.ClusterFile;

    private static Uri Service(string name)
    {
        var path = DescriptionPath;
        if (!File.Exists(path))
        {
            throw new ClusterMissingException(
                $"no Agora cluster is running: {path} does not exist; start one with 'agora up', or set AGORA_HOME");
        }
        Cluster? cluster;
        try
        {
            cluster = JsonSerializer.Deserialize(File.ReadAllBytes(path), ClusterJson.Default.Cluster);
        }
        catch (JsonException e)
        {
            throw new ClusterMissingException($"{path} cannot be read: {e.Message}");
        }
        return cluster?.Services?.GetValueOrDefault(name) is { } address &&
            Uri.TryCreate(address, UriKind.Absolute, out var uri)
            ? uri : throw new ClusterMissingException($"{path} names no service '{name}'; is Hadoop installed beside agora?");
    }
}

internal sealed class ClusterMissingException(string message) : Exception(message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Cluster))]
internal sealed partial class ClusterJson : JsonSerializerContext;
