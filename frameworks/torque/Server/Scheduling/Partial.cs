using Agora.Torque.Jobs;

namespace Agora.Torque.Server.Scheduling;

/// <summary>What of a job's nodes is there already, where not all of it is.</summary>
public static class Partial
{
    /// <summary>
    /// Whole nodes first, then on the nodes with most room as much as there is, on no more nodes than the job wants, and
    /// nowhere that could not become enough.
    /// </summary>
    public static List<NodePick> Find(
        Capacity free, IReadOnlyList<NodeRequest> requests, IReadOnlyList<string>? hosts, int[] preferred)
    {
        var left = free.Copy();
        List<NodePick> found = [];
        HashSet<int> used = [];
        foreach (var request in requests)
        {
            for (var n = 0; n < request.Count; n++)
            {
                var one = request with { Count = 1 };
                var blocked = left.Copy();
                foreach (var node in request.Anywhere || request.MayShare ? [] : used)
                    blocked.Slots[node] = 0;
                var picks = NodeChoice.Find(blocked, [one], hosts, preferred) ?? Rest(blocked, one, hosts);
                left.Take(picks);
                used.UnionWith(picks.Select(p => p.Node));
                found.AddRange(picks);
            }
        }
        return [.. found.GroupBy(p => p.Node).Select(g =>
            new NodePick(g.Key, g.Sum(p => p.Slots), g.Sum(p => p.MemoryBytes), g.Sum(p => p.Lines)))];
    }

    private static List<NodePick> Rest(Capacity free, NodeRequest request, IReadOnlyList<string>? hosts)
    {
        var best = -1;
        for (var i = 0; i < free.Nodes.Count; i++)
        {
            var shape = free.Nodes[i];
            if (free.Slots[i] > 0 && shape.Slots >= request.Slots && (request.Host is null || shape.Has(request.Host)) &&
                request.Properties.All(shape.Has) && (hosts is null || hosts.Contains(shape.Name)) &&
                (best < 0 || free.Slots[i] > free.Slots[best]))
                best = i;
        }
        if (best < 0)
            return [];
        var slots = Math.Min(free.Slots[best], Math.Min(request.Exclusive ? free.Nodes[best].Slots : request.Slots, Math.Max(0, free.Budget)));
        var memory = Math.Min(free.Memory[best], request.MemoryBytes ?? slots * NodeChoice.SlotMemoryBytes);
        return slots > 0 ? [new NodePick(best, slots, memory, 0)] : [];
    }
}
