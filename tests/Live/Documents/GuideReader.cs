using System.Diagnostics;
using System.Globalization;
using System.Text;
using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Documents;

/// <summary>
/// Somebody who follows a document literally: in one shell, with a home of his own, in a clone that has been built.
/// </summary>
internal sealed class GuideReader : IAsyncDisposable
{
    private const string UsualPort = "5050";

    private static readonly string s_sources = Path.GetDirectoryName(Programs.Bin)!;

    private readonly string _root = Directory.CreateTempSubdirectory("agora-guide-").FullName;
    private readonly string _port = Programs.FreePort().ToString(CultureInfo.InvariantCulture);

    public GuideReader()
    {
        Directory.CreateDirectory(Home);
        Directory.CreateDirectory(Steps);
        Directory.CreateDirectory(Clone);
        foreach (var entry in Directory.EnumerateFileSystemEntries(s_sources).Where(e => Path.GetFileName(e) is not ("build" or "artifacts" or ".git")))
            File.CreateSymbolicLink(Path.Combine(Clone, Path.GetFileName(entry)), entry);
        // What is tested is built already, and only to be packed.
        var build = Path.Combine(Clone, "build");
        File.WriteAllText(build, $"#!/bin/sh\n[ \"$1\" != tarball ] || exec {s_sources}/core/cli/pack-tarball artifacts\n");
        File.SetUnixFileMode(build, (UnixFileMode)Convert.ToInt32("755", 8));
    }

    private string Home => Path.Combine(_root, "home");
    private string Clone => Path.Combine(_root, "agora");
    private string Steps => Path.Combine(_root, "steps");

    /// <summary>Does one step after the other; stops with the first that goes wrong, and says which.</summary>
    public async Task Follow(string document, IReadOnlyList<Step> steps)
    {
        var script = new StringBuilder(Prelude);
        for (var i = 0; i < steps.Count; i++)
        {
            File.WriteAllText(StepFile(i), steps[i].Command.Replace(UsualPort, _port, StringComparison.Ordinal) + "\n");
            script.Append(CultureInfo.InvariantCulture, $"step {i} {steps[i].ExitCode}\n");
        }
        var main = Path.Combine(Steps, "main");
        await File.WriteAllTextAsync(main, script.ToString());

        var ended = await Programs.EndOf(Start("env", ["-C", Clone, .. Variables, "bash", main]), TimeSpan.FromMinutes(5));
        for (var i = 0; i < steps.Count; i++)
        {
            if (!File.Exists(OutputFile(i)))
                Assert.Fail($"{document}:{steps[i].Line} was not come to: {ended}");
            var (output, error) = (await File.ReadAllTextAsync(OutputFile(i)), await File.ReadAllTextAsync(StepFile(i) + ".err"));
            var (what, wrote) = ($"{document}:{steps[i].Line}: {steps[i].Command}\n", $"\n{output}and to standard error:\n{error}");
            if (!File.Exists(StepFile(i) + ".code"))
                Assert.Fail($"{what}ended the shell, and wrote:{wrote}");
            var code = int.Parse(await File.ReadAllTextAsync(StepFile(i) + ".code"), CultureInfo.InvariantCulture);
            Assert.True(code == steps[i].ExitCode, $"{what}ended with exit code {code}, not {steps[i].ExitCode}, and wrote:{wrote}");
            Assert.True(ShownOutput.IsThatOf(steps[i].Shown, output.Length > 0 ? output : error), $"{what}wrote what the document does not show:{wrote}");
        }
    }

    /// <summary>Each step is read by this shell, so that directories and variables stay; its input is empty.</summary>
    private string Prelude => $$"""
        agora() { if [ "$1" = up ]; then shift; command agora up --port {{_port}} "$@"; else command agora "$@"; fi; }
        step() {
          . "{{Steps}}/$1" </dev/null >"{{Steps}}/$1.out" 2>"{{Steps}}/$1.err"
          set -- "$1" "$2" $?
          echo $3 >"{{Steps}}/$1.code"
          [ "$3" = "$2" ] || exit 1
        }

        """;

    private IEnumerable<string> Variables =>
    [
        $"HOME={Home}", $"PATH={Programs.Bin}:{Environment.GetEnvironmentVariable("PATH")}", "DOTNET_NOLOGO=1", "DOTNET_CLI_TELEMETRY_OPTOUT=1",
        // Packages of the clone under test stay apart from the user's own; all others are there already.
        $"NUGET_PACKAGES={Path.Combine(_root, "packages")}", $"RestoreFallbackFolders={Packages}",
    ];

    private static string Packages => Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private string StepFile(int step) => Path.Combine(Steps, $"{step}");

    private string OutputFile(int step) => StepFile(step) + ".out";

    private static Process Start(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("AGORA_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        return Process.Start(start)!;
    }

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(Home, ".agora", "cluster.json")))
            await Programs.Run(Path.Combine(Home, ".agora"), Programs.Agora, "down");
        Directory.Delete(_root, recursive: true);
    }
}
