using Agora.Workloads.Fuzz;
using Xunit;

namespace Agora.Tests.Fast.Security;

/// <summary>A slice of what <c>./bench fuzz</c> does, with inputs that are the same each time.</summary>
public class FuzzTests
{
    private const int Inputs = 5_000, Seed = 7;

    public static readonly TheoryData<string> Names = [.. FuzzCommand.Targets().Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Wrong_inputs_are_refused_quickly_and_nothing_breaks(string name)
    {
        var result = FuzzRun.Of(FuzzCommand.Targets().Single(t => t.Name == name), Inputs, Seed);
        Assert.Empty(result.Findings.Select(f => $"{Convert.ToBase64String(f.Input)}: {f.What}"));
        Assert.True(result.Ways > 1, "every input led to the same");
    }

    [Fact]
    public void A_reader_that_breaks_is_found()
    {
        var target = new FuzzTarget("broken", ["cpus:1"u8.ToArray()], [":"], input => input.Count(b => b == ':') > 2 ? throw new InvalidOperationException("three") : "fine");
        Assert.NotEmpty(FuzzRun.Of(target, Inputs, Seed).Findings);
    }

    [Fact]
    public void A_reader_that_takes_much_memory_is_found()
    {
        var target = new FuzzTarget("greedy", ["x"u8.ToArray()], [], input => $"{new byte[input.Length > 100 ? 16 << 20 : 1].Length}");
        Assert.Contains("allocated", FuzzRun.Of(target, Inputs, Seed).Findings[0].What, StringComparison.Ordinal);
    }
}
