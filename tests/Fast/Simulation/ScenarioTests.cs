using Agora.Simulation;
using Xunit;

namespace Agora.Tests.Fast.Simulation;

/// <summary>A few of the random clusters that <c>agora simulate --seeds 1000</c> runs by the thousand.</summary>
public class ScenarioTests
{
    public static IEnumerable<TheoryDataRow<ulong>> Seeds => Enumerable.Range(1, 25).Select(s => new TheoryDataRow<ulong>((ulong)s));

    [Theory, MemberData(nameof(Seeds))]
    public void Every_law_holds_under_random_faults(ulong seed)
    {
        var scenario = new Scenario(seed);
        try
        {
            scenario.Run();
        }
        catch (BrokenInvariantException e)
        {
            Assert.Fail($"{e.Message}\nreplay: bin/agora simulate --seed {seed}");
        }
        Assert.True(scenario.Tasks > 0, "no task came to its end");
    }

    [Fact]
    public void A_seed_replays_to_the_event()
    {
        var (first, second) = (new Scenario(11), new Scenario(11));
        first.Run();
        second.Run();
        Assert.Equal((first.Events, first.Tasks, first.Time), (second.Events, second.Tasks, second.Time));
    }

    [Fact]
    public void Another_seed_is_another_history()
    {
        var (first, second) = (new Scenario(11), new Scenario(12));
        first.Run();
        second.Run();
        Assert.NotEqual(first.Events, second.Events);
    }
}
