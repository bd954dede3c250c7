using Agora.Cluster.Allocation;
using Agora.Workloads.Reports;

namespace Agora.Workloads;

/// <summary>One pass over agents that are all free, with all frameworks wanting them (the shape of Mesos's own benchmark).</summary>
internal static class AllocationPass
{
    private const int Runs = 15;
    private static readonly Resources PerAgent = Resources.Parse("cpus:24;mem:4096;disk:4096;ports:[31000-32000]");

    /// <param name="anchorMilliseconds">What Mesos took for the same shape.</param>
    public static Row Measure(int agents, int frameworks, double? anchorMilliseconds)
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
        var times = new List<double>();
        var grants = new List<Grant>();
        var now = DateTimeOffset.UnixEpoch;
        for (var run = 0; run < Runs; run++)
        {
            grants.Clear();
            GC.Collect();
            var before = Environment.CpuUsage.TotalTime;
            allocator.Allocate(now, grants);
            times.Add((Environment.CpuUsage.TotalTime - before).TotalMilliseconds);
            if (grants.Count != agents)
                throw new InvalidOperationException($"{grants.Count} grants for {agents} agents");
            foreach (var grant in grants)
                allocator.Release(grant.FrameworkId, grant.AgentId, grant.Resources);
        }
        times.Sort();
        return new Row($"allocation-pass-{agents}-agents-{frameworks}-frameworks", "ms CPU", times[Runs / 2], anchorMilliseconds,
            anchorMilliseconds is null ? "" : "Apache Mesos 1.7/1.8, wall time, its authors' machine");
    }
}
