using Agora.Torque.Jobs;
using Agora.Torque.Server.Scheduling;
using CsCheck;
using Xunit;

namespace Agora.Tests.Fast.Torque;

public sealed class NodeChoiceTests
{
    private const long Gib = 1L << 30;

    private static Capacity Nodes(params (string Name, int Slots, string Properties)[] nodes)
    {
        var capacity = new Capacity([.. nodes.Select(n => new NodeShape(n.Name, n.Properties.Split(' ').ToHashSet(), n.Slots))], 1000);
        for (var i = 0; i < nodes.Length; i++)
            (capacity.Slots[i], capacity.Memory[i]) = (nodes[i].Slots, 4 * Gib);
        return capacity;
    }

    private static string Choose(Capacity capacity, string nodes, int[]? preferred = null) =>
        Shown(capacity, NodeChoice.Find(capacity, NodeSpec.ParseNodes(nodes), preferred: preferred));

    private static string Shown(Capacity capacity, List<NodePick>? picks) => picks is null ? "none"
        : string.Join('+', picks.Select(p => $"{capacity.Nodes[p.Node].Name}*{p.Slots}"));

    [Theory]
    [InlineData("1", "c*1")]
    [InlineData("2:ppn=2", "c*2+a*2")]
    [InlineData("3:ppn=2", "c*2+a*2+b*2")]
    [InlineData("4", "none")]
    [InlineData("1:ppn=4", "a*4")]
    [InlineData("1:ppn=5", "none")]
    [InlineData("b:ppn=3", "b*3")]
    [InlineData("1:fast", "a*1")]
    [InlineData("1:fast+1", "a*1+c*1")]
    [InlineData("1+1:fast:ppn=4", "c*1+a*4")]
    [InlineData("2:fast", "none")]
    [InlineData("1:ppn=1#excl", "c*2")]
    public void Each_node_asked_for_is_another_one_that_has_what_was_asked_for(string nodes, string expected) =>
        Assert.Equal(expected, Choose(Nodes(("a", 4, "fast"), ("b", 4, ""), ("c", 2, "")), nodes));

    [Fact]
    public void What_is_at_hand_is_taken_before_what_must_be_asked_for() =>
        Assert.Equal("b*2", Choose(Nodes(("a", 2, ""), ("b", 4, "")), "1:ppn=2", preferred: [0, 2]));

    [Fact]
    public void Slots_anywhere_are_taken_wherever_they_are()
    {
        var capacity = Nodes(("a", 3, ""), ("b", 2, ""));
        NodeRequest[] five = [NodeRequest.One with { Count = 5, Anywhere = true }];
        Assert.Equal("a*3+b*2", Shown(capacity, NodeChoice.Find(capacity, five)));
        Assert.Null(NodeChoice.Find(capacity, [five[0] with { Count = 6 }]));
    }

    [Fact]
    public void Chunks_that_may_share_a_node_share_it_where_there_are_not_enough()
    {
        var capacity = Nodes(("a", 4, ""));
        Assert.Equal("a*4", Shown(capacity, NodeChoice.Find(capacity, NodeSpec.ParseSelect("2:ncpus=2", null))));
        Assert.Null(NodeChoice.Find(capacity, NodeSpec.ParseSelect("2:ncpus=2", "scatter")));
    }

    [Fact]
    public void Memory_counts_as_slots_do()
    {
        var capacity = Nodes(("a", 4, ""), ("b", 4, ""));
        capacity.Memory[0] = Gib;
        Assert.Equal("b*1", Shown(capacity, NodeChoice.Find(capacity, NodeSpec.ParseSelect("1:ncpus=1:mem=2gb", null))));
        Assert.Null(NodeChoice.Find(capacity, NodeSpec.ParseSelect("2:ncpus=1:mem=2gb", "scatter")));
    }

    [Fact]
    public void Nothing_goes_beyond_the_budget()
    {
        var capacity = Nodes(("a", 4, ""), ("b", 4, ""));
        capacity.Budget = 3;
        Assert.Equal("none", Choose(capacity, "2:ppn=2"));
        Assert.Equal("a*3", Choose(capacity, "1:ppn=3"));
    }

    [Fact]
    public void A_choice_never_takes_more_than_there_is_and_gives_all_that_was_asked_for() => Gen.Select(
        Gen.Int[0, 5].Array[1, 6], Gen.Select(Gen.Int[1, 3], Gen.Int[1, 4]).Array[1, 3], Gen.Int[1, 20]).Sample((free, wanted, budget) =>
        {
            var capacity = Nodes([.. free.Select((n, i) => ($"n{i}", n, ""))]);
            capacity.Budget = budget;
            NodeRequest[] requests = [.. wanted.Select(w => NodeRequest.One with { Count = w.Item1, Slots = w.Item2 })];
            if (NodeChoice.Find(capacity, requests) is not { } picks)
                return;
            Assert.Equal(wanted.Sum(w => w.Item1 * w.Item2), picks.Sum(p => p.Slots));
            Assert.Equal(wanted.Sum(w => w.Item1), picks.Count);
            capacity.Take(picks);
            Assert.All(capacity.Slots, n => Assert.True(n >= 0));
            Assert.True(capacity.Budget >= 0);
        });

    [Fact]
    public void A_job_that_must_wait_is_given_the_first_time_at_which_all_of_it_is_free()
    {
        var now = DateTimeOffset.UnixEpoch;
        var capacity = Nodes(("a", 4, ""), ("b", 4, ""));
        capacity.Slots[0] = 1;
        capacity.Slots[1] = 0;
        var profile = new Profile(now, capacity);
        profile.Release(now.AddHours(1), [new NodePick(0, 3, 0, 3)]);
        profile.Release(now.AddHours(3), [new NodePick(1, 4, 0, 4)]);
        List<NodePick>? Find(string nodes, Capacity free) => NodeChoice.Find(free, NodeSpec.ParseNodes(nodes));
        var whole = profile.Earliest(TimeSpan.FromHours(1), free => Find("2:ppn=4", free));
        Assert.Equal(now.AddHours(3), whole?.At);
        profile.Reserve(whole!.Value.At, whole.Value.At.AddHours(1), whole.Value.Picks);

        // What ends before then may run meanwhile, what does not has to wait until after it.
        Assert.Equal(now.AddHours(1), profile.Earliest(TimeSpan.FromHours(2), free => Find("1:ppn=4", free))?.At);
        Assert.Equal(now.AddHours(4), profile.Earliest(TimeSpan.FromHours(3), free => Find("1:ppn=4", free))?.At);
        Assert.Equal(now, profile.Earliest(TimeSpan.FromHours(3), free => Find("1", free))?.At);
    }
}
