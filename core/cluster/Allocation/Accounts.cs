namespace Agora.Cluster.Allocation;

/// <summary>What the allocator knows of an agent.</summary>
internal sealed class AgentAccount(AgentId id, string hostname, Resources total)
{
    public AgentId Id { get; } = id;
    public string Hostname { get; } = hostname;
    public Resources Total { get; } = total;
    public Resources Free { get; set; } = total;

    /// <summary>Connected and not drained.</summary>
    public bool Offerable { get; set; } = true;

    /// <summary>Its free resources, or somebody's refusal of them, changed since the last pass.</summary>
    public bool Dirty { get; set; }

    /// <summary>Refusals by framework; ended ones are dropped when the next is due.</summary>
    public Dictionary<FrameworkAccount, Refusal>? Refusals { get; set; }

    /// <summary>When the queue of refusal ends wakes for this agent next.</summary>
    public DateTimeOffset? RefusalDue { get; set; }
}

/// <summary>
/// A framework refused <paramref name="Refused"/> on an agent: the same or less is not offered again until
/// <paramref name="Until"/>; more is.
/// </summary>
/// <param name="Revival">The framework's <see cref="FrameworkAccount.Revivals"/> then; a revival since ends it.</param>
internal readonly record struct Refusal(Resources Refused, DateTimeOffset Until, int Revival);

/// <summary>What the allocator knows of a framework.</summary>
internal sealed class FrameworkAccount
{
    public FrameworkAccount(FrameworkId id, RoleAccount role)
    {
        Id = id;
        Role = role;
        Standing = new Standing(id.Value) { Account = this };
    }

    public FrameworkId Id { get; }
    public RoleAccount Role { get; }
    public Standing Standing { get; }
    public bool Active { get; set; }
    public bool Suppressed { get; set; }
    public bool WantsOffers => Active && !Suppressed;
    public int Revivals { get; set; }

    /// <summary>What it wants or admits changed since the last pass.</summary>
    public bool Dirty { get; set; }

    public FrameworkFilters Filters { get; private set; } = FrameworkFilters.None;
    private HashSet<string>? _onlyAgents;

    public IReadOnlyList<Hint> Hints { get; private set; } = [];

    /// <summary>The distinct task sizes its hints name; empty if it gave none.</summary>
    public IReadOnlyList<Resources> Sizes { get; private set; } = [];

    /// <summary>When the last hint ends.</summary>
    public DateTimeOffset HintsEnd { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>Within one pass: how far its hints and the agents have been gone through.</summary>
    public PassCursor Cursor;

    public void SetFilters(FrameworkFilters filters)
    {
        Filters = filters;
        _onlyAgents = filters.OnlyAgents is { } list ? new HashSet<string>(list, StringComparer.Ordinal) : null;
    }

    public void SetHints(IReadOnlyList<Hint> hints)
    {
        Hints = hints;
        Sizes = [.. hints.Select(h => h.Size).Where(s => !s.IsEmpty).Distinct()];
        HintsEnd = hints.Count == 0 ? DateTimeOffset.MinValue : hints.Max(h => h.Until);
    }

    public bool Admits(AgentAccount agent) =>
        _onlyAgents is null || _onlyAgents.Contains(agent.Hostname) || _onlyAgents.Contains(agent.Id.Value);

    /// <summary>What its hints ask for that have not ended.</summary>
    public Resources Demand(DateTimeOffset now)
    {
        var sum = new ResourcesBuilder();
        foreach (var hint in Hints)
        {
            if (hint.Until <= now)
                continue;
            sum.MilliCpus = Capped(sum.MilliCpus, hint.Size.MilliCpus, hint.Count);
            sum.MemBytes = Capped(sum.MemBytes, hint.Size.MemBytes, hint.Count);
            sum.DiskBytes = Capped(sum.DiskBytes, hint.Size.DiskBytes, hint.Count);
            sum.MilliGpus = Capped(sum.MilliGpus, hint.Size.MilliGpus, hint.Count);
        }
        return sum.Build();
    }

    /// <summary>A wish may be for anything; beyond this it is all the same.</summary>
    private static long Capped(long sum, long amount, int count) =>
        (long)Int128.Min((Int128)sum + (Int128)amount * count, 1L << 56);
}

/// <summary>Where a framework's search stands within one pass; a resource once unfit in a pass stays so.</summary>
internal struct PassCursor
{
    public int Hint;
    public int HintedAgent;
    public int Agent;
}

/// <summary>What the allocator knows of a role.</summary>
internal sealed class RoleAccount
{
    public RoleAccount(string name, Comparison<Standing> compareMembers) =>
        Standing = new Standing(name) { Members = new StandingHeap(compareMembers) };

    public Standing Standing { get; }
    public string Name => Standing.Name;
    public StandingHeap Members => Standing.Members!;
}

/// <summary>Free resources of an agent given to a framework, to be put into an offer.</summary>
public readonly record struct Grant(FrameworkId FrameworkId, AgentId AgentId, Resources Resources);
