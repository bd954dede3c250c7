namespace Agora.Hadoop.Store;

internal abstract record ReplicationOrder
{
    /// <param name="From">Where whole copies should be, the best first.</param>
    public sealed record Copy(IReadOnlyList<string> From, string To) : ReplicationOrder;

    public sealed record Remove(string Node) : ReplicationOrder;
}

/// <summary>
/// What is to be done so that a block has as many whole copies on living nodes as its file asks for. Pure.
/// <para>
/// Copies come first: only a block that has enough loses its damaged and surplus ones, never a whole one too many. The
/// copies on dead nodes are left alone; they count again when the node is back.
/// </para>
/// </summary>
internal static class ReplicationPlan
{
    /// <param name="nodes">All there are.</param>
    /// <param name="load">How many copies a node has; new ones go where there are few, surplus ones where there are many.</param>
    public static IReadOnlyList<ReplicationOrder> Orders(
        BlockState block, IReadOnlyList<string> nodes, IReadOnlySet<string> living, Func<string, long> load)
    {
        var whole = block.Replicas.Where(r => !r.IsDamaged && living.Contains(r.Node)).Select(r => r.Node).ToList();
        var damaged = block.Replicas.Where(r => r.IsDamaged && living.Contains(r.Node)).Select(r => r.Node).ToList();
        // A dead node's copy is read only if the store can still reach it and nothing else is left.
        List<string> sources = [.. whole, .. block.Replicas
            .Where(r => !r.IsDamaged && !living.Contains(r.Node)).Select(r => r.Node)];
        if (sources.Count == 0)
            return [];
        var missing = block.Replication - whole.Count;
        if (missing > 0)
        {
            // A damaged copy is repaired where it is before another node is asked.
            return [.. damaged.Concat(nodes.Where(n => living.Contains(n) && block.Replicas.All(r => r.Node != n))
                .OrderBy(load).ThenBy(n => n, StringComparer.Ordinal))
                .Take(missing).Select(to => new ReplicationOrder.Copy(sources, to))];
        }
        return [.. block.Replicas.Where(r => r.IsDamaged).Select(r => r.Node)
            .Concat(whole.OrderByDescending(load).ThenBy(n => n, StringComparer.Ordinal).Take(-missing))
            .Select(n => new ReplicationOrder.Remove(n))];
    }
}
