using Agora.Simulation;
using CsCheck;
using Xunit;

namespace Agora.Tests.Fast.Simulation;

public class DiceTests
{
    /// <summary>
    /// PCG-XSH-RR 64/32 with increment 1442695040888963407 and state 1 + increment, one number thrown away, reckoned apart
    /// from this code: a seed in a report must mean the same for ever.
    /// </summary>
    [Fact]
    public void Seed_1_gives_these_numbers_for_ever()
    {
        var dice = new Dice(1);
        Assert.Equal([1412771199u, 1791099446u, 124312908u, 1968572995u, 1080415314u, 2578637408u],
            Enumerable.Range(0, 6).Select(_ => dice.Next()));
    }

    [Fact]
    public void Numbers_between_two_bounds_reach_both_and_never_pass_them() =>
        Gen.ULong.Sample(seed =>
        {
            var dice = new Dice(seed);
            var seen = Enumerable.Range(0, 200).Select(_ => dice.Between(3, 6)).ToHashSet();
            // One of four missing in 200 throws has a chance of (3/4)^200, below 1e-24.
            return seen.SetEquals([3, 4, 5, 6]);
        }, iter: 100);

    [Fact]
    public void A_normal_time_is_never_below_the_least()
    {
        var (dice, second) = (new Dice(1), TimeSpan.FromSeconds(1));
        var drawn = Enumerable.Range(0, 1000).Select(_ => dice.Normal(second, second, second / 2)).ToList();
        Assert.All(drawn, time => Assert.True(time >= second / 2));
        // Cut at half a deviation below the mean, the mean of what is left is about 1.2 s: 0.69*1.51 + 0.31*0.5.
        Assert.InRange(drawn.Average(t => t.TotalSeconds), 1.1, 1.3);
    }
}
