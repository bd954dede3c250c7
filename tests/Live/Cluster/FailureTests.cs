using Xunit;

namespace Agora.Tests.Live.Cluster;

/// <summary>Programs that are killed hard and started again.</summary>
public sealed class FailureTests
{
    [Fact]
    public async Task The_tasks_of_a_killed_agent_become_unreachable_and_the_agent_comes_back_under_its_id_and_ends_them()
    {
        await using var cluster = new LiveCluster();
        Assert.Equal(0, (await cluster.Up("--agents", "2")).ExitCode);
        await using var framework = new LiveFramework(cluster, new FrameworkInfo(null, "bereft"));
        var offer = await framework.Offer();
        framework.Call(new SchedulerCall.Accept([offer.Id],
            [LiveFramework.Task("run", offer.AgentId, Resources.Of(0.5m, 64), "exec sleep 1000")]));
        await framework.HearsOf("run", TaskState.Running);

        var command = await cluster.KillHard(offer.Hostname);
        var unreachable = await framework.HearsOf("run", TaskState.Unreachable);
        Assert.Equal(StatusReason.AgentUnreachable, unreachable.Reason);
        var lost = await framework.Hears<SchedulerEvent.AgentLost>("that the agent is lost");
        Assert.Equal((offer.AgentId, "not heard of for 10 s"), (lost.AgentId, lost.Reason));
        Assert.Matches(@"(?m)^run .* unreachable .*not heard of", (await cluster.Agora("tasks")).Text);
        Assert.Matches($@"(?m)^{offer.AgentId} +{offer.Hostname} +unreachable", (await cluster.Agora("agents")).Text);
        var run = await cluster.Run("echo", "elsewhere");
        Assert.True((run.ExitCode, run.Text) == (0, "elsewhere\n"), run.ToString());

        cluster.Restart([.. command, "--recover", "cleanup"]);
        var back = await Programs.Until("the agent to come back", cluster.Snapshot,
            s => s.Agents.All(a => a.Condition == AgentCondition.Active), s => string.Join('\n', s.Agents));
        Assert.Equal(2, back.Agents.Count);
        Assert.Contains(back.Agents, a => a.Info.Id == offer.AgentId && a.Info.Hostname == offer.Hostname);
        await framework.HearsOf("run", TaskState.Gone);
        Assert.DoesNotContain(cluster.Processes(), p => p.ToString().Contains("sleep 1000", StringComparison.Ordinal));

        // Names of containers begin anew with the process: 'run' was the first task there, and is again.
        foreach (var other in back.Agents.Where(a => a.Info.Id != offer.AgentId))
            Assert.Equal(0, (await cluster.Agora("drain", other.Info.Hostname)).ExitCode);
        var again = await cluster.Run("echo", "again");
        Assert.True((again.ExitCode, again.Text) == (0, "again\n"), again.ToString());
    }

    [Fact]
    public async Task What_runs_on_a_killed_agent_goes_on_and_is_told_in_order_by_the_next_process()
    {
        await using var cluster = new LiveCluster();
        Assert.Equal(0, (await cluster.Up("--agents", "1", "--cpus", "4")).ExitCode);
        await using var framework = new LiveFramework(cluster, new FrameworkInfo(null, "lasting", FailoverTimeout: TimeSpan.FromMinutes(10)));
        var offer = await framework.Offer();
        var (go, size) = (Path.Combine(cluster.Home, "go"), Resources.Of(0.5m, 64));
        string Waits(string file, int code) => $"echo one; for i in $(seq 5000); do [ -e '{file}' ] && {{ echo two; exit {code}; }}; sleep 0.05; done; exit 9";
        framework.Call(new SchedulerCall.Accept([offer.Id], [
            LiveFramework.Task("steady", offer.AgentId, size, Waits(go, 0)),
            LiveFramework.Task("brief", offer.AgentId, size, Waits(go + ".brief", 7)),
            LiveFramework.Task("stopped", offer.AgentId, size, "exec sleep 1000"),
        ]));
        foreach (var task in (string[])["steady", "brief", "stopped"])
            await framework.HearsOf(task, TaskState.Running);

        var command = await cluster.KillHard(offer.Hostname);
        // One ends while nobody is there to see it.
        var brief = cluster.Processes().Where(p => p.Command[^1].Contains(go + ".brief", StringComparison.Ordinal)).MinBy(p => p.Pid)!;
        await File.WriteAllTextAsync(go + ".brief", "", TestContext.Current.CancellationToken);
        await Programs.Until("it to end", () => !Directory.Exists($"/proc/{brief.Pid}"), () => brief.ToString());
        cluster.Restart(command);

        Assert.Equal(7, (await framework.HearsOf("brief", TaskState.Failed)).ExitCode);
        framework.Call(new SchedulerCall.Kill(new TaskId("stopped")));
        await framework.HearsOf("stopped", TaskState.Killed);
        await File.WriteAllTextAsync(go, "", TestContext.Current.CancellationToken);
        Assert.Equal((0, 2L), await framework.HearsOf("steady", TaskState.Finished) is var ended ? (ended.ExitCode, ended.Sequence) : default);
        Assert.Equal(["Running", "Finished"], framework.Updates.Where(u => u.TaskId.Value == "steady" && u.Sequence > 0).Select(u => $"{u.State}"));
        Assert.Equal("one\ntwo\n", (await cluster.Agora("logs", "steady")).Text);
        await Programs.Until("all to be free", cluster.Snapshot, s => s.Used.IsEmpty, s => s.Used.ToString());
    }

    [Fact]
    public async Task After_a_killed_master_is_started_again_all_come_back_and_the_task_finishes()
    {
        await using var cluster = new LiveCluster();
        Assert.Equal(0, (await cluster.Up("--agents", "2")).ExitCode);
        await using var framework = new LiveFramework(cluster,
            new FrameworkInfo(null, "patient", FailoverTimeout: TimeSpan.FromMinutes(10)));
        var offer = await framework.Offer();
        var go = Path.Combine(cluster.Home, "go");
        framework.Call(new SchedulerCall.Accept([offer.Id], [LiveFramework.Task("steady", offer.AgentId,
            Resources.Of(0.5m, 64), $"for i in $(seq 5000); do [ -e '{go}' ] && exit 0; sleep 0.05; done; exit 9")]));
        await framework.HearsOf("steady", TaskState.Running);
        var before = await cluster.Snapshot();
        var id = framework.Id;

        var command = await cluster.KillHard("master");
        await framework.Hears<SchedulerEvent.Rescind>("that its offers are void");
        cluster.Restart(command);
        var subscribed = await framework.Hears<SchedulerEvent.Subscribed>("its second subscription", s => s.Epoch == 2);
        Assert.Equal(id, subscribed.FrameworkId);
        var after = await Programs.Until("the agents and the task to come back", cluster.Snapshot,
            s => s.Agents.Count == 2 && s.Tasks.Any(t => t.State == TaskState.Running), s => s.ToString());
        Assert.Equal(before.Agents.Select(a => a.Info.Id).Order(), after.Agents.Select(a => a.Info.Id).Order());
        Assert.Equal(("steady", offer.AgentId), (after.Tasks.Single().Id.Value, after.Tasks.Single().AgentId));
        Assert.Equal(Resources.Of(0.5m, 64), after.Used);

        await File.WriteAllTextAsync(go, "", TestContext.Current.CancellationToken);
        Assert.Equal(0, (await framework.HearsOf("steady", TaskState.Finished)).ExitCode);
        Assert.Single(framework.Updates, u => u.State.IsTerminal());
        await Programs.Until("all to be free", cluster.Snapshot, s => s.Used.IsEmpty, s => s.Used.ToString());
    }
}
