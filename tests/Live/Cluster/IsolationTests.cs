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
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }
}
