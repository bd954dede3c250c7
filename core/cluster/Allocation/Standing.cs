namespace Agora.Cluster.Allocation;

/// <summary>How a role, or a framework within its role, stands in the queue for offers.</summary>
public sealed class Standing
{
    internal const int NotQueued = -1;

    internal Standing(string name) => Name = name;

    /// <summary>The role's name or the framework's id.</summary>
    public string Name { get; }

    /// <summary>Weight of a role in thousandths; 1000 for a framework.</summary>
    public long WeightMilli { get; internal set; } = 1000;

    /// <summary>Of a role, for strict priorities: higher goes first. 0 for a framework.</summary>
    public int Priority { get; internal set; }

    /// <summary>Scalars of tasks, executors and outstanding offers together.</summary>
    public Resources Held { get; internal set; } = Resources.Empty;

    /// <summary>Dominant share of <see cref="Held"/>, by weight.</summary>
    public Share Share { get; internal set; } = Share.Zero;

    /// <summary>Of a role: what it is guaranteed.</summary>
    public Resources Guaranteed { get; internal set; } = Resources.Empty;

    /// <summary>True if the role holds less than it is guaranteed, of some resource.</summary>
    public bool BelowGuarantee { get; internal set; }

    /// <summary>Of a role: its frameworks that want offers.</summary>
    internal StandingHeap? Members { get; init; }

    /// <summary>Of a framework: its account.</summary>
    internal FrameworkAccount? Account { get; init; }

    /// <summary>Place in the heap it is queued in.</summary>
    internal int HeapIndex { get; set; } = NotQueued;

    internal void Refresh(Resources total)
    {
        Share = Share.Dominant(Held, total, WeightMilli);
        BelowGuarantee = !Guaranteed.IsEmpty && !Held.Contains(Guaranteed);
    }
}
