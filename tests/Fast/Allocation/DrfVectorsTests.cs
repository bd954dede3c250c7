using Agora.Cluster.Allocation;
using Xunit;

namespace Agora.Tests.Fast.Allocation;

/// <summary>
/// The allocations of the DRF paper (Ghodsi et al., NSDI'11), with weights, in whole tasks. Ties go to the framework
/// that comes first by name; a framework whose next task does not fit is skipped, and the next one is tried.
/// </summary>
public class DrfVectorsTests
{
    private const string Agent = "agent-1";

    /// <summary>How many tasks each framework gets of one agent; sizes are named "a", "b", … in order.</summary>
    private static int[] Tasks((int, int) capacity, (int, int)[] demands, int[]? weights = null)
    {
        var allocator = new Allocator(new DrfAllocator());
        allocator.AddAgent(new AgentId(Agent), "node1", Vector(capacity));
        for (var i = 0; i < demands.Length; i++)
        {
            allocator.SetRole(Name(i), (weights?[i] ?? 1) * 1000, null, null);
            allocator.AddFramework(new FrameworkId(Name(i)), Name(i), FrameworkFilters.None,
                [new Hint([], Vector(demands[i]), int.MaxValue, DateTimeOffset.MaxValue)]);
            allocator.SetActive(new FrameworkId(Name(i)), active: true, suppressed: false);
        }
        var grants = new List<Grant>();
        allocator.Allocate(DateTimeOffset.UnixEpoch, grants);
        return [.. demands.Select((demand, i) => grants.Where(g => g.FrameworkId.Value == Name(i))
            .Sum(g => Fitting(g.Resources, demand)))];
    }

    private static string Name(int i) => ((char)('a' + i)).ToString();

    /// <summary>A vector of two resources as thousandths of a processor and MiB.</summary>
    private static Resources Vector((int, int) amounts) => Resources.FromScalars(amounts.Item1 * 1000L, (long)amounts.Item2 << 30);

    private static int Fitting(Resources held, (int, int) demand)
    {
        var one = Vector(demand);
        return (int)Math.Min(one.MilliCpus == 0 ? int.MaxValue : held.MilliCpus / one.MilliCpus,
            one.MemBytes == 0 ? int.MaxValue : held.MemBytes / one.MemBytes);
    }

    [Fact]
    public void The_papers_base_example_gives_three_and_two_tasks() =>
        // Both dominant shares are 2/3: <3,12> of <9,18> and <6,2> of <9,18>.
        Assert.Equal([3, 2], Tasks((9, 18), [(1, 4), (3, 1)]));

    [Theory]
    [InlineData(2, 1, 4, 1)] // a, b, a, a, a: then nothing fits b or a
    [InlineData(1, 2, 3, 2)] // a, b, b, a, and skipping b, a
    public void Weights_shift_the_base_example(int weightA, int weightB, int tasksA, int tasksB) =>
        Assert.Equal([tasksA, tasksB], Tasks((9, 18), [(1, 4), (3, 1)], [weightA, weightB]));

    [Theory]
    [InlineData(1, 1, 30, 20)]
    [InlineData(2, 1, 41, 16)]
    [InlineData(1, 2, 18, 24)]
    public void Weights_on_ten_times_the_cluster(int weightA, int weightB, int tasksA, int tasksB) =>
        Assert.Equal([tasksA, tasksB], Tasks((90, 180), [(1, 4), (3, 1)], [weightA, weightB]));

    [Fact]
    public void Weights_on_a_hundred_times_the_cluster() =>
        Assert.Equal([415, 140], Tasks((900, 1800), [(1, 4), (3, 1)], [2, 1]));

    [Fact]
    public void Asset_fairness_example() => // both dominant shares 1/2
        Assert.Equal([5, 15], Tasks((30, 30), [(1, 3), (1, 1)]));

    [Fact]
    public void Sharing_incentive_example() => // continuous 7/2 and 21/8, in whole tasks 3 and 3
        Assert.Equal([3, 3], Tasks((21, 21), [(3, 2), (4, 1)]));

    [Fact]
    public void Resource_monotonicity_example() => // continuous 77/8 and 77/2
        Assert.Equal([10, 37], Tasks((77, 77), [(4, 2), (1, 1)]));

    [Theory]
    [InlineData(1, 4, 36)]
    [InlineData(8, 4, 34)] // lying about the second resource brings the first user nothing
    public void Strategy_proofness_example(int said, int tasksA, int tasksB) =>
        Assert.Equal([tasksA, tasksB], Tasks((100, 100), [(16, said), (1, 2)]));

    [Fact]
    public void Three_users_example() => // continuous 400/33, 100/33, 100/33
        Assert.Equal([12, 4, 3], Tasks((100, 100), [(4, 1), (1, 16), (16, 1)]));

    [Fact]
    public void Population_monotonicity_example() => // the third user has left: nobody has less
        Assert.Equal([20, 5], Tasks((100, 100), [(4, 1), (1, 16)]));

    [Fact]
    public void A_user_of_another_resource_does_not_lose_to_nine_rivals_for_the_first()
    {
        // <1,1>: the first wants only resource 1 and gets all of it; nine share resource 2 evenly.
        var demands = new[] { (1, 0) }.Concat(Enumerable.Repeat((0, 1), 9)).ToArray();
        Assert.Equal([90, .. Enumerable.Repeat(10, 9)], Tasks((90, 90), demands));
        // It lies that it needs both: now it is one of ten.
        demands[0] = (1, 1);
        Assert.Equal(Enumerable.Repeat(9, 10), Tasks((90, 90), demands));
    }
}
