using System.Net;
using Agora.Election;

namespace Agora.Hadoop.Store;

/// <param name="Root">Directory of the namespace and of the nodes' blocks.</param>
/// <param name="Nodes">Hostnames of the agents among which blocks are spread.</param>
public sealed record StoreOptions(string Root, IReadOnlyList<string> Nodes)
{
    /// <summary>Where it listens.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>In bytes, for files whose writer names no other.</summary>
    public long BlockSizeBytes { get; init; } = 64 << 20;

    /// <summary>Copies of each block, for files whose writer names no other.</summary>
    public int Replication { get; init; } = 1;

    /// <summary>
    /// Whether blocks are forced to disk before a write is acknowledged (Hadoop's <c>dfs.datanode.synconclose</c>).
    /// Without it they outlive every process, and are left to the system to bring to disk: a machine that loses its
    /// power may lose the copies of the last half minute, which other nodes' copies make good.
    /// </summary>
    public bool SyncOnClose { get; init; }

    /// <summary>Where the master is that knows which nodes have an agent; null makes all nodes count as living.</summary>
    public MasterLocation? Masters { get; init; }

    /// <summary>How long a node may be without an agent before its copies are made anew elsewhere.</summary>
    public TimeSpan DeadAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time between two blocks that are read through to find damage.</summary>
    public TimeSpan ScrubInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The user who may do everything; owns what the store makes itself.</summary>
    public string Superuser { get; init; } = Environment.UserName;

    /// <summary>The group of the root directory, which what is made below inherits; its members may do everything.</summary>
    public string Group { get; init; } = "supergroup";

    /// <summary>The user of requests that name none.</summary>
    public string DefaultUser { get; init; } = "webuser";

    /// <summary>The smallest block size a writer may name, in bytes.</summary>
    public const long BlockSizeBytesMin = 512;

    /// <summary>The most copies a writer may ask for.</summary>
    public const int ReplicationMax = 512;

    /// <summary>The longest path, in characters.</summary>
    public const int PathLengthMax = 8_000;

    /// <summary>The deepest path, in components.</summary>
    public const int PathDepthMax = 1_000;
}
