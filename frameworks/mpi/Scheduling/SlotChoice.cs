using Agora.Sdk;

namespace Agora.Mpi.Scheduling;

/// <summary>Chooses among nodes that have more slots than are needed.</summary>
public static class SlotChoice
{
    /// <param name="free">Free slots by node.</param>
    /// <returns>Slots to take by node, in the order of the nodes' names; null if there are not enough.</returns>
    public static IReadOnlyList<(string Node, int Slots)>? Choose(
        IReadOnlyDictionary<string, int> free, int wanted, Mapping mapping)
    {
        if (free.Values.Sum() < wanted)
            return null;
        var taken = mapping == Mapping.Slot ? Pack(free, wanted) : Spread(free, wanted);
        return [.. taken.OrderBy(t => t.Key, NodeNames.Order).Select(t => (t.Key, t.Value))];
    }

    /// <summary>Largest nodes first, and for what is left at the end the smallest that holds it: fewest nodes, least waste.</summary>
    private static Dictionary<string, int> Pack(IReadOnlyDictionary<string, int> free, int wanted)
    {
        var taken = new Dictionary<string, int>();
        var nodes = free.Where(f => f.Value > 0).OrderByDescending(f => f.Value).ThenBy(f => f.Key, NodeNames.Order).ToList();
        for (var left = wanted; left > 0;)
        {
            var fitting = nodes.FindLastIndex(n => n.Value >= left);
            // Of nodes that are as good, the first by name.
            var at = fitting < 0 ? 0 : nodes.FindIndex(n => n.Value == nodes[fitting].Value);
            var slots = Math.Min(left, nodes[at].Value);
            taken[nodes[at].Key] = slots;
            left -= slots;
            nodes.RemoveAt(at);
        }
        return taken;
    }

    private static Dictionary<string, int> Spread(IReadOnlyDictionary<string, int> free, int wanted)
    {
        var taken = new Dictionary<string, int>();
        var nodes = free.Where(f => f.Value > 0).OrderBy(f => f.Key, NodeNames.Order).ToList();
        for (var round = 0; wanted > 0; round++)
        {
            foreach (var (node, slots) in nodes)
            {
                if (wanted > 0 && slots > round)
                {
                    taken[node] = round + 1;
                    wanted--;
                }
            }
        }
        return taken;
    }
}
