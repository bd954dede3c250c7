using Agora.Hadoop.Tasks;
using CsCheck;
using Xunit;

namespace Agora.Tests.Fast.Hadoop;

public sealed class MergeRoundsTests
{
    [Fact]
    public void Runs_that_fit_are_merged_at_once() => Assert.Null(new MergeRounds(10, 1000).Next([100, 200, 300]));

    [Fact]
    public void Long_keys_are_merged_two_by_two_before_the_last_merge()
    {
        // Each is longer than the memory; two can always be merged.
        var rounds = new MergeRounds(10, 50);
        Assert.Equal(0..2, rounds.Next([100, 100, 100, 100]));
        Assert.Equal(1..3, rounds.Next([100, 100, 100]));
        Assert.Null(rounds.Next([100, 100]));
    }

    [Fact]
    public void No_merge_has_more_runs_or_longer_keys_than_allowed_unless_there_are_two() => Gen.Select(
        Gen.Int[0, 200].Array[1, 40], Gen.Int[2, 12], Gen.Long[1, 500]).Sample((keys, runsMax, keyBytesMax) =>
    {
        var runs = keys.ToList();
        var rounds = new MergeRounds(runsMax, keyBytesMax);
        while (rounds.Next(runs) is { } round)
        {
            var (first, count) = round.GetOffsetAndLength(runs.Count);
            Assert.InRange(count, 2, runsMax);
            Assert.True(count == 2 || runs.GetRange(first, count).Sum(k => (long)k) <= keyBytesMax);
            var merged = runs.GetRange(first, count).Max();
            runs.RemoveRange(first, count);
            runs.Insert(first, merged);
        }
        Assert.InRange(runs.Count, 1, runsMax);
        Assert.True(runs.Count <= 2 || runs.Sum(k => (long)k) <= keyBytesMax);
    });
}
