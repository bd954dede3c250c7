using Agora.Supervisor.Shared;
using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Recovery;

/// <summary>Clusters of <c>agora up</c> whose masters elect one, and what its keeper does when parts end.</summary>
public sealed class SeveralMastersTests
{
    private const int SigStop = 19;

    [Theory]
    [InlineData("etcd", "etcd://")]
    [InlineData("zookeeper", "zk://")]
    public async Task Up_starts_masters_and_what_they_elect_by_and_down_leaves_nothing_of_them(string election, string scheme)
    {
        var cluster = new KeptCluster(["--masters", "2", "--election", election, "--agents", "1"]);
        try
        {
            await cluster.InitializeAsync();
            var said = cluster.Started!.Text;
            Assert.Matches($@"(?m)^{election} +{scheme}127\.0\.0\.1:\d+/agora +up in \d+ ms$", said);
            Assert.Matches($@"(?m)^master1 +http://127\.0\.0\.1:{cluster.Port} +up in \d+ ms$", said);
            Assert.Matches(@"(?m)^master2 +http://127\.0\.0\.1:\d+ +up in \d+ ms$", said);
            var status = await cluster.Agora("status");
            Assert.Matches(@"(?m)^masters +http://\S+ leads, http://\S+ stands by$", status.Text);
            Assert.Equal("hello\n", (await cluster.Run("echo", "hello")).Text);
        }
        finally
        {
            await cluster.DownAsync();
        }
        await Programs.Until("nothing to be left", () => cluster.Processes().Count == 0, () => string.Join('\n', cluster.Processes()));
        Directory.Delete(cluster.Home, recursive: true);
    }

    [Theory]
    [InlineData("etcd")]
    [InlineData("zookeeper")]
    public async Task A_killed_leader_is_succeeded_while_commands_wait_and_comes_back_to_stand_by(string election)
    {
        await using var cluster = new KeptCluster(["--masters", "2", "--election", election, "--agents", "1"]);
        await cluster.InitializeAsync();
        for (var kill = 1; kill <= 2; kill++)
        {
            var leader = await cluster.LeaderAsync();
            await cluster.KillHard(cluster.MasterAt(leader));
            // Not tried again: the command itself waits for the next leader.
            var run = await cluster.Run("echo", "hello");
            Assert.True(run is { ExitCode: 0, Text: "hello\n" }, run.ToString());
            Assert.NotEqual(leader, await cluster.LeaderAsync());
            await cluster.AllBackAsync(masters: 2);
        }
    }

    [Theory]
    [InlineData("etcd")]
    [InlineData("zookeeper")]
    public async Task A_command_does_not_wait_for_a_leader_that_stands_still(string election)
    {
        await using var cluster = new KeptCluster(["--masters", "2", "--election", election, "--agents", "1"]);
        await cluster.InitializeAsync();
        var leader = await cluster.LeaderAsync();
        var pid = cluster.Pid(cluster.MasterAt(leader));
        _ = Libc.kill(pid, SigStop);
        // While its lease lasts it is the leader, and is asked.
        Assert.NotEqual(leader, await cluster.LeaderAsync());
        _ = Libc.kill(pid, Libc.SIGCONT);
        await cluster.AllBackAsync(masters: 2);
    }

    [Theory]
    [InlineData("etcd")]
    [InlineData("zookeeper")]
    public async Task When_what_masters_elect_by_is_killed_they_lead_again_once_it_is_back(string election)
    {
        await using var cluster = new KeptCluster(["--masters", "2", "--election", election, "--agents", "1"]);
        await cluster.InitializeAsync();
        await cluster.KillHard(election);
        await cluster.AllBackAsync(masters: 2);
        Assert.Equal("hello\n", (await cluster.Run("echo", "hello")).Text);
    }

    [Fact]
    public async Task With_keep_a_killed_agent_and_a_lone_master_come_back()
    {
        await using var cluster = new KeptCluster(["--agents", "1", "--keep"]);
        await cluster.InitializeAsync();
        await cluster.KillHard("node1");
        await cluster.KillHard("master");
        await Programs.Until("the agent to be back", () => cluster.Agora("agents"), a => a.Text.Contains(" active ", StringComparison.Ordinal), a => a.ToString());
        Assert.Equal("hello\n", (await cluster.Run("echo", "hello")).Text);
    }

    [Fact]
    public async Task The_first_cluster_that_a_user_brings_up_may_have_networks()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root has networks to give");
        var directory = Directory.CreateTempSubdirectory("agora-first-").FullName;
        var (home, agora) = (Path.Combine(directory, "state"), Path.Combine(Programs.Bin, "agora"));
        var up = await Programs.Run(home, agora, "up", "--agents", "1", "--networks", "--detach", "--port", $"{Programs.FreePort()}");
        var down = await Programs.Run(home, agora, "down");
        Directory.Delete(directory, recursive: true);
        Assert.True(up.ExitCode == 0, up.ToString());
        Assert.True(down.ExitCode == 0, down.ToString());
    }

    [Fact]
    public async Task A_node_with_a_network_of_its_own_is_a_host_to_its_tasks_and_goes_with_the_cluster()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root has networks to give");
        var cluster = new KeptCluster(["--agents", "2", "--cpus", "2", "--networks"]);
        try
        {
            await cluster.InitializeAsync();
            var address = (await cluster.Run("hostname", "-I")).Text;
            Assert.StartsWith("10.78.", address, StringComparison.Ordinal);
            Assert.Equal(2, Links().Count());
            // A task on each node: both have a whole one, and wait for the other. 'getent' asks for an address as programs do.
            var script = $"""
                name=$(hostname); other=node1; [ $name = node1 ] && other=node2
                touch {cluster.Home}/met-$name; until [ -e {cluster.Home}/met-$other ]; do :; done
                echo $name; getent hosts $other | tr -s ' '; touch /dev/shm/agora-$name; ls /dev/shm
                """;
            var seen = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => cluster.Agora("run", "--cpus", "2", "--", "sh", "-c", script)));
            Assert.Equal(["node1", "node2"], seen.Select(s => s.Text.Split('\n')[0]).Order());
            foreach (var (text, other) in seen.Select(s => (s.Text, s.Text.StartsWith("node1", StringComparison.Ordinal) ? "node2" : "node1")))
                Assert.Matches($"^(node[12])\n10\\.78\\.[0-9]+\\.[0-9]+ {other}\nagora-\\1\n$", text);
        }
        finally
        {
            await cluster.DownAsync();
        }
        Assert.Empty(Links());
        Directory.Delete(cluster.Home, recursive: true);

        IEnumerable<string> Links() => cluster.Links.Where(l => Directory.Exists($"/sys/class/net/{l}"));
    }

    [Theory]
    [InlineData("0", "is not between 1 and 5")]
    [InlineData("6", "is not between 1 and 5")]
    public async Task As_many_masters_as_make_no_sense_are_refused(string masters, string why)
    {
        var home = Directory.CreateTempSubdirectory("agora-masters-").FullName;
        var refused = await Programs.Run(home, Programs.Agora, "up", "--masters", masters, "--detach");
        Programs.AssertRefused(refused, 2, $"cannot start {masters} masters", "--masters");
        Assert.Contains(why, refused.Error, StringComparison.Ordinal);
        Directory.Delete(home, recursive: true);
    }
}
