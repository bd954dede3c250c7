using System.Globalization;

namespace Agora.Daemon.Containers.Cgroups;

/// <summary>
/// Which processors each container may run on. Who asks for whole ones gets that many for itself, in the order of coming, as long
/// as one is left to all others; what is left is shared by those that have none, or asked for a part more.
/// </summary>
/// <param name="processors">By their numbers; at least one.</param>
internal sealed class ProcessorSets(IReadOnlyList<int> processors)
{
    private const long Whole = 1_000;

    private sealed class Share
    {
        public long MilliCpus;
        public readonly SortedSet<int> Own = [];
        public string Told = "";
    }

    private readonly SortedSet<int> _shared = [.. processors];
    private readonly Dictionary<ContainerId, Share> _shares = [];
    private readonly List<ContainerId> _order = [];

    /// <summary>A container comes, or is to have more or less than before.</summary>
    /// <returns>Who may run on others than before, and on which, as the kernel writes lists.</returns>
    public IReadOnlyList<(ContainerId Container, string Processors)> Give(ContainerId container, long milliCpus)
    {
        if (!_shares.TryGetValue(container, out var share))
        {
            _shares.Add(container, share = new Share());
            _order.Add(container);
        }
        share.MilliCpus = milliCpus;
        return Settle();
    }

    /// <summary>A container has ended.</summary>
    /// <returns>As <see cref="Give"/>.</returns>
    public IReadOnlyList<(ContainerId Container, string Processors)> Take(ContainerId container)
    {
        if (!_shares.Remove(container, out var share))
            return [];
        _order.Remove(container);
        _shared.UnionWith(share.Own);
        return Settle();
    }

    /// <summary>Numbers in a list as <c>0-2,5</c>.</summary>
    public static IReadOnlyList<int> Parse(string list)
    {
        List<int> numbers = [];
        foreach (var part in list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var ends = part.Split('-');
            for (var n = int.Parse(ends[0], CultureInfo.InvariantCulture); n <= int.Parse(ends[^1], CultureInfo.InvariantCulture); n++)
                numbers.Add(n);
        }
        return numbers;
    }

    private List<(ContainerId, string)> Settle()
    {
        foreach (var share in _shares.Values)
            while (share.Own.Count > share.MilliCpus / Whole)
                Move(share.Own.Max, share.Own, _shared);
        foreach (var id in _order)
            for (var share = _shares[id]; share.Own.Count < share.MilliCpus / Whole && _shared.Count > 1;)
                Move(_shared.Min, _shared, share.Own);
        List<(ContainerId, string)> changed = [];
        foreach (var id in _order)
        {
            var share = _shares[id];
            IEnumerable<int> all = share.Own.Count * Whole < share.MilliCpus || share.Own.Count == 0 ? share.Own.Union(_shared).Order() : share.Own;
            var list = string.Join(',', all);
            if (list == share.Told)
                continue;
            share.Told = list;
            changed.Add((id, list));
        }
        return changed;
    }

    private static void Move(int processor, SortedSet<int> from, SortedSet<int> to)
    {
        from.Remove(processor);
        to.Add(processor);
    }
}
