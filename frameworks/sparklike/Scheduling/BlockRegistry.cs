namespace Agora.Spark.Scheduling;

/// <summary>Which agent's executor keeps which partitions of persisted datasets.</summary>
internal sealed class BlockRegistry
{
    private readonly Dictionary<BlockId, List<Copy>> _copies = [];
    private readonly Dictionary<AgentId, HashSet<BlockId>> _byAgent = [];

    /// <summary>By dataset: how many of its partitions are kept somewhere.</summary>
    private readonly Dictionary<int, int> _kept = [];

    public readonly record struct Copy(AgentId Agent, long Bytes, bool InMemory);

    /// <summary>Where the block is; empty if nowhere.</summary>
    public IReadOnlyList<Copy> CopiesOf(BlockId block) =>
        _copies.TryGetValue(block, out var copies) ? copies : [];

    public bool IsFullyKept(PersistedRdd rdd) => _kept.GetValueOrDefault(rdd.RddId) >= rdd.PartitionCount;

    /// <returns>True if the block is now kept by other agents than before.</returns>
    public bool Apply(AgentId agent, BlockChange change)
    {
        if (!change.IsKept)
            return Remove(agent, change.Block);
        if (!_copies.TryGetValue(change.Block, out var copies))
        {
            _copies[change.Block] = copies = [];
            _kept[change.Block.RddId] = _kept.GetValueOrDefault(change.Block.RddId) + 1;
        }
        var copy = new Copy(agent, change.Bytes, change.InMemory);
        var at = copies.FindIndex(c => c.Agent == agent);
        if (at >= 0)
        {
            copies[at] = copy;
            return false;
        }
        copies.Add(copy);
        if (!_byAgent.TryGetValue(agent, out var blocks))
            _byAgent[agent] = blocks = [];
        blocks.Add(change.Block);
        return true;
    }

    /// <summary>The agent's executor is gone.</summary>
    /// <returns>What it kept.</returns>
    public IReadOnlyCollection<BlockId> Remove(AgentId agent)
    {
        if (!_byAgent.TryGetValue(agent, out var blocks))
            return [];
        BlockId[] gone = [.. blocks];
        foreach (var block in gone)
            Remove(agent, block);
        return gone;
    }

    /// <summary>The dataset is no longer persisted.</summary>
    /// <returns>What was kept of it.</returns>
    public IReadOnlyCollection<BlockId> Forget(int rddId)
    {
        BlockId[] gone = [.. _copies.Keys.Where(b => b.RddId == rddId)];
        foreach (var block in gone)
            foreach (var copy in _copies[block].ToArray())
                Remove(copy.Agent, block);
        return gone;
    }

    public (int Blocks, long Bytes) KeptBy(AgentId agent)
    {
        var (count, bytes) = (0, 0L);
        if (_byAgent.TryGetValue(agent, out var blocks))
        {
            count = blocks.Count;
            foreach (var block in blocks)
                foreach (var copy in _copies[block])
                    bytes += copy.Agent == agent ? copy.Bytes : 0;
        }
        return (count, bytes);
    }

    /// <summary>What is kept of each dataset, by its id.</summary>
    public IReadOnlyList<CachedRddView> Views()
    {
        var views = new SortedDictionary<int, CachedRddView>();
        var agents = new Dictionary<int, SortedSet<AgentId>>();
        foreach (var (block, copies) in _copies)
        {
            if (!agents.TryGetValue(block.RddId, out var holders))
                agents[block.RddId] = holders = [];
            var view = views.GetValueOrDefault(block.RddId) ?? new CachedRddView(block.RddId, 0, 0, 0, []);
            foreach (var copy in copies)
            {
                holders.Add(copy.Agent);
                view = copy.InMemory ? view with { MemoryBytes = view.MemoryBytes + copy.Bytes }
                    : view with { DiskBytes = view.DiskBytes + copy.Bytes };
            }
            views[block.RddId] = view with { Partitions = view.Partitions + 1 };
        }
        return [.. views.Values.Select(v => v with { Agents = [.. agents[v.RddId]] })];
    }

    private bool Remove(AgentId agent, BlockId block)
    {
        if (!_copies.TryGetValue(block, out var copies) || copies.RemoveAll(c => c.Agent == agent) == 0)
            return false;
        var blocks = _byAgent[agent];
        blocks.Remove(block);
        if (blocks.Count == 0)
            _byAgent.Remove(agent);
        if (copies.Count > 0)
            return true;
        _copies.Remove(block);
        if (--_kept[block.RddId] == 0)
            _kept.Remove(block.RddId);
        return true;
    }
}
