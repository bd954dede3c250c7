using Agora.Cluster.Allocation;

namespace Agora.Workloads.Simulated.Macro;

/// <summary>How the cluster is shared, or that it is not.</summary>
/// <param name="Scale">How much smaller than the paper's it is: nodes, tasks and the slots of parallel jobs.</param>
internal sealed record MacroSetup(string Name, int Scale)
{
    /// <summary>The paper's 96 nodes in four partitions.</summary>
    public const int FullNodes = 96, Partitions = 4;

    /// <summary>Of a quick run.</summary>
    public const int QuickScale = 4;

    public static readonly Resources Node = Resources.Of(4, 15 * 1024);

    public int Nodes => FullNodes / Scale;

    /// <summary>Each framework has a quarter of the nodes for itself.</summary>
    public bool IsStatic { get; init; }

    public Func<IAllocator> Allocator { get; init; } = () => new DrfAllocator();

    /// <summary>Frameworks tell the master where and how large their tasks are to be.</summary>
    public bool Hints { get; init; } = true;

    /// <summary>Hadoop's frameworks refuse offers below the size of a map once for all.</summary>
    public bool MinimumOffers { get; init; }

    /// <summary>The smallest jobs of the Facebook mix have a Hadoop of their own.</summary>
    public bool IsSmallApart { get; init; }

    /// <summary>How long a job waits for a node with its data.</summary>
    public TimeSpan NodeWait { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Of roles, by name; a role is named as its mix.</summary>
    public IReadOnlyList<OperatorCommand.SetRole> Roles { get; init; } = [];

    public int Scaled(int count) => Math.Max(1, count / Scale);
}
