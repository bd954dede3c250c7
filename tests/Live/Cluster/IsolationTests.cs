using Xunit;

namespace Agora.Tests.Live.Cluster;

/// <summary>Agents that hold tasks to what they asked for by control groups.</summary>
public sealed class IsolationTests
{
    [Fact]
    public async Task A_task_beyond_its_memory_is_killed_alone_and_says_why_and_nothing_is_left_in_the_kernel()
    {
        await using var cluster = new LiveCluster();
        var up = await cluster.Up("--agents", "1", "--cpus", "4", "--isolation", "cgroups");
        Assert.SkipWhen(up.ToString().Contains("cannot be held to their resources", StringComparison.Ordinal), up.ToString());
        Assert.True(up.ExitCode == 0, up.ToString());
        await using (var framework = new LiveFramework(cluster, new FrameworkInfo(null, "hungry")))
            await KillOneAsync(cluster, framework);

        Assert.Equal(0, (await cluster.Agora("down")).ExitCode);
        var mark = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(
            System.Text.Encoding.UTF8.GetBytes(Path.Combine(cluster.Home, "node1"))))[..16];
        Assert.Empty(Directory.EnumerateDirectories("/sys/fs/cgroup", $"agora-{mark}-*", new EnumerationOptions
        {
            RecurseSubdirectories = true,
            MaxRecursionDepth = 4,
            AttributesToSkip = FileAttributes.ReparsePoint,
        }));
    }

    [Fact]
    public async Task Without_control_groups_memory_and_disk_are_held_by_looking_also_after_the_agent_was_started_anew()
    {
        await using var cluster = new LiveCluster();
        var up = await cluster.Up("--agents", "1", "--cpus", "4", "--disk", "100", "--isolation", "memory,disk");
        Assert.True(up.ExitCode == 0, up.ToString());
        await using var framework = new LiveFramework(cluster, new FrameworkInfo(null, "hungry"));
        var offer = await framework.Offer();
        const string late = "echo here; while [ ! -e go ]; do sleep 0.05; done; ";
        framework.Call(new SchedulerCall.Accept([offer.Id], [
            LiveFramework.Task("neighbour", offer.AgentId, Resources.Of(0.5m, 64), "exec sleep 1000"),
            LiveFramework.Task("eater", offer.AgentId, Resources.Of(0.5m, 64), $"{late} exec python3 -c 'import time; x = bytearray(200 << 20); time.sleep(1000)'"),
            LiveFramework.Task("writer", offer.AgentId, Resources.Of(0.5m, 64, diskMib: 10), $"{late} head -c 20M /dev/zero > large; exec sleep 1000"),
        ]));
        await framework.HearsOf("eater", TaskState.Running);
        await framework.HearsOf("writer", TaskState.Running);
        // The next process is told by its records what they asked for.
        cluster.Restart(await cluster.KillHard("node1"));
        foreach (var task in (string[])["eater", "writer"])
        {
            var sandbox = Directory.EnumerateDirectories(Path.Combine(cluster.Home, "node1", "sandboxes"), task, SearchOption.AllDirectories).Single();
            await File.WriteAllTextAsync(Path.Combine(Directory.EnumerateDirectories(sandbox).Single(), "go"), "", TestContext.Current.CancellationToken);
        }
        var eaten = await framework.HearsOf("eater", TaskState.Failed);
        Assert.Equal(StatusReason.MemoryLimit, eaten.Reason);
        Assert.Contains("64 MiB", eaten.Message, StringComparison.Ordinal);
        var written = await framework.HearsOf("writer", TaskState.Failed);
        Assert.Equal(StatusReason.DiskLimit, written.Reason);
        Assert.Contains("more than the 10 MiB", written.Message, StringComparison.Ordinal);
        Assert.Matches("(?m)^neighbour .* running", (await cluster.Agora("tasks")).Text);
    }

    [Fact]
    public async Task Tasks_in_namespaces_see_only_themselves_and_keep_their_exit_codes_and_output()
    {
        Assert.SkipUnless(Environment.UserName == "root", "needs root");
        await using var cluster = new LiveCluster();
        var up = await cluster.Up("--agents", "1", "--isolation", "namespaces");
        Assert.SkipWhen(up.ToString().Contains("cannot have", StringComparison.Ordinal), up.ToString());
        Assert.True(up.ExitCode == 0, up.ToString());
        var hidden = Directory.CreateTempSubdirectory("agora-hidden-").FullName;
        try
        {
            var run = await cluster.Run("sh", "-c", $"ls -d {hidden}; cat /proc/1/comm; touch /tmp/mine && ls /tmp/mine; exit 3");
            Assert.Equal(3, run.ExitCode);
            Assert.Equal("agora-superviso\n/tmp/mine\n", run.Text);
            Assert.Contains("No such file", run.Error, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(hidden);
        }
    }

    [Fact]
    public async Task Commands_run_as_their_framework_s_user_where_the_agent_switches()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can switch users");
        await using var cluster = new LiveCluster();
        // Others must get to the sandboxes.
        File.SetUnixFileMode(cluster.Home, (UnixFileMode)0x1ED);
        var up = await cluster.Up("--agents", "1", "--agent-options", "--switch-user");
        Assert.True(up.ExitCode == 0, up.ToString());
        await using var framework = new LiveFramework(cluster, new FrameworkInfo(null, "nobodys", User: "nobody"));
        var offer = await framework.Offer();
        framework.Call(new SchedulerCall.Accept([offer.Id], [
            LiveFramework.Task("who", offer.AgentId, Resources.Of(0.5m, 64), "test \"$(id -un) $(id -Gn) $USER\" = 'nobody nogroup nobody' && touch mine"),
        ]));
        Assert.Equal(0, (await framework.HearsOf("who", TaskState.Finished)).ExitCode);
    }

    [Fact]
    public async Task Sandboxes_go_some_time_after_their_tasks_have_ended()
    {
        await using var cluster = new LiveCluster();
        var up = await cluster.Up("--agents", "1", "--agent-options", "--gc-delay 2s --gc-disk-headroom 0");
        Assert.True(up.ExitCode == 0, up.ToString());
        await using var framework = new LiveFramework(cluster, new FrameworkInfo(null, "leaving"));
        var offer = await framework.Offer();
        framework.Call(new SchedulerCall.Accept([offer.Id], [
            LiveFramework.Task("staying", offer.AgentId, Resources.Of(0.5m, 64), "exec sleep 1000"),
            LiveFramework.Task("ending", offer.AgentId, Resources.Of(0.5m, 64), "mkdir -p a/b; echo c > a/b/c"),
        ]));
        await framework.HearsOf("staying", TaskState.Running);
        await framework.HearsOf("ending", TaskState.Finished);
        string[] Runs(string task) => [.. Directory.EnumerateDirectories(Path.Combine(cluster.Home, "node1", "sandboxes"), task, SearchOption.AllDirectories)
            .SelectMany(Directory.EnumerateDirectories)];
        var trash = Path.Combine(cluster.Home, "node1", "trash");
        string[] Left() => [.. Runs("ending"), .. Directory.Exists(trash) ? Directory.GetFileSystemEntries(trash) : ["nothing was thrown away yet"]];
        await Programs.Until("the sandbox to go", () => Left().Length == 0, () => string.Join('\n', Left()));
        Assert.Single(Runs("staying"));
    }

    private static async Task KillOneAsync(LiveCluster cluster, LiveFramework framework)
    {
        var offer = await framework.Offer();
        framework.Call(new SchedulerCall.Accept([offer.Id], [
            LiveFramework.Task("neighbour", offer.AgentId, Resources.Of(0.5m, 64), "exec sleep 1000"),
            LiveFramework.Task("eater", offer.AgentId, Resources.Of(0.5m, 64), "python3 -c 'x = bytearray(200 << 20)'; exec sleep 1000"),
        ]));
        var ended = await framework.HearsOf("eater", TaskState.Failed);
        Assert.Equal(StatusReason.MemoryLimit, ended.Reason);
        Assert.Contains("64 MiB", ended.Message, StringComparison.Ordinal);
        Assert.InRange(ended.Usage!.MemPeakBytes, 32L << 20, 128L << 20);
        var tasks = await cluster.Agora("tasks");
        Assert.Matches("(?m)^neighbour .* running", tasks.Text);
    }

    [Fact]
    public async Task Limits_that_are_not_kept_are_refused()
    {
        var home = Directory.CreateTempSubdirectory("agora-isolation-").FullName;
        try
        {
            Programs.AssertRefused(await Programs.Run(home, Path.Combine(Programs.Bin, "agora-agent"), "--master", "http://127.0.0.1:1", "--work-dir", home, "--cpu-quota"),
                2, "cannot be kept", "--isolation cgroups");
            Programs.AssertRefused(await Programs.Run(home, Path.Combine(Programs.Bin, "agora-agent"), "--master", "http://127.0.0.1:1", "--work-dir", home, "--isolation", "posix,magic"),
                2, "--isolation posix,magic", "one or more of these");
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }
}
