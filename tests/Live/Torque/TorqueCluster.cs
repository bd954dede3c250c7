using System.Diagnostics;
using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Torque;

/// <summary>Four agents of two processors with the frameworks' services, as <c>agora up</c> starts them, and a shell for users.</summary>
public class TorqueCluster : LiveCluster, IAsyncLifetime
{
    protected override string[] Options => ["--agents", "4", "--cpus", "2", "--mem", "2048"];

    protected override bool HasServices => true;

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        // Other users pass through to the server's socket.
        File.SetUnixFileMode(Home, File.GetUnixFileMode(Home) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        await InitializeAsync();
    }

    /// <summary>A new directory that every user may write to.</summary>
    public static string NewDirectory()
    {
        var directory = Directory.CreateTempSubdirectory("agora-work-").FullName;
        File.SetUnixFileMode(directory, (UnixFileMode)Convert.ToInt32("777", 8));
        return directory;
    }

    /// <summary>Runs a line of shell with the commands of <c>bin/</c> first in PATH.</summary>
    /// <param name="user">Null for the user of the tests.</param>
    internal async Task<Finished> Shell(string line, string? directory = null, string? user = null)
    {
        var command = user is null ? (string[])["/bin/bash", "-c", line] : ["runuser", "-u", user, "--", "/bin/bash", "-c", line];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = directory ?? Home,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["PATH"] = $"{Programs.Bin}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["AGORA_HOME"] = Home;
        start.Environment["SOURCES"] = Path.Combine(Programs.Bin, "..", "workloads", "mpi");
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return await Programs.EndOf(process);
    }

    /// <summary>Runs a line of shell as another user, in that user's own environment.</summary>
    internal Task<Finished> ShellOf(TestUser user, string line, string directory) => Shell(
        $"export HOME={user.Home} USER={user.Name} LOGNAME={user.Name} SHELL=/bin/bash; {line}", directory, TestUser.IsAnother ? user.Name : null);

    /// <summary>Runs a line that must succeed, and gives its standard output without the last line's end.</summary>
    internal async Task<string> Output(string line, string? directory = null, string? user = null)
    {
        var finished = await Shell(line, directory, user);
        Assert.True(finished.ExitCode == 0, $"'{line}': {finished}");
        return finished.Text.TrimEnd('\n');
    }

    /// <summary>Waits until an attribute of a job has a value, as <c>qstat -f</c> shows it.</summary>
    internal async Task Becomes(string job, string attribute, string value) =>
        await Programs.Until($"{attribute} of {job} to be {value}", () => Output($"qstat -f -1 '{job}' || true"),
            shown => shown.Split('\n').Contains($"    {attribute} = {value}"), shown => shown);

    /// <summary>An attribute of a job; null if it has none such.</summary>
    internal async Task<string?> Attribute(string job, string name) => (await Output($"qstat -f -1 '{job}'")).Split('\n')
        .FirstOrDefault(l => l.StartsWith($"    {name} = ", StringComparison.Ordinal))?[$"    {name} = ".Length..];
}

/// <summary>Tests of Torque that share a cluster, one at a time.</summary>
[CollectionDefinition(Name)]
public sealed class SharedTorqueCluster : ICollectionFixture<TorqueCluster>
{
    public const string Name = "shared Torque cluster";
}
