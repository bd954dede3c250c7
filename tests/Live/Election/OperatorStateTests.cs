using System.Diagnostics;
using System.Text.Json;
using Agora.Election;
using Agora.Supervisor.Shared;
using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Election;

/// <summary>What operators decide outlives the leader that they told it, killed hard.</summary>
public sealed class OperatorStateTests : IAsyncDisposable
{
    /// <summary>What a master ends with that has lost the leadership.</summary>
    private const int LeadershipLost = 3;

    private readonly string _home = Directory.CreateTempSubdirectory("agora-decided-").FullName;
    private readonly Dictionary<string, Process> _processes = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes.Values)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(Cancellation);
            process.Dispose();
        }
        foreach (var left in RunningProcess.Naming(_home))
            _ = Libc.kill(left.Pid, Libc.SIGKILL);
        await Programs.Until("nothing to be left", () => RunningProcess.Naming(_home).Count == 0, () => string.Join('\n', RunningProcess.Naming(_home)));
        Directory.Delete(_home, recursive: true);
    }

    private void Launch(string name, string program, params string[] arguments)
    {
        if (_processes.Remove(name, out var former))
            former.Dispose();
        _processes[name] = Programs.Start(_home, Path.Combine(Programs.Bin, program), [.. arguments, "--work-dir", $"{_home}/{name}"]);
    }

    [Theory]
    [InlineData("etcd")]
    [InlineData("zk")]
    [InlineData("alone")]
    public async Task Weights_drained_and_gone_agents_and_maintenance_survive_the_leader(string kind)
    {
        await using var server = kind == "alone" ? null : new ElectionServer(kind);
        var ports = new[] { Programs.FreePort(), Programs.FreePort() };
        var location = server?.Location ?? MasterLocation.Parse($"http://127.0.0.1:{ports[0]}");
        void Master(int i) => Launch($"master{ports[i]}", "agora-master",
            ["--port", $"{ports[i]}", .. server is null ? Array.Empty<string>() : ["--election", $"{location}", "--lease", "2"]]);
        void Agent(string name) => Launch(name, "agora-agent", "--master", $"{location}", "--port", "0", "--hostname", name, "--resources", "cpus:2;mem:512");
        async Task<JsonElement> Json(params string[] arguments)
        {
            // As whoever watches over masters would: on a busy machine a lease may run out.
            foreach (var i in new[] { 0, 1 })
                if (_processes.GetValueOrDefault($"master{ports[i]}") is { HasExited: true, ExitCode: LeadershipLost })
                    Master(i);
            var finished = await Programs.Run(_home, Programs.Agora, [.. arguments, "--json", "--master", $"{location}"]);
            return finished.ExitCode == 0 ? JsonDocument.Parse(finished.Output).RootElement : default;
        }
        async Task Order(params string[] arguments)
        {
            var finished = await Programs.Run(_home, Programs.Agora, [.. arguments, "--master", $"{location}"]);
            Assert.True(finished.ExitCode == 0, finished.ToString());
        }
        Task<JsonElement> Agents(string conditions) => Programs.Until(conditions, () => Json("agents"),
            agents => Conditions(agents) == conditions, agents => Conditions(agents));

        Master(0);
        if (server is not null)
            Master(1);
        foreach (var name in new[] { "node1", "node2", "node3", "node4" })
            Agent(name);
        var agents = await Agents("node1 Active, node2 Active, node3 Active, node4 Active");
        var gone = agents.EnumerateArray().Single(a => a.GetProperty("hostname").GetString() == "node2").GetProperty("id").GetString()!;
        await Order("roles", "set", "heavy", "--weight", "3", "--guarantee", "cpus:1;mem:64");
        await Order("drain", "node1", "--wait");
        await Order("agents", "gone", "node2");
        await Order("maintenance", "schedule", "--machines", "node3", "--name", "oil");
        await _processes["node2"].WaitForExitAsync(Cancellation).WaitAsync(Programs.Patience, Cancellation);
        Assert.Equal(1, _processes["node2"].ExitCode);
        Assert.Contains($"an operator has marked {gone} gone", await _processes["node2"].StandardError.ReadToEndAsync(Cancellation), StringComparison.Ordinal);

        await using var finder = location.CreateFinder();
        var leader = (await finder.FindAsync(null, Cancellation))!;
        var epoch = (await Json("status")).GetProperty("epoch").GetInt64();
        _processes[$"master{leader.Port}"].Kill();
        if (server is null)
        {
            await _processes[$"master{leader.Port}"].WaitForExitAsync(Cancellation);
            Master(0);
        }
        await Agents("node1 Drained, node3 Maintenance, node4 Active");
        Assert.True((await Json("status")).GetProperty("epoch").GetInt64() > epoch);
        var heavy = (await Json("roles")).EnumerateArray().Single(r => r.GetProperty("name").GetString() == "heavy");
        Assert.Equal((3, "cpus:1;mem:64"), (heavy.GetProperty("weight").GetInt32(), heavy.GetProperty("guaranteed").GetProperty("text").GetString()));
        Assert.Equal("oil", Assert.Single((await Json("maintenance", "status")).EnumerateArray()).GetProperty("name").GetString());

        // The machine of the agent that is gone comes back with what it had.
        Agent("node2");
        await _processes["node2"].WaitForExitAsync(Cancellation).WaitAsync(Programs.Patience, Cancellation);
        Assert.Equal(1, _processes["node2"].ExitCode);
        File.Delete($"{_home}/node2/agent-id");
        Agent("node2");
        await Order("reactivate", "node1");
        await Order("maintenance", "cancel", "oil");
        agents = await Agents("node1 Active, node2 Active, node3 Active, node4 Active");
        Assert.DoesNotContain(agents.EnumerateArray(), a => a.GetProperty("id").GetString() == gone);
    }

    private static string Conditions(JsonElement agents) => agents.ValueKind != JsonValueKind.Array ? "no answer" : string.Join(", ",
        agents.EnumerateArray().Select(a => $"{a.GetProperty("hostname").GetString()} {a.GetProperty("condition").GetString()}").Order(StringComparer.Ordinal));

    [Fact]
    public async Task A_second_agent_with_a_work_directory_that_is_in_use_is_refused_and_one_with_a_copy_is_turned_away()
    {
        var port = Programs.FreePort();
        Launch("master", "agora-master", "--port", $"{port}");
        string[] agent = ["--master", $"http://127.0.0.1:{port}", "--port", "0", "--hostname", "node1", "--resources", "cpus:2;mem:512"];
        Launch("agent", "agora-agent", agent);
        await Programs.Until("the agent", () => Programs.Run(_home, Programs.Agora, "agents", "--master", $"http://127.0.0.1:{port}"),
            f => f.Text.Contains("active", StringComparison.Ordinal), f => f.ToString());
        Programs.AssertRefused(await Programs.Run(_home, Path.Combine(Programs.Bin, "agora-agent"), [.. agent, "--work-dir", $"{_home}/agent"]), 1,
            "another agent runs with the work directory", "--work-dir");

        Directory.CreateDirectory($"{_home}/copy");
        File.Copy($"{_home}/agent/agent-id", $"{_home}/copy/agent-id");
        var copy = await Programs.Run(_home, Path.Combine(Programs.Bin, "agora-agent"), [.. agent, "--work-dir", $"{_home}/copy"]);
        Assert.Equal(1, copy.ExitCode);
        Assert.Contains("is registered from node1 already, by another process that answers", copy.Error, StringComparison.Ordinal);
        Assert.False(_processes["agent"].HasExited);
        // And a master with the work directory of another does not lead.
        var second = await Programs.Run(_home, Path.Combine(Programs.Bin, "agora-master"), "--port", "0", "--work-dir", $"{_home}/master");
        Programs.AssertRefused(new Finished(second.ExitCode, second.Output, second.Error.Trim()), 1, "cannot be read, and a master must not lead", "no other master");
    }
}
