using System.Text.Json;
using Agora.Supervisor.Shared;
using Xunit;

namespace Agora.Tests.Live.Cluster;

[Collection(SharedCluster.Name)]
public sealed class ViewTests(LiveCluster cluster)
{
    public static readonly TheoryData<string> Commands = ["up", "down", "status", "agents", "frameworks", "tasks", "offers",
        "explain", "top", "dashboard", "completion", "logs", "kill", "run", "roles", "roles set", "drain", "deactivate", "reactivate", "agents gone", "maintenance",
        "maintenance schedule", "maintenance status", "maintenance cancel", "credential", "acl check", "certs ca", "certs issue", "master", "agent"];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task The_help_of_a_command_has_an_example(string command)
    {
        var help = await cluster.Agora([.. command.Split(' '), "--help"]);
        Assert.True(help.ExitCode == 0, help.ToString());
        Assert.Matches(@"Example:\s+agora " + command, help.Text);
    }

    /// <summary>Where there is no terminal it shows one moment, plainly.</summary>
    [Fact]
    public async Task Top_shows_who_holds_what()
    {
        await using var framework = await Viewed();
        var top = await cluster.Agora("top");
        Assert.True(top.ExitCode == 0, top.ToString());
        Assert.Contains("4 of 4 agents active", top.Text, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^viewed\s+default\s+\d+ ?% ", top.Text);
        Assert.Equal(4, top.Text.Split('\n').Count(l => l.StartsWith("node", StringComparison.Ordinal)));
        Assert.DoesNotContain('\e', top.Text);
    }

    [Fact]
    public async Task A_shell_completes_verbs_and_options()
    {
        var asked = await Programs.Run(cluster.Home, "bash", "-c", $$"""
            PATH={{Programs.Bin}}:$PATH; source <(agora completion bash)
            COMP_WORDS=(agora sta) COMP_CWORD=1 COMP_LINE='agora sta' COMP_POINT=9; _agora; echo "${COMPREPLY[@]}"
            COMP_WORDS=(agora drain --de) COMP_CWORD=2 COMP_LINE='agora drain --de' COMP_POINT=16; _agora; echo "${COMPREPLY[@]}"
            """);
        Assert.Equal("status\n--deadline\n", asked.Text);
    }

    [Theory]
    [InlineData("status", "RESOURCE", "TOTAL", "FREE", "4 active of 4", "allocator drf")]
    [InlineData("agents", "ID", "HOSTNAME", "STATE", "node1", "node4", "active", "rack:rack2")]
    [InlineData("frameworks", "ID", "NAME", "ROLE", "STATE", "SHARE", "viewed")]
    [InlineData("tasks", "ID", "FRAMEWORK", "STATE", "viewed-1", "running")]
    [InlineData("offers", "ID", "FRAMEWORK", "HOSTNAME", "LEFT", "offer-1-")]
    [InlineData("roles", "ROLE", "WEIGHT", "GUARANTEED", "default")]
    public async Task A_view_is_a_table_with_headers(string view, params string[] words)
    {
        await using var framework = await Viewed();
        var table = await cluster.Agora(view);
        Assert.True(table.ExitCode == 0, table.ToString());
        Assert.All(words, w => Assert.Contains(w, table.Text, StringComparison.Ordinal));
        Assert.All(table.Text.Split('\n'), line => Assert.Equal(line.TrimEnd(), line));
    }

    [Fact]
    public async Task Views_as_json_hold_what_the_tables_hold()
    {
        await using var framework = await Viewed();
        var id = framework.Id!.Value.Value;

        var status = await cluster.Json("status");
        Assert.Equal(4, status.GetProperty("agents").GetInt32());
        Assert.Equal(4, status.GetProperty("agentsActive").GetInt32());
        Assert.Equal(8, status.GetProperty("total").GetProperty("cpus").GetDecimal());
        Assert.Equal("drf", status.GetProperty("allocator").GetString());

        var agents = await cluster.Json("agents");
        Assert.Equal(["node1", "node2", "node3", "node4"],
            agents.EnumerateArray().Select(a => Text(a, "hostname")).Order(StringComparer.Ordinal));
        Assert.All(agents.EnumerateArray(), a =>
        {
            Assert.Equal("Active", Text(a, "condition"));
            Assert.Equal(2048L << 20, a.GetProperty("total").GetProperty("memBytes").GetInt64());
        });

        var own = (await cluster.Json("frameworks")).EnumerateArray().Single(f => Text(f, "id") == id);
        Assert.Equal(("viewed", "default", "Active"), (Text(own, "name"), Text(own, "role"), Text(own, "condition")));
        Assert.Equal(1, own.GetProperty("runningTasks").GetInt32());
        Assert.Equal(1, own.GetProperty("offersAccepted").GetInt64());

        var task = (await cluster.Json("tasks")).EnumerateArray().Single(t => Text(t, "framework") == id);
        Assert.Equal(("viewed-1", "Running"), (Text(task, "id"), Text(task, "state")));
        Assert.Equal(0.5m, task.GetProperty("resources").GetProperty("cpus").GetDecimal());
        Assert.Equal("Running", Text(task.GetProperty("history").EnumerateArray().Last(), "state"));

        var offers = (await cluster.Json("offers")).EnumerateArray().Where(o => Text(o, "framework") == id).ToList();
        Assert.NotEmpty(offers);
        Assert.All(offers, o => Assert.True(o.GetProperty("expires").GetDateTimeOffset() > o.GetProperty("made").GetDateTimeOffset()));

        var role = (await cluster.Json("roles")).EnumerateArray().Single(r => Text(r, "name") == "default");
        Assert.Equal(1, role.GetProperty("weight").GetDouble());

        var explanation = await cluster.Json("explain", "viewed");
        Assert.Equal(id, Text(explanation, "framework"));
        Assert.Equal(4, explanation.GetProperty("agents").GetArrayLength());
        Assert.Contains("viewed holds", Text(explanation, "summary"), StringComparison.Ordinal);
        Assert.Equal("viewed-1", Text(await cluster.Json("explain", "viewed", "viewed-1"), "id"));
    }

    [Fact]
    public async Task What_is_not_known_is_said_in_three_lines()
    {
        Programs.AssertRefused(await cluster.Agora("explain", "nobody"), 1, "no framework 'nobody'", "agora frameworks");
        Programs.AssertRefused(await cluster.Agora("explain", "nobody", "nothing"), 1, "no framework 'nobody'", "agora frameworks");
        Programs.AssertRefused(await cluster.Agora("logs", "nothing"), 1, "no task 'nothing'", "agora tasks");
        Programs.AssertRefused(await cluster.Agora("kill", "nothing"), 1, "no task 'nothing'", "agora tasks");
        Programs.AssertRefused(await cluster.Agora("kill"), 2, "nothing to kill", "agora kill");
        Programs.AssertRefused(await cluster.Agora("drain", "node9"), 1, "no agent 'node9'", "agora agents");
        Programs.AssertRefused(await cluster.Agora("roles", "set", "default", "--weight", "-1"), 1, "not changed", "--help");
        Programs.AssertRefused(await cluster.Agora("roles", "set", "x", "--guarantee", "cpus=1"), 2, "guarantee", "cpus:4");
        Programs.AssertRefused(await cluster.Agora("status", "--master", "not a url"), 2, "'not a url'", "http://HOST:PORT");
        Programs.AssertRefused(await cluster.Agora("status", "--master", $"http://127.0.0.1:{Programs.FreePort()}"), 1,
            "did not answer", "--master");
    }

    [Fact]
    public async Task Logs_prints_what_an_ended_task_wrote()
    {
        var run = await cluster.Agora("run", "--name", "talker", "--", "sh", "-c", "echo spoken; echo muttered >&2");
        Assert.True(run.ExitCode == 0, run.ToString());
        var output = await cluster.Agora("logs", "run", "--framework", "talker");
        Assert.Equal((0, "spoken\n"), (output.ExitCode, output.Text));
        var error = await cluster.Agora("logs", "run", "--framework", "talker", "--stderr");
        Assert.Equal((0, "muttered\n"), (error.ExitCode, error.Text));
    }

    [Fact]
    public async Task Logs_can_follow_a_task_to_its_end()
    {
        await using var framework = await Viewed("for i in $(seq 2000); do [ -e go ] && break; sleep 0.05; done; echo last");
        var following = Programs.EndOf(Programs.Start(cluster.Home, Programs.Agora, "logs", "-f", "viewed-1",
            "--framework", framework.Id!.Value.Value));
        var sandboxes = Directory.GetDirectories(cluster.Home, framework.Id.Value.Value, SearchOption.AllDirectories).Single();
        await File.WriteAllTextAsync(Path.Combine(Directory.GetDirectories(Path.Combine(sandboxes, "viewed-1")).Single(), "go"),
            "", TestContext.Current.CancellationToken);
        var followed = await following;
        Assert.Equal((0, "first\nlast\n"), (followed.ExitCode, followed.Text));
    }

    [Fact]
    public async Task Killing_a_task_makes_run_report_Killed()
    {
        using var run = Programs.Start(cluster.Home, Programs.Agora, "run", "--name", "victim", "--", "sh", "-c",
            "echo started; exec sleep 1000");
        Assert.Equal("started", await run.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
        var kill = await cluster.Agora("kill", "run", "--framework", "victim");
        Assert.True(kill.ExitCode == 0, kill.ToString());
        var ended = await Programs.EndOf(run);
        Programs.AssertRefused(ended, 128 + Libc.SIGTERM, "ended as Killed", "agora");
    }

    private static string? Text(JsonElement element, string member) => element.GetProperty(member).GetString();

    /// <summary>A framework with a task that runs and an offer that is out.</summary>
    private async Task<LiveFramework> Viewed(string then = "exec sleep 1000")
    {
        var framework = new LiveFramework(cluster, new FrameworkInfo(null, "viewed"));
        var offer = await framework.Offer();
        framework.Call(new SchedulerCall.Accept([offer.Id], [LiveFramework.Task("viewed-1", offer.AgentId,
            Resources.Of(0.5m, 64), $"echo first; {then}")], TimeSpan.Zero));
        await framework.HearsOf("viewed-1", TaskState.Running);
        await Programs.Until("offers", cluster.Snapshot, s => s.Offers.Count == 4, s => string.Join('\n', s.Offers));
        return framework;
    }
}
