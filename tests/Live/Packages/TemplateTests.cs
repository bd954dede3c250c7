using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Packages;

/// <summary>What an author of a framework begins with, as <c>docs/your-own-framework.md</c> says it.</summary>
public sealed class TemplateTests
{
    private static readonly string Packages = Path.Combine(Path.GetDirectoryName(Programs.Bin)!, "lib", "packages");

    [Fact]
    public async Task A_framework_made_from_the_template_passes_its_tests_and_runs_on_a_cluster()
    {
        Assert.True(Directory.Exists(Packages), $"there is no {Packages}; make it with './build packages'");
        await using var cluster = new LiveCluster();
        var up = await cluster.Up("--agents", "2");
        Assert.True(up.ExitCode == 0, up.ToString());

        var hive = Path.Combine(cluster.Home, "hive");
        var template = Assert.Single(Directory.GetFiles(Packages, "Agora.Templates.*.nupkg"));
        await Succeeds(cluster.Home, "dotnet", "new", "install", template, "--debug:custom-hive", hive);
        await Succeeds(cluster.Home, "dotnet", "new", "agora-framework", "-o", "MyFramework", "--packages", Packages, "--debug:custom-hive", hive);
        var made = Path.Combine(cluster.Home, "MyFramework");

        var tested = await Succeeds(made, "dotnet", "run", "--project", "MyFramework.Tests");
        Assert.Contains("Total: 3, Errors: 0, Failed: 0", tested.Text, StringComparison.Ordinal);

        var ran = await Run(made, "dotnet", cluster.Home, "run", "--project", "MyFramework", "--", "echo hello", "exit 3");
        Assert.True(ran.ExitCode == 1, ran.ToString());
        Assert.Equal(["echo hello: Finished, exit code 0", "exit 3: Failed, exit code 3"], ran.Text.TrimEnd().Split('\n').Order(StringComparer.Ordinal));
        Assert.Matches(@"MyFramework\s+default\s+completed", (await cluster.Agora("frameworks")).Text);
    }

    private static async Task<Finished> Succeeds(string directory, string program, params string[] arguments)
    {
        var finished = await Run(directory, program, directory, arguments);
        Assert.True(finished.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {finished}");
        return finished;
    }

    private static Task<Finished> Run(string directory, string program, string home, params string[] arguments)
    {
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        return Programs.EndOf(Programs.Start(home, "env",
            ["-C", directory, $"NUGET_PACKAGES={Path.Combine(home, "packages")}", $"RestoreFallbackFolders={packages}", "DOTNET_NOLOGO=1", program, .. arguments]));
    }
}
