using Agora.Simulation;
using Xunit;

namespace Agora.Tests.Fast.Simulation;

/// <summary>A mistake at the edges of the machines is found; else the checks would be worth nothing.</summary>
public class InjectedBugTests
{
    /// <summary>Within so many seeds each is found.</summary>
    private const ulong SeedsMax = 40;

    public static IEnumerable<TheoryDataRow<string>> Bugs => InjectedBugs.All.Keys.Select(b => new TheoryDataRow<string>(b));

    [Theory, MemberData(nameof(Bugs))]
    public void A_mistake_is_found(string bug)
    {
        var injected = InjectedBugs.All[bug];
        for (var seed = 1UL; seed <= SeedsMax; seed++)
        {
            try
            {
                new Scenario(seed, Fault.Parse(injected.Faults), injected.Make()).Run();
            }
            catch (Exception)
            {
                return;
            }
        }
        Assert.Fail($"{bug} was not found within {SeedsMax} seeds: bin/agora simulate --seeds {SeedsMax} --faults {injected.Faults} --inject {bug}");
    }
}
