using System.Text.RegularExpressions;
using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Packages;

/// <summary>What systemd starts.</summary>
public sealed partial class UnitTests
{
    private const string Installed = "/opt/agora";

    private static readonly string s_sources = Path.GetDirectoryName(Programs.Bin)!;

    [Theory]
    [InlineData("agora-master")]
    [InlineData("agora-agent")]
    public async Task A_unit_starts_a_program_that_is_there_with_options_that_it_has(string name)
    {
        var unit = await File.ReadAllTextAsync(Path.Combine(s_sources, "core", "daemon", "systemd", $"{name}.service"), TestContext.Current.CancellationToken);
        var started = unit.Split('\n').Single(l => l.StartsWith("ExecStart=", StringComparison.Ordinal));
        var program = started.Split('=', ' ')[1];
        Assert.StartsWith($"{Installed}/bin/", program, StringComparison.Ordinal);
        var help = await Programs.Run("/tmp", program.Replace(Installed, s_sources, StringComparison.Ordinal), "--help");
        Assert.True(help.ExitCode == 0, help.ToString());

        // Those of the comment, which says what to write into the file of options, too.
        var options = Option().Matches(unit).Select(m => m.Value).ToList();
        Assert.Contains("--work-dir", options);
        Assert.All(options, o => Assert.Matches($@"(^|\s){o}\b", help.Text));
    }

    [Theory]
    [InlineData("agora-master")]
    [InlineData("agora-agent")]
    public async Task Systemd_finds_nothing_wrong_with_a_unit(string name)
    {
        const string verifier = "/usr/bin/systemd-analyze";
        Assert.SkipUnless(File.Exists(verifier), $"there is no {verifier} here");
        var home = Directory.CreateTempSubdirectory("agora-unit-").FullName;
        try
        {
            var unit = await File.ReadAllTextAsync(Path.Combine(s_sources, "core", "daemon", "systemd", $"{name}.service"), TestContext.Current.CancellationToken);
            var path = Path.Combine(home, $"{name}.service");
            await File.WriteAllTextAsync(path, unit.Replace(Installed, s_sources, StringComparison.Ordinal), TestContext.Current.CancellationToken);
            var verified = await Programs.Run(home, verifier, "verify", path);
            Assert.True(verified is { ExitCode: 0, Error: "", Output: [] }, verified.ToString());
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    [Fact]
    public async Task Agora_without_the_programs_beside_it_says_what_is_missing()
    {
        var home = Directory.CreateTempSubdirectory("agora-alone-").FullName;
        try
        {
            var alone = Path.Combine(home, "agora");
            File.Copy(Programs.Agora, alone);
            Programs.AssertRefused(await Programs.Run(home, alone, "master", "--port", "1"), 1, "'agora master' cannot be run", "archive");
            Programs.AssertRefused(await Programs.Run(home, alone, "up", "--detach"), 1, "master could not be started", "archive");
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    [GeneratedRegex("--[a-z][a-z-]*")]
    private static partial Regex Option();
}
