using System.Globalization;
using Xunit;

namespace Agora.Tests.Live.Cluster;

/// <summary>Agents that <c>agora up --cpu-quota</c> holds to a part of a processor.</summary>
public sealed class QuotaTests
{
    private const string Groups = "/sys/fs/cgroup";

    [Fact]
    public async Task A_command_takes_as_much_longer_as_its_node_is_held_back_and_nothing_is_left_in_the_kernel()
    {
        await using var cluster = new LiveCluster();
        await UpOrSkip(cluster);
        Assert.NotEmpty(GroupsSince(cluster));

        // Processor time of the shell itself in hundredths of a second, then wall time in microseconds.
        var run = await cluster.Run("bash", "-c",
            "s=${EPOCHREALTIME/./}; for ((i = 0; i < 300000; i++)); do :; done; e=${EPOCHREALTIME/./}; " +
            "read -ra f </proc/$$/stat; echo $((f[13] + f[14])) $((e - s))");
        Assert.True(run.ExitCode == 0, run.ToString());
        var numbers = run.Text.Split(' ').Select(w => double.Parse(w, CultureInfo.InvariantCulture)).ToList();
        var (cpu, wall) = (numbers[0] / 100, numbers[1] / 1e6);
        // Held to a fifth it takes five times as long or more; a busy machine only adds to that.
        Assert.True(wall > 3 * cpu, $"{cpu} s of processor time took {wall} s");

        Assert.Equal(0, (await cluster.Agora("down")).ExitCode);
        Assert.Empty(GroupsSince(cluster));
    }

    [Fact]
    public async Task What_a_cluster_leaves_behind_that_was_killed_is_swept_by_the_next_one()
    {
        await using var cluster = new LiveCluster();
        await UpOrSkip(cluster);
        foreach (var name in new[] { "node1", "node2", "master" })
            await cluster.KillHard(name);
        File.Delete(Path.Combine(cluster.Home, "cluster.json"));
        Assert.NotEmpty(GroupsSince(cluster));

        Assert.Equal(0, (await cluster.Up("--agents", "1", "--cpu-quota", "0.2")).ExitCode);
        Assert.Single(GroupsSince(cluster));
        Assert.Equal(0, (await cluster.Agora("down")).ExitCode);
        Assert.Empty(GroupsSince(cluster));
    }

    [Fact]
    public async Task A_quota_below_what_the_kernel_can_hold_is_refused()
    {
        await using var cluster = new LiveCluster();
        Programs.AssertRefused(await cluster.Up("--agents", "1", "--cpu-quota", "0.001"), 2, "hold agents", "0.02");
    }

    private static async Task UpOrSkip(LiveCluster cluster)
    {
        var up = await cluster.Up("--agents", "2", "--cpu-quota", "0.2");
        Assert.SkipWhen(up.Error.Contains("cannot be held to a part", StringComparison.Ordinal), up.Error);
        Assert.True(up.ExitCode == 0, up.ToString());
    }

    /// <summary>The control groups in which the cluster's agents were started, or that bear its mark since.</summary>
    private static List<string> GroupsSince(LiveCluster cluster)
    {
        var mark = Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(cluster.Home)), 0, 4).ToLowerInvariant();
        return [.. Directory.EnumerateDirectories(Groups, $"agora-{mark}-*", new EnumerationOptions
        {
            RecurseSubdirectories = true,
            MaxRecursionDepth = 3,
            AttributesToSkip = FileAttributes.ReparsePoint,
        })];
    }
}
