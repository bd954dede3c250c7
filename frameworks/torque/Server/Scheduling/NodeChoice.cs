using Agora.Torque.Jobs;

namespace Agora.Torque.Server.Scheduling;

/// <summary>Finds nodes for a job's requests.</summary>
public static class NodeChoice
{
    /// <summary>Memory of a slot whose job names none, bytes.</summary>
    public const long SlotMemoryBytes = 64L << 20;

    /// <summary>Slots that the job asks for in all, a whole node counted as one slot.</summary>
    public static int SlotsOf(IEnumerable<NodeRequest> requests) => requests.Sum(r => r.Count * r.Slots);

    /// <summary>Memory that the job asks for in all, bytes.</summary>
    public static long MemoryOf(IEnumerable<NodeRequest> requests) =>
        requests.Sum(r => r.Count * (r.MemoryBytes ?? r.Slots * SlotMemoryBytes));

    /// <summary>
    /// Chooses nodes, different ones for each node asked for where the request does not allow otherwise. Those hardest to
    /// find are chosen first; among like nodes the preferred ones, then those with least room, so that large room stays.
    /// </summary>
    /// <param name="preferred">Slots of each node that are at hand; null for no preference.</param>
    /// <returns>One pick for each node used, in the order of the requests; null if the job does not fit.</returns>
    public static List<NodePick>? Find(
        Capacity capacity, IReadOnlyList<NodeRequest> requests, IReadOnlyList<string>? hosts = null, int[]? preferred = null)
    {
        if (SlotsOf(requests) > capacity.Budget || MemoryOf(requests) > capacity.MemoryBudget)
            return null;
        var search = new Search(capacity, hosts, preferred);
        foreach (var at in Enumerable.Range(0, requests.Count).OrderByDescending(i => Difficulty(requests[i])))
        {
            if (!search.Add(requests[at], at))
                return null;
        }
        return search.Picks();
    }

    /// <summary>Requests that fewer nodes can meet come first.</summary>
    private static long Difficulty(NodeRequest request) =>
        (request.Anywhere ? 0 : 1L << 40) + (request.Host is null ? 0 : 1L << 50) +
        ((long)request.Properties.Count << 32) + (request.Exclusive ? 1L << 31 : 0) + request.Slots;

    private sealed class Search(Capacity capacity, IReadOnlyList<string>? hosts, int[]? preferred)
    {
        private readonly int[] _slots = (int[])capacity.Slots.Clone();
        private readonly long[] _memory = (long[])capacity.Memory.Clone();
        private readonly bool[] _used = new bool[capacity.Nodes.Count];
        private readonly List<(int Request, NodePick Pick)> _picks = [];
        private int _budget = capacity.Budget;

        public bool Add(NodeRequest request, int at)
        {
            if (request.Anywhere)
                return AddAnywhere(request, at);
            for (var n = 0; n < request.Count; n++)
            {
                var best = -1;
                for (var i = 0; i < _slots.Length; i++)
                {
                    if (Fits(request, i) && (best < 0 || IsBetter(i, best, request.Slots)))
                        best = i;
                }
                if (best < 0)
                    return false;
                var slots = request.Exclusive ? capacity.Nodes[best].Slots : request.Slots;
                Take(best, slots, MemoryOf(request, slots), request.Lines, at);
            }
            return true;
        }

        private bool AddAnywhere(NodeRequest request, int at)
        {
            var left = request.Count * request.Slots;
            var perSlot = (request.MemoryBytes ?? SlotMemoryBytes) / request.Slots;
            foreach (var i in Enumerable.Range(0, _slots.Length)
                .Where(i => Matches(request, i) && _slots[i] > 0).OrderByDescending(i => preferred?[i] ?? 0).ThenBy(i => i))
            {
                var fit = perSlot > 0 ? (int)Math.Min(_slots[i], _memory[i] / perSlot) : _slots[i];
                var slots = Math.Min(left, fit);
                if (slots <= 0)
                    continue;
                Take(i, slots, perSlot * slots, slots, at);
                left -= slots;
                if (left == 0)
                    return true;
            }
            return false;
        }

        /// <summary>One pick a node: what several requests have of it is summed.</summary>
        public List<NodePick> Picks()
        {
            List<NodePick> picks = [];
            foreach (var (_, pick) in _picks.OrderBy(p => p.Request))
            {
                if (picks.FindIndex(p => p.Node == pick.Node) is var at and >= 0)
                    picks[at] = new NodePick(pick.Node, picks[at].Slots + pick.Slots, picks[at].MemoryBytes + pick.MemoryBytes, picks[at].Lines + pick.Lines);
                else
                    picks.Add(pick);
            }
            return picks;
        }

        private void Take(int node, int slots, long memory, int lines, int request)
        {
            _slots[node] -= slots;
            _memory[node] -= memory;
            _budget -= slots;
            _used[node] = true;
            _picks.Add((request, new NodePick(node, slots, memory, lines)));
        }

        private bool Fits(NodeRequest request, int node)
        {
            var slots = request.Exclusive ? capacity.Nodes[node].Slots : request.Slots;
            return Matches(request, node) && (request.MayShare || !_used[node]) && slots >= request.Slots &&
                _slots[node] >= slots && slots <= _budget && _memory[node] >= MemoryOf(request, slots);
        }

        private bool Matches(NodeRequest request, int node) =>
            (request.Host is null || capacity.Nodes[node].Has(request.Host)) &&
            request.Properties.All(capacity.Nodes[node].Has) &&
            (hosts is null || hosts.Contains(capacity.Nodes[node].Name));

        private bool IsBetter(int node, int than, int slots)
        {
            if (preferred is not null)
            {
                // What must be asked of the master takes longer than what is at hand.
                var (missing, missingThan) = (Math.Max(0, slots - preferred[node]), Math.Max(0, slots - preferred[than]));
                if (missing != missingThan)
                    return missing < missingThan;
            }
            return _slots[node] < _slots[than];
        }

        private static long MemoryOf(NodeRequest request, int slots) => request.MemoryBytes ?? slots * SlotMemoryBytes;
    }
}
