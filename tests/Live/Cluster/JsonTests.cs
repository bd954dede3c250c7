using System.Text.Json;
using Xunit;

namespace Agora.Tests.Live.Cluster;

[Collection(SharedCluster.Name)]
public sealed class JsonTests(LiveCluster cluster)
{
    [Fact]
    public async Task Run_as_json_tells_the_end_and_the_output_and_logs_as_json_tell_it_again()
    {
        var run = await cluster.Agora("run", "--json", "--name", "jsoned", "--", "sh", "-c", "echo out; echo err >&2; exit 4");
        Assert.Equal((4, ""), (run.ExitCode, run.Error));
        var told = JsonDocument.Parse(run.Text).RootElement;
        Assert.Equal(("Failed", 4), (told.GetProperty("state").GetString(), told.GetProperty("exitCode").GetInt32()));
        Assert.Equal(("out\n", "err\n"), (told.GetProperty("stdout").GetString(), told.GetProperty("stderr").GetString()));

        var framework = told.GetProperty("framework").GetString()!;
        var logs = await cluster.Json("logs", "run", "--framework", framework, "--stderr");
        Assert.Equal(("stderr", "err\n"), (logs.GetProperty("file").GetString(), logs.GetProperty("text").GetString()));
    }

    [Fact]
    public async Task Kill_as_json_names_what_it_killed()
    {
        var run = cluster.Agora("run", "--name", "killed-as-json", "--", "sleep", "600");
        string? framework = null;
        while (framework is null && !run.IsCompleted)
        {
            framework = (await cluster.Json("tasks")).EnumerateArray()
                .Where(t => t.GetProperty("name").GetString() == "killed-as-json" && t.GetProperty("state").GetString() == "Running")
                .Select(t => t.GetProperty("framework").GetString()).FirstOrDefault();
        }
        Assert.True(framework is not null, run.IsCompleted ? (await run).ToString() : "no task");
        var killed = await cluster.Json("kill", "run", "--framework", framework);
        Assert.Equal((framework, "run"), (killed.GetProperty("framework").GetString(), killed.GetProperty("task").GetString()));
        Assert.NotEqual(0, (await run).ExitCode);
    }
}
