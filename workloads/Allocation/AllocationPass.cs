using Agora.Cluster.Allocation;
using Agora.Workloads.Reports;

namespace Agora.Workloads.Allocation;

/// <summary>One pass over agents that are all free, with all frameworks wanting them (the shape of Mesos's own benchmark).</summary>
internal static class AllocationPass
{
    private static readonly Resources PerAgent = Resources.Parse("cpus:24;mem:4096;disk:4096;ports:[31000-32000]");

    /// <summary>Sizes, and what Mesos took for them in milliseconds where that was published.</summary>
    public static IReadOnlyList<(int Agents, int Frameworks, double? Anchor)> Sizes { get; } =
        [(1_000, 100, 200), (10_000, 1_000, 1_100), (20_000, 2_000, 3_800), (50_000, 1_000, null)];

    public static Row Measure(int agents, int frameworks, double? anchorMilliseconds, int runs) =>
        new($"allocation-pass-{agents}-agents-{frameworks}-frameworks", "ms CPU", Milliseconds(agents, frameworks, runs), anchorMilliseconds,
            anchorMilliseconds is null ? "" : "Apache Mesos 1.7/1.8, wall time, its authors' machine");

    /// <summary>Of processor time; the median.</summary>
    public static double Milliseconds(int agents, int frameworks, int runs)
    {
        var allocator = new Allocator(new DrfAllocator());
        for (var i = 0; i < agents; i++)
            allocator.AddAgent(new AgentId($"agent-1-{i}"), $"node{i}", PerAgent);
        for (var i = 0; i < frameworks; i++)
        {
            var id = new FrameworkId($"framework-1-{i}");
            allocator.AddFramework(id, $"role{i % 10}", FrameworkFilters.None, []);
            allocator.SetActive(id, active: true, suppressed: false);
        }
        var grants = new List<Grant>();
        return Measures.Median(runs, () =>
        {
            grants.Clear();
            GC.Collect();
            var before = Environment.CpuUsage.TotalTime;
            allocator.Allocate(DateTimeOffset.UnixEpoch, grants);
            var took = (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
            if (grants.Count != agents)
                throw new InvalidOperationException($"{grants.Count} grants for {agents} agents");
            foreach (var grant in grants)
                allocator.Release(grant.FrameworkId, grant.AgentId, grant.Resources);
            return took;
        });
    }
}
