namespace Agora.Spark;

/// <summary>
/// Groups of the parent's partitions. Those on the same host come together as far as groups stay even; neighbours
/// otherwise, so that an order of partitions is kept.
/// </summary>
internal sealed class CoalesceDependency : NarrowDependency
{
    private readonly int[][] _groups;

    [NonSerialized]
    private readonly string?[] _hosts;

    private CoalesceDependency(RDD parent, int[][] groups, string?[] hosts)
        : base(parent) => (_groups, _hosts) = (groups, hosts);

    public int GroupCount => _groups.Length;

    public override IReadOnlyList<int> ParentsOf(int partition) => _groups[partition];

    public IReadOnlyList<string> HostsOf(int partition) => _hosts[partition] is { } host ? [host] : [];

    public static CoalesceDependency Of(RDD parent, int count)
    {
        var total = parent.PartitionCount;
        count = Math.Min(count, total);
        var hostOf = new string?[total];
        for (var i = 0; i < total; i++)
            hostOf[i] = Placement.HostsOf(parent, i) is [var host, ..] ? host : null;
        // With a stable sort, partitions without hosts (or all on one) stay in their order.
        int[] order = [.. Enumerable.Range(0, total).OrderBy(i => hostOf[i], StringComparer.Ordinal)];
        var groups = new int[count][];
        for (var i = 0; i < count; i++)
            groups[i] = order[(int)((long)i * total / count)..(int)((i + 1L) * total / count)];
        return new CoalesceDependency(parent, groups, [.. groups.Select(g => Commonest(g, hostOf))]);
    }

    private static string? Commonest(int[] group, string?[] hostOf) => group.Select(p => hostOf[p]).OfType<string>()
        .GroupBy(h => h).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).FirstOrDefault()?.Key;
}
