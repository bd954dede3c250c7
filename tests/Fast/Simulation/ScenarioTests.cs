using Agora.Simulation;
using Xunit;

namespace Agora.Tests.Fast.Simulation;

/// <summary>A few of the random clusters that <c>agora simulate --seeds 1000</c> runs by the thousand.</summary>
public class ScenarioTests
{
    public static IEnumerable<TheoryDataRow<ulong>> Seeds => Enumerable.Range(1, 25).Select(s => new TheoryDataRow<ulong>((ulong)s));

    public static IEnumerable<TheoryDataRow<string>> Faults => Fault.All.Select(f => new TheoryDataRow<string>(f.Name));

    [Theory, MemberData(nameof(Seeds))]
    public void Every_law_holds_under_random_faults(ulong seed) => Run(seed, "all");

    [Theory, MemberData(nameof(Faults))]
    public void Every_law_holds_under_each_kind_of_fault_alone(string fault)
    {
        var struck = 0;
        for (var seed = 101UL; seed <= 103; seed++)
            struck += Run(seed, fault).Faults;
        Assert.True(struck > 0, "no fault struck");
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

    [Fact]
    public void A_fault_that_is_none_is_refused_and_those_that_are_are_named()
    {
        var refused = Assert.Throws<FormatException>(() => Fault.Parse("master-kill,flood"));
        Assert.StartsWith("'flood' is no fault; those are agent-kill, ", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["master-kill", "agent-kill"], Fault.Parse("master-kill, agent-kill").Select(f => f.Name));
        Assert.Empty(Fault.Parse("none"));
    }

    private static Scenario Run(ulong seed, string faults)
    {
        var scenario = new Scenario(seed, Fault.Parse(faults));
        try
        {
            scenario.Run();
        }
        catch (BrokenInvariantException e)
        {
            Assert.Fail($"{e.Message}\nreplay: bin/agora simulate --seed {seed}{(faults == "all" ? "" : $" --faults {faults}")}");
        }
        Assert.True(scenario.Tasks > 0, "no task came to its end");
        return scenario;
    }
}
