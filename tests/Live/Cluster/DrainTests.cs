using Xunit;

namespace Agora.Tests.Live.Cluster;

/// <summary>What operators do with agents that have tasks.</summary>
public sealed class DrainTests
{
    [Fact]
    public async Task An_agent_is_drained_by_its_deadline_and_maintenance_asks_who_is_there_to_leave()
    {
        await using var cluster = new LiveCluster();
        Assert.Equal(0, (await cluster.Up("--agents", "1", "--cpus", "4")).ExitCode);
        await using var framework = new LiveFramework(cluster, new FrameworkInfo(null, "staying", FailoverTimeout: TimeSpan.FromMinutes(10)));
        var offer = await framework.Offer();
        framework.Call(new SchedulerCall.Accept([offer.Id], [LiveFramework.Task("stays", offer.AgentId, Resources.Of(0.5m, 64), "exec sleep 1000")]));
        await framework.HearsOf("stays", TaskState.Running);

        var schedule = await cluster.Agora("maintenance", "schedule", "--machines", "node1", "--in", "1h", "--for", "2h", "--name", "oil");
        Assert.True((schedule.ExitCode, schedule.Text) == (0, "oil\n"), schedule.ToString());
        await Programs.Until("an answer", () => cluster.Agora("maintenance", "status"), status => System.Text.RegularExpressions.Regex.IsMatch(
            status.Text, $@"(?m)^oil +planned .* node1\n\n.*\noil +node1 +{framework.Id} +1 +declined: its scheduler does not move tasks by itself$"), status => status.ToString());
        Assert.Equal("declined", (await cluster.Json("maintenance", "status"))[0].GetProperty("inverseOffers")[0].GetProperty("answer").GetString());

        var drain = await cluster.Agora("drain", "node1", "--deadline", "200ms", "--wait");
        Assert.True(drain.ExitCode == 0, drain.ToString());
        Assert.Equal(StatusReason.AgentDraining, (await framework.HearsOf("stays", TaskState.Killed)).Reason);
        Assert.Equal("Drained", (await cluster.Json("agents"))[0].GetProperty("condition").GetString());
        var explained = await cluster.Agora("explain", "staying");
        Assert.Contains("1 draining", explained.Text, StringComparison.Ordinal);
        Assert.Equal(0, (await cluster.Agora("reactivate", "node1")).ExitCode);
        var again = await cluster.Run("echo", "again");
        Assert.True((again.ExitCode, again.Text) == (0, "again\n"), again.ToString());
    }

    [Fact]
    public async Task What_is_not_understood_is_refused_before_anything_is_asked_of_the_master()
    {
        await using var cluster = new LiveCluster();
        Assert.Equal(0, (await cluster.Up("--agents", "1")).ExitCode);
        Programs.AssertRefused(await cluster.Agora("drain", "node1", "--deadline", "soon"), 2, "'soon' is not a duration", "90s, 10m or 2h");
        Programs.AssertRefused(await cluster.Agora("maintenance", "schedule", "--machines", "node1", "--start", "whenever"), 2, "'whenever' is not a time", "2026-12-01T20:00:00Z");
        Programs.AssertRefused(await cluster.Agora("maintenance", "schedule", "--machines", "node1", "--start", "2030-01-01", "--in", "1h"), 2, "said twice", "one of them");
        Programs.AssertRefused(await cluster.Agora("maintenance", "cancel", "nonesuch"), 1, "nothing was cancelled", "agora maintenance status");
        Programs.AssertRefused(await cluster.Agora("agents", "gone", "node9"), 1, "no agent 'node9'", "agora agents");
        Programs.AssertRefused(await Programs.Run(cluster.Home, Programs.Agora, "master", "--agent-removal-rate", "often"), 2, "the removal rate is not understood", "1/10m");
    }
}
