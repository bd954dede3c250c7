using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using Xunit;

namespace Agora.Tests.Fast.Repository;

/// <summary>Who may know whom, read off the assemblies as they were built.</summary>
public class ReferenceTests
{
    private static readonly string[] Frameworks = ["hadoop", "torque", "mpi", "sparklike"];

    private static IReadOnlyList<string> References(string assembly)
    {
        using var file = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, assembly + ".dll")));
        var metadata = file.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(r => metadata.GetString(metadata.GetAssemblyReference(r).Name))];
    }

    private static IEnumerable<string> Built => Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll")
        .Select(f => Path.GetFileNameWithoutExtension(f)).Where(IsOurs);

    private static bool IsOurs(string assembly) => assembly == "agora" ||
        assembly.StartsWith("Agora.", StringComparison.Ordinal) || assembly.StartsWith("agora-", StringComparison.Ordinal);

    /// <summary>The framework an assembly is part of; null for the core.</summary>
    private static string? FrameworkOf(string assembly) => Array.Find(Frameworks, f =>
        assembly.StartsWith($"agora.{f}", StringComparison.OrdinalIgnoreCase) ||
        assembly.StartsWith($"agora-{f}", StringComparison.OrdinalIgnoreCase));

    [Theory]
    [InlineData("Agora.Model", "")]
    [InlineData("Agora.Cluster", "Agora.Model")]
    [InlineData("Agora.Election", "")]
    [InlineData("Agora.Security", "")]
    [InlineData("Agora.Sdk", "Agora.Model Agora.Election Agora.Security")]
    [InlineData("agora-simulate", "Agora.Model Agora.Cluster Agora.Sdk")]
    [InlineData("agora-daemon", "Agora.Model Agora.Cluster Agora.Election Agora.Security Agora.Web")]
    [InlineData("Agora.Web", "Agora.Model")]
    public void A_room_of_the_core_knows_only_the_rooms_below_it(string assembly, string allowed) =>
        Assert.Empty(References(assembly).Where(IsOurs).Except(allowed.Split(' ')));

    [Theory]
    [InlineData("Agora.Cluster")]
    [InlineData("agora-simulate")]
    public void The_pure_rooms_and_their_simulator_know_nothing_of_the_wire(string assembly) =>
        Assert.All(References(assembly).Where(r => !IsOurs(r)), r => Assert.StartsWith("System.", r, StringComparison.Ordinal));

    [Fact]
    public void No_framework_knows_the_daemon_the_cluster_or_another_framework()
    {
        foreach (var assembly in Built.Where(a => FrameworkOf(a) is not null))
        {
            var wrong = References(assembly).Where(r => IsOurs(r) && FrameworkOf(r) != FrameworkOf(assembly) &&
                r is not "Agora.Model" and not "Agora.Election" and not "Agora.Security" and not "Agora.Sdk" and not "Agora.Storage" and not "Agora.RemoteShell");
            Assert.True(!wrong.Any(), $"{assembly} references {string.Join(", ", wrong)}");
        }
    }

    [Theory]
    [InlineData("N:System.IO")]
    [InlineData("N:System.Net")]
    [InlineData("N:System.Threading")]
    [InlineData("T:System.Threading.Tasks.Task")]
    [InlineData("T:System.Diagnostics.Process")]
    [InlineData("T:System.Diagnostics.Stopwatch")]
    [InlineData("T:System.Random")]
    [InlineData("T:System.Console")]
    [InlineData("P:System.DateTime.Now")]
    [InlineData("P:System.DateTime.UtcNow")]
    [InlineData("P:System.DateTimeOffset.Now")]
    [InlineData("P:System.DateTimeOffset.UtcNow")]
    [InlineData("P:System.TimeProvider.System")]
    [InlineData("P:System.Environment.TickCount64")]
    [InlineData("M:System.Guid.NewGuid")]
    public void The_pure_room_cannot_compile_with_a_clock_a_file_a_socket_or_chance(string symbol) =>
        Assert.Contains(RepositoryRoot.Read("core/cluster/BannedSymbols.txt").Split('\n'),
            line => line.StartsWith(symbol + ";", StringComparison.Ordinal));

    [Fact]
    public void What_is_banned_in_the_pure_room_is_an_error_there()
    {
        var project = XDocument.Parse(RepositoryRoot.Read("core/cluster/Agora.Cluster.csproj"));
        Assert.Contains(project.Descendants("PackageReference"),
            p => (string?)p.Attribute("Include") == "Microsoft.CodeAnalysis.BannedApiAnalyzers");
        Assert.Contains(project.Descendants("AdditionalFiles"), f => (string?)f.Attribute("Include") == "BannedSymbols.txt");
        var common = XDocument.Parse(RepositoryRoot.Read("Directory.Build.props"));
        Assert.Equal("true", common.Descendants("TreatWarningsAsErrors").Single().Value);
        // RS0030 is the rule that reports them; nobody may turn it off for the room.
        foreach (var text in new[] { RepositoryRoot.Read("core/cluster/Agora.Cluster.csproj"), common.ToString(), RepositoryRoot.Read(".editorconfig") }
            .Concat(RepositoryRoot.Files(".cs").Where(f => f.StartsWith("core/cluster/", StringComparison.Ordinal)).Select(RepositoryRoot.Read)))
            Assert.DoesNotContain("RS0030", text, StringComparison.Ordinal);
    }
}
