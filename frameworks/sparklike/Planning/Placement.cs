namespace Agora.Spark;

internal static class Placement
{
    /// <summary>
    /// Hosts with a partition's input: its own, or those of the nearest it is computed from, first parents first.
    /// </summary>
    public static IReadOnlyList<string> HostsOf(RDD rdd, int partition)
    {
        var seen = new HashSet<(RDD, int)>();
        var open = new Stack<(RDD Rdd, int Partition)>();
        open.Push((rdd, partition));
        while (open.TryPop(out var next))
        {
            if (!seen.Add(next))
                continue;
            if (next.Rdd.PreferredHosts(next.Partition) is { Count: > 0 } hosts)
                return hosts;
            for (var i = next.Rdd.Dependencies.Count - 1; i >= 0; i--)
                if (next.Rdd.Dependencies[i] is NarrowDependency narrow)
                    foreach (var parent in narrow.ParentsOf(next.Partition).Reverse())
                        open.Push((narrow.Parent, parent));
        }
        return [];
    }

    /// <summary>Partitions of persisted datasets that a task reads or makes, nearest to its result first.</summary>
    public static IReadOnlyList<BlockId> KeptInputsOf(RDD rdd, int partition)
    {
        var blocks = new List<BlockId>();
        var seen = new HashSet<(RDD, int)> { (rdd, partition) };
        var open = new Queue<(RDD Rdd, int Partition)>(seen);
        while (open.TryDequeue(out var next))
        {
            if (next.Rdd.StorageLevel.IsKept)
                blocks.Add(new BlockId(next.Rdd.Id, next.Partition));
            foreach (var dependency in next.Rdd.Dependencies)
                if (dependency is NarrowDependency narrow)
                    foreach (var parent in narrow.ParentsOf(next.Partition))
                        if (seen.Add((narrow.Parent, parent)))
                            open.Enqueue((narrow.Parent, parent));
        }
        return blocks;
    }
}
