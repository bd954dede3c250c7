using System.Text.Json.Serialization;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Server.Queue;

/// <summary>A form on disk.</summary>
/// <param name="Attributes">Names and values in turn; resources with <c>Resource_List.</c> before them.</param>
internal sealed record FormRecord(
    string Owner, string User, string Group, string Script, string? Array, IReadOnlyList<string> Attributes, IReadOnlyList<string> Defaulted);

/// <summary>A job's or an array's state on disk. What follows from other things, such as the state's letter, is not there.</summary>
internal sealed record JobRecord
{
    public string Queue { get; init; } = "";
    public long Rank { get; init; }
    public long CreatedAt { get; init; }
    public long ModifiedAt { get; init; }
    public IReadOnlyList<string>? Depends { get; init; }
    public Holds Holds { get; init; }
    public Ending Ending { get; init; }
    public bool IsSuspended { get; init; }
    public bool IsRouted { get; init; }
    public int Run { get; init; }
    public int StartCount { get; init; }
    public long QueuedAt { get; init; }
    public long EligibleAt { get; init; }
    public long StartedAt { get; init; }
    public long CompletedAt { get; init; }
    public int? ExitStatus { get; init; }
    public string? Comment { get; init; }
    public Hosting? Hosting { get; init; }
    public string? ExecHost { get; init; }
    public JobUsage? Usage { get; init; }
    public int Session { get; init; }

    /// <summary>Of an array.</summary>
    public int? SlotLimit { get; init; }

    /// <summary>Of an array: elements that are forgotten.</summary>
    public int GoneSucceeded { get; init; }

    public int GoneEnded { get; init; }
}

/// <summary>Attributes of the server, its queues and its nodes on disk; names and values in turn.</summary>
internal sealed record SettingsRecord(
    IReadOnlyList<string> Server, IReadOnlyList<QueueRecord> Queues, IReadOnlyDictionary<string, NodeSettings> Nodes);

internal sealed record QueueRecord(string Name, long ModifiedAt, IReadOnlyList<string> Attributes);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(FormRecord))]
[JsonSerializable(typeof(JobRecord))]
[JsonSerializable(typeof(SettingsRecord))]
internal sealed partial class StoredJson : JsonSerializerContext;
