namespace Agora.Hadoop.Store;

/// <param name="Root">Directory of the namespace and of the nodes' blocks.</param>
/// <param name="Nodes">Hostnames of the agents among which blocks are spread.</param>
public sealed record StoreOptions(string Root, IReadOnlyList<string> Nodes)
{
    /// <summary>In bytes, for files whose writer names no other.</summary>
    public long BlockSizeBytes { get; init; } = 64 << 20;

    /// <summary>Copies of each block, for files whose writer names no other; never more than there are nodes.</summary>
    public int Replication { get; init; } = 1;

    /// <summary>The group of new files.</summary>
    public string Group { get; init; } = "supergroup";

    /// <summary>The user of requests that name none.</summary>
    public string DefaultUser { get; init; } = "webuser";

    /// <summary>The smallest block size a writer may name, in bytes.</summary>
    public const long BlockSizeBytesMin = 512;

    /// <summary>The longest path, in characters.</summary>
    public const int PathLengthMax = 8_000;

    /// <summary>The deepest path, in components.</summary>
    public const int PathDepthMax = 1_000;
}
