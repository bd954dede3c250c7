using System.Text.Json;
using System.Xml.Linq;
using Xunit;

namespace Agora.Tests.Fast.Repository;

/// <summary>What <c>./build</c> and <c>./test</c> compile.</summary>
public sealed class SolutionTests
{
    private static readonly IReadOnlyList<string> s_all = [.. XDocument.Parse(RepositoryRoot.Read("Agora.slnx")).Descendants("Project")
        .Select(p => p.Attribute("Path")!.Value).Order(StringComparer.Ordinal)];

    [Fact]
    public void Every_project_is_in_the_solution() => Assert.Equal(
        RepositoryRoot.Files(".csproj").Where(p => !p.Contains("/agora-framework/", StringComparison.Ordinal)), s_all);

    [Fact]
    public void Programs_are_all_projects_but_the_tests()
    {
        using var filter = JsonDocument.Parse(RepositoryRoot.Read("Programs.slnf"));
        var programs = filter.RootElement.GetProperty("solution").GetProperty("projects").EnumerateArray().Select(p => p.GetString()!);
        Assert.Equal(s_all.Where(p => !p.StartsWith("tests/", StringComparison.Ordinal)), programs.Order(StringComparer.Ordinal));
    }
}
