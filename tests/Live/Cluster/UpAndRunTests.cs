using System.Text.RegularExpressions;
using Agora.Supervisor.Shared;
using Xunit;

namespace Agora.Tests.Live.Cluster;

[Collection(SharedCluster.Name)]
public sealed class UpAndRunTests(LiveCluster cluster)
{
    [Fact]
    public void Up_prints_a_line_for_the_master_and_each_agent()
    {
        var lines = cluster.Started!.Text;
        Assert.Matches($@"(?m)^master +http://127\.0\.0\.1:{cluster.Port} +up in \d+ ms$", lines);
        for (var i = 1; i <= 4; i++)
            Assert.Matches($@"(?m)^node{i} +http://127\.0\.0\.1:\d+ +up in \d+ ms$", lines);
        Assert.Contains($"dashboard            {cluster.Master}", lines, StringComparison.Ordinal);
        Assert.Contains($"4 agents registered with {cluster.Master}".TrimEnd('/'), lines, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_passes_on_output_error_output_and_exit_code()
    {
        var run = await cluster.Run("sh", "-c", "echo hello; echo oops >&2; exit 3");
        Assert.Equal((3, "hello\n", "oops\n"), (run.ExitCode, run.Text, run.Error));
    }

    [Fact]
    public async Task Run_passes_on_binary_output_byte_by_byte()
    {
        var bytes = new byte[200_000];
        new Random(7).NextBytes(bytes);
        var file = Path.Combine(cluster.Home, "bytes");
        await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        var run = await cluster.Run("cat", file);
        Assert.True(run.ExitCode == 0 && bytes.AsSpan().SequenceEqual(run.Output), $"{run.Output.Length} bytes; {run.Error}");
    }

    [Fact]
    public async Task Run_sets_environment_variables_and_fetches_files()
    {
        var file = Path.Combine(cluster.Home, "fetched.txt");
        await File.WriteAllTextAsync(file, "from a file\n", TestContext.Current.CancellationToken);
        var run = await cluster.Agora("run", "--cpus", "0.5", "--mem", "32", "--env", "GREETING=good = day", "--env", "EMPTY=",
            "--fetch", file, "--", "sh", "-c", "echo \"$GREETING|$EMPTY|\"; cat fetched.txt");
        Assert.Equal((0, "good = day||\nfrom a file\n", ""), (run.ExitCode, run.Text, run.Error));
    }

    [Fact]
    public async Task Run_refuses_an_environment_variable_without_a_value() => Programs.AssertRefused(
        await cluster.Agora("run", "--env", "GREETING", "--", "true"), 2, "--env 'GREETING'", "NAME=VALUE");

    [Fact]
    public async Task A_file_that_cannot_be_fetched_is_named()
    {
        var run = await cluster.Agora("run", "--fetch", "/nowhere/at-all", "--", "true");
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("/nowhere/at-all", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_does_not_exist_is_a_clear_error()
    {
        var run = await cluster.Run("no-such-command-anywhere");
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("no-such-command-anywhere", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupting_run_kills_the_task_and_exits_130()
    {
        // A shell without job control starts its background processes deaf to SIGINT; env opens their ears.
        using var run = Programs.Start(cluster.Home, "env", "--default-signal=INT", Programs.Agora, "run", "--name",
            "interrupted", "--", "sh", "-c", "echo started; exec sleep 1000");
        Assert.Equal("started", await run.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        _ = Libc.kill(run.Id, 2);
        var ended = await Programs.EndOf(run);
        Assert.True(ended.ExitCode == 130, ended.ToString());
        var task = await Programs.Until("the task to be killed",
            async () => (await cluster.Snapshot()).Tasks.Single(t => t.Name == "interrupted"),
            t => t.State == TaskState.Killed, t => t.ToString());
        Assert.Contains(task.History, s => s.State == TaskState.Killed);
        await Programs.Until("the process to end",
            () => !cluster.Processes().Any(p => p.ToString().Contains("sleep 1000", StringComparison.Ordinal)),
            () => string.Join('\n', cluster.Processes()));
    }

    [Fact]
    public async Task A_second_up_says_that_a_cluster_is_up_already()
    {
        Programs.AssertRefused(await cluster.Agora("up", "--agents", "1", "--port", $"{Programs.FreePort()}", "--no-services",
            "--detach"), 1, "a cluster is up already", "agora down");
        Assert.Equal(0, (await cluster.Run("true")).ExitCode);
    }
}

/// <summary>What needs clusters that begin and end.</summary>
public sealed class DownTests
{
    [Fact]
    public async Task Down_leaves_no_process_behind_and_a_second_down_says_there_is_no_cluster()
    {
        var cluster = new LiveCluster();
        try
        {
            var up = await cluster.Up("--agents", "1");
            Assert.True(up.ExitCode == 0, up.ToString());
            // One that ignores the polite request and one that has left its process group.
            using var stubborn = Programs.Start(cluster.Home, Programs.Agora, "run", "--", "sh", "-c",
                "trap '' TERM; setsid sleep 1000 & echo started; sleep 1000");
            Assert.Equal("started", await stubborn.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
            Assert.NotEmpty(cluster.Processes());

            var down = await cluster.Agora("down");
            Assert.True(down.ExitCode == 0, down.ToString());
            Assert.Contains($"{cluster.Port} is down", down.Text, StringComparison.Ordinal);
            await Programs.EndOf(stubborn);
            Assert.Empty(cluster.Processes());
            Programs.AssertRefused(await cluster.Agora("down"), 1, "there is no cluster", "AGORA_HOME");
        }
        finally
        {
            await cluster.DisposeAsync();
        }
    }

    [Fact]
    public async Task Up_on_a_port_in_use_says_so_and_leaves_nothing_running()
    {
        using var holder = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        holder.Start();
        var port = ((System.Net.IPEndPoint)holder.LocalEndpoint).Port;
        var cluster = new LiveCluster();
        try
        {
            var up = await cluster.Agora("up", "--agents", "2", "--port", $"{port}", "--no-services", "--detach");
            Programs.AssertRefused(up, 1, $"port {port}", $"port {port}");
            Assert.Matches(new Regex("in use", RegexOptions.IgnoreCase), up.Error);
            Assert.Empty(cluster.Processes());
            Programs.AssertRefused(await cluster.Agora("status"), 1, "no cluster", "agora up");
        }
        finally
        {
            await cluster.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("agora-master")]
    [InlineData("agora-agent", "--master", "http://127.0.0.1:1")]
    public async Task Daemons_refuse_to_listen_where_other_machines_reach_them(string daemon, params string[] more)
    {
        var home = Directory.CreateTempSubdirectory("agora-bind-").FullName;
        try
        {
            var refused = await Programs.Run(home, Path.Combine(Programs.Bin, daemon),
                ["--bind", "0.0.0.0", "--port", "0", "--work-dir", home, .. more]);
            Programs.AssertRefused(refused, 2, "will not listen on 0.0.0.0", "--insecure");
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }
}
