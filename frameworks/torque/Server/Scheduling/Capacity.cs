namespace Agora.Torque.Server.Scheduling;

/// <summary>What does not change about a node while jobs are placed.</summary>
/// <param name="Properties">Words that jobs may ask for: set by <c>qmgr</c>, or the agent's attributes.</param>
/// <param name="Slots">All processors of it.</param>
public sealed record NodeShape(string Name, IReadOnlySet<string> Properties, int Slots)
{
    public bool Has(string word) => Name == word || Properties.Contains(word);
}

/// <summary>How much of some nodes is free at one moment, or over a span of time.</summary>
/// <param name="nodes">In the order in which they are filled, other things being equal.</param>
/// <param name="budget">Slots that may be taken in all, wherever they are.</param>
public sealed class Capacity(IReadOnlyList<NodeShape> nodes, int budget)
{
    /// <summary>Memory where there is no bound, bytes; far from where sums overflow.</summary>
    public const long Unbounded = long.MaxValue / 2;

    public IReadOnlyList<NodeShape> Nodes { get; } = nodes;

    /// <summary>Free slots of each node.</summary>
    public int[] Slots { get; } = new int[nodes.Count];

    /// <summary>Free memory of each node, bytes.</summary>
    public long[] Memory { get; } = new long[nodes.Count];

    public int Budget { get; set; } = budget;

    /// <summary>Memory that may be taken in all, bytes.</summary>
    public long MemoryBudget { get; set; } = Unbounded;

    public Capacity Copy()
    {
        var copy = new Capacity(Nodes, Budget) { MemoryBudget = MemoryBudget };
        Slots.CopyTo(copy.Slots, 0);
        Memory.CopyTo(copy.Memory, 0);
        return copy;
    }

    /// <summary>Takes these away, or gives them back with <paramref name="sign"/> -1.</summary>
    public void Take(IEnumerable<NodePick> picks, int sign = 1)
    {
        foreach (var pick in picks)
        {
            Slots[pick.Node] -= sign * pick.Slots;
            Memory[pick.Node] -= sign * pick.MemoryBytes;
            Budget -= sign * pick.Slots;
            MemoryBudget -= sign * pick.MemoryBytes;
        }
    }

    /// <summary>True if all of these are free.</summary>
    public bool Has(IReadOnlyList<NodePick> picks) =>
        picks.Sum(p => p.Slots) <= Budget && picks.Sum(p => p.MemoryBytes) <= MemoryBudget &&
        picks.All(p => Slots[p.Node] >= p.Slots && Memory[p.Node] >= p.MemoryBytes);

    /// <summary>Keeps of each number the smaller one: what is free in both.</summary>
    public void Limit(Capacity other)
    {
        for (var i = 0; i < Slots.Length; i++)
        {
            Slots[i] = Math.Min(Slots[i], other.Slots[i]);
            Memory[i] = Math.Min(Memory[i], other.Memory[i]);
        }
        Budget = Math.Min(Budget, other.Budget);
        MemoryBudget = Math.Min(MemoryBudget, other.MemoryBudget);
    }
}

/// <summary>What a job gets of one node.</summary>
/// <param name="Node">Index in <see cref="Capacity.Nodes"/>.</param>
/// <param name="Lines">In the node file.</param>
public readonly record struct NodePick(int Node, int Slots, long MemoryBytes, int Lines);
