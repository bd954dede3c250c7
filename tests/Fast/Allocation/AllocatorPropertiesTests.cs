using Agora.Cluster.Allocation;
using CsCheck;
using Xunit;

namespace Agora.Tests.Fast.Allocation;

/// <summary>The properties DRF promises (NSDI'11, §3), within one task, for random demands, weights and capacities.</summary>
public class AllocatorPropertiesTests
{
    private sealed record Case(Resources[] Agents, Resources[] Demands);

    private static readonly Gen<Resources> Demand =
        from cpus in Gen.Int[1, 8]
        from mem in Gen.Int[1, 16]
        select Resources.FromScalars(cpus * 500L, (long)mem << 28);

    private static readonly Gen<Case> OneAgent =
        from cpus in Gen.Int[20, 200]
        from mem in Gen.Int[20, 400]
        from demands in Demand.Array[2, 6]
        select new Case([Resources.FromScalars(cpus * 1000L, (long)mem << 30)], demands);

    private static readonly Gen<Case> ManyAgents =
        from agents in (from cpus in Gen.Int[2, 32] from mem in Gen.Int[2, 64] select Resources.FromScalars(cpus * 1000L, (long)mem << 30)).Array[2, 20]
        from demands in Demand.Array[2, 6]
        select new Case(agents, demands);

    /// <summary>What each framework can run: whole tasks out of what it is given on each agent.</summary>
    private static Dictionary<string, Resources>[] Allocate(Case c, Resources[]? told = null)
    {
        var allocator = new Allocator(new DrfAllocator());
        for (var i = 0; i < c.Agents.Length; i++)
            allocator.AddAgent(new AgentId($"agent-{i:00}"), $"node{i:00}", c.Agents[i]);
        for (var i = 0; i < c.Demands.Length; i++)
        {
            allocator.AddFramework(new FrameworkId($"f{i}"), $"r{i}", FrameworkFilters.None,
                [new Hint([], (told ?? c.Demands)[i], 1_000_000, DateTimeOffset.MaxValue)]);
            allocator.SetActive(new FrameworkId($"f{i}"), active: true, suppressed: false);
        }
        var grants = new List<Grant>();
        allocator.Allocate(DateTimeOffset.UnixEpoch, grants);
        return [.. c.Demands.Select((_, i) => grants.Where(g => g.FrameworkId.Value == $"f{i}")
            .ToDictionary(g => g.AgentId.Value, g => g.Resources))];
    }

    private static long Tasks(Dictionary<string, Resources> given, Resources demand) => given.Values.Sum(r => Fit(r, demand));

    private static long Fit(Resources r, Resources demand) =>
        Math.Min(r.MilliCpus / demand.MilliCpus, r.MemBytes / demand.MemBytes);

    private static Resources Sum(IEnumerable<Resources> all) => all.Aggregate(Resources.Empty, (a, b) => a + b);

    private static double DominantOf(long tasks, Resources demand, Resources total) => tasks *
        Math.Max((double)demand.MilliCpus / total.MilliCpus, (double)demand.MemBytes / total.MemBytes);

    /// <summary>How many of one's tasks fit in the room another's single task was too large for, of any resource.</summary>
    private static double Slack(IEnumerable<Resources> sizes, Resources own) => sizes.Max(d =>
        Math.Max((double)d.MilliCpus / own.MilliCpus, (double)d.MemBytes / own.MemBytes));

    [Fact]
    public void Nothing_is_given_twice_and_free_plus_held_is_the_total() =>
        ManyAgents.Sample(c =>
        {
            var given = Allocate(c);
            for (var i = 0; i < c.Agents.Length; i++)
                Assert.True(c.Agents[i].Contains(Sum(given.Select(g => g.GetValueOrDefault($"agent-{i:00}", Resources.Empty)))));
        });

    [Fact]
    public void Sharing_incentive_each_gets_what_an_equal_part_would_run_but_for_one_task() =>
        OneAgent.Sample(c =>
        {
            var given = Allocate(c);
            var (total, n) = (c.Agents[0], c.Demands.Length);
            for (var i = 0; i < n; i++)
            {
                var part = Resources.FromScalars(total.MilliCpus / n, total.MemBytes / n);
                // Within one task of everybody's size: the largest task may be what takes the last room (Thm 7).
                var slack = Slack(c.Demands, c.Demands[i]);
                Assert.True(Tasks(given[i], c.Demands[i]) + 1 + slack >= Fit(part, c.Demands[i]),
                    $"f{i} runs {Tasks(given[i], c.Demands[i])}, an equal part would run {Fit(part, c.Demands[i])}");
            }
        });

    [Fact]
    public void Envy_freeness_nobody_would_run_more_with_anothers_part_but_for_one_task() =>
        OneAgent.Sample(c =>
        {
            var given = Allocate(c);
            var total = c.Agents[0];
            for (var i = 0; i < c.Demands.Length; i++)
                for (var j = 0; j < c.Demands.Length; j++)
                {
                    var own = Tasks(given[i], c.Demands[i]);
                    // What j was given beyond whole tasks of its own is nobody's by right: all others were skipped.
                    var jTasks = Tasks(given[j], c.Demands[j]);
                    var theirs = Resources.FromScalars(c.Demands[j].MilliCpus * jTasks, c.Demands[j].MemBytes * jTasks);
                    var stuck = !StillFits(given, c, total, c.Demands[i]);
                    var slack = Slack(c.Demands, c.Demands[i]);
                    Assert.True(own + 1 + slack >= Fit(theirs, c.Demands[i]) || (stuck && Saturates(c, i, j)),
                        $"f{i} runs {own}, with f{j}'s part {Fit(theirs, c.Demands[i])}");
                }
        });

    /// <summary>True if j went on after i could not, since it needs less of what ran out.</summary>
    private static bool Saturates(Case c, int i, int j) =>
        c.Demands[j].MilliCpus < c.Demands[i].MilliCpus || c.Demands[j].MemBytes < c.Demands[i].MemBytes;

    private static bool StillFits(Dictionary<string, Resources>[] given, Case c, Resources total, Resources demand)
    {
        var used = Sum(c.Demands.Select((d, i) =>
            Resources.FromScalars(d.MilliCpus * Tasks(given[i], d), d.MemBytes * Tasks(given[i], d))));
        return (total - used).Contains(demand);
    }

    [Fact]
    public void Pareto_efficiency_what_is_left_on_an_agent_fits_nobodys_task() =>
        ManyAgents.Sample(c =>
        {
            var given = Allocate(c);
            for (var a = 0; a < c.Agents.Length; a++)
            {
                var name = $"agent-{a:00}";
                var left = c.Agents[a] - Sum(given.Select(g => g.GetValueOrDefault(name, Resources.Empty)));
                Assert.DoesNotContain(c.Demands, left.Contains);
            }
        });

    [Fact]
    public void Strategy_proofness_a_lie_about_ones_demand_never_runs_more_tasks_but_for_one() =>
        Gen.Select(OneAgent, Gen.Int[0, 4], Gen.Int[0, 8], Gen.Int[0, 16]).Sample((c, liar, moreCpus, moreMem) =>
        {
            liar %= c.Demands.Length;
            var told = c.Demands.ToArray();
            told[liar] += Resources.FromScalars(moreCpus * 500L, (long)moreMem << 28);
            var truth = Tasks(Allocate(c)[liar], c.Demands[liar]);
            var lie = Tasks(Allocate(c, told)[liar], c.Demands[liar]);
            var slack = Slack(c.Demands.Concat(told), c.Demands[liar]);
            Assert.True(lie <= truth + 1 + slack, $"truth runs {truth}, the lie {lie}");
        });

    [Fact]
    public void Dominant_shares_differ_by_at_most_one_task_between_those_who_wanted_more_of_the_same() =>
        OneAgent.Sample(c =>
        {
            // All demand the same shape, only the size differs: then everybody saturates together.
            var demands = c.Demands.Select((d, i) => Resources.FromScalars(500 * (i + 1), (long)(i + 1) << 28)).ToArray();
            var given = Allocate(c with { Demands = demands });
            var total = c.Agents[0];
            var shares = demands.Select((d, i) => DominantOf(Tasks(given[i], d), d, total)).ToArray();
            var largest = demands.Max(d => DominantOf(1, d, total));
            Assert.True(shares.Max() - shares.Min() <= 2 * largest, $"shares {string.Join(' ', shares)}");
        });
}
