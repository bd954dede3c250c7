using Agora.Mpi.Scheduling;
using CsCheck;
using Xunit;

namespace Agora.Tests.Fast.Mpi;

public sealed class SlotChoiceTests
{
    private static readonly Gen<(Dictionary<string, int> Free, int Wanted, Mapping Mapping)> Cases = Gen.Select(
        Gen.Int[0, 6].Array[1, 8], Gen.Int[1, 30], Gen.Bool.Select(b => b ? Mapping.Slot : Mapping.Node),
        (slots, wanted, mapping) => (slots.Select((s, i) => (s, i)).ToDictionary(x => $"node{x.i}", x => x.s), wanted, mapping));

    [Fact]
    public void Exactly_the_wanted_slots_are_taken_where_they_are_free_or_none() => Cases.Sample(c =>
    {
        var choice = SlotChoice.Choose(c.Free, c.Wanted, c.Mapping);
        Assert.Equal(c.Free.Values.Sum() >= c.Wanted, choice is not null);
        if (choice is null)
            return;
        Assert.Equal(c.Wanted, choice.Sum(t => t.Slots));
        Assert.All(choice, t => Assert.InRange(t.Slots, 1, c.Free[t.Node]));
        Assert.Equal(choice.Count, choice.Select(t => t.Node).Distinct().Count());
    });

    [Fact]
    public void Packed_slots_are_on_the_fewest_nodes() => Cases.Sample(c =>
    {
        if (SlotChoice.Choose(c.Free, c.Wanted, Mapping.Slot) is not { } choice)
            return;
        // The fewest nodes are what the largest ones need: count them by hand.
        var (fewest, sum) = (0, 0);
        foreach (var slots in c.Free.Values.OrderDescending())
        {
            if (sum >= c.Wanted)
                break;
            sum += slots;
            fewest++;
        }
        Assert.Equal(fewest, choice.Count);
    });

    [Fact]
    public void Spread_slots_differ_by_one_at_most_where_the_nodes_have_room() => Cases.Sample(c =>
    {
        if (SlotChoice.Choose(c.Free, c.Wanted, Mapping.Node) is not { } choice)
            return;
        var most = choice.Max(t => t.Slots);
        Assert.All(c.Free, f =>
        {
            var taken = choice.Where(t => t.Node == f.Key).Sum(t => t.Slots);
            Assert.True(taken >= most - 1 || taken == f.Value, $"{f.Key} gives {taken} of {f.Value}, another one {most}");
        });
    });

    [Fact]
    public void A_small_job_takes_the_smallest_node_that_holds_it() =>
        Assert.Equal([("node2", 2)], SlotChoice.Choose(
            new Dictionary<string, int> { ["node1"] = 4, ["node2"] = 2, ["node3"] = 3 }, 2, Mapping.Slot));
}
