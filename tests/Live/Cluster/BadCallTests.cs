using Xunit;

namespace Agora.Tests.Live.Cluster;

/// <summary>Well-formed calls that make no sense: told so precisely, and nothing has changed.</summary>
[Collection(SharedCluster.Name)]
public sealed class BadCallTests(LiveCluster cluster)
{
    private static readonly Resources Small = Resources.Of(0.1m, 32);

    [Fact]
    public async Task Offers_that_are_not_held_launch_nothing()
    {
        await using var framework = new LiveFramework(cluster, new FrameworkInfo(null, "unknown offers"));
        var offer = await framework.Offer();
        var before = await Books();
        framework.Call(new SchedulerCall.Accept([new OfferId(1, 999_999_999)], [Task("never-made", offer.AgentId, Small)]));
        var dropped = await framework.HearsOf("never-made", TaskState.Dropped);
        Assert.Equal(StatusReason.InvalidOffers, dropped.Reason);
        Assert.Equal($"not launched: offer-1-999999999 is not held by {framework.Id} (used, rescinded, or never made)", dropped.Message);

        framework.Call(new SchedulerCall.Accept([offer.Id, offer.Id], [Task("twice", offer.AgentId, Small)]));
        Assert.Equal($"not launched: it names {offer.Id} twice", (await framework.HearsOf("twice", TaskState.Dropped)).Message);

        var other = (await framework.Hears<SchedulerEvent.Offers>("of two agents", o => o.List.Any(x => x.AgentId != offer.AgentId)))
            .List.First(o => o.AgentId != offer.AgentId);
        framework.Call(new SchedulerCall.Accept([offer.Id, other.Id], [Task("two-agents", offer.AgentId, Small)]));
        Assert.Equal($"not launched: its offers are of two agents, {offer.AgentId} and {other.AgentId}; accept each agent's apart",
            (await framework.HearsOf("two-agents", TaskState.Dropped)).Message);

        framework.Call(new SchedulerCall.Accept([new OfferId(1, 999_999_998)], []));
        Assert.Equal("accept refused: offer-1-999999998 is not held by " + $"{framework.Id} (used, rescinded, or never made)",
            (await framework.Hears<SchedulerEvent.Error>("an error")).Text);
        Assert.Equal(before, await Books());
    }

    [Fact]
    public async Task Tasks_that_are_not_valid_are_errors_and_the_offer_comes_back()
    {
        await using var framework = new LiveFramework(cluster, new FrameworkInfo(null, "bad tasks"));
        var offer = await framework.Offer();
        var good = Task("good", offer.AgentId, Small);
        framework.Call(new SchedulerCall.Accept([offer.Id],
        [
            Task("large", offer.AgentId, Resources.Of(64, 32)),
            good,
            good,
            Task("elsewhere", new AgentId("agent-9-9"), Small),
            Task("nothing", offer.AgentId, Resources.Empty),
            Task("a/b", offer.AgentId, Small),
            good with { Id = new TaskId("neither"), Command = null },
            good with { Id = new TaskId("silent"), Command = new CommandSpec([]) },
        ], TimeSpan.Zero));
        await Says("large", $"task 'large' needs [cpus:64;mem:32] but the offer has [{offer.Resources}] left");
        await Says("good", $"{framework.Id} has a task 'good' already");
        await Says("elsewhere", $"task 'elsewhere' names agent agent-9-9 but the offer is of {offer.AgentId}");
        await Says("nothing", "task 'nothing' asks for no resources");
        await Says("a/b", "task id 'a/b' is empty, longer than 256, or has blanks or '/' in it");
        await Says("neither", "task 'neither' must have either a command or an executor");
        await Says("silent", "task 'silent' has an empty command");
        await framework.HearsOf("good", TaskState.Running);
        var own = (await cluster.Snapshot()).Tasks.Where(t => t.FrameworkId == framework.Id).ToList();
        Assert.Equal(["good"], own.Select(t => t.Id.Value));

        // What the refused ones did not use is offered again.
        var back = await framework.Hears<SchedulerEvent.Offers>("of the rest",
            o => o.List.Any(x => x.AgentId == offer.AgentId && x.Id.CompareTo(offer.Id) > 0));
        var rest = back.List.First(x => x.AgentId == offer.AgentId);
        Assert.Equal(offer.Resources - Small, rest.Resources);

        async Task Says(string task, string message)
        {
            var status = await framework.HearsOf(task, TaskState.Error);
            Assert.Equal((StatusReason.TaskInvalid, message), (status.Reason, status.Message));
        }
    }

    [Fact]
    public async Task Killing_a_task_that_never_was_and_writing_to_nobody_are_answered()
    {
        await using var framework = new LiveFramework(cluster, new FrameworkInfo(null, "strays"));
        var offer = await framework.Offer();
        var before = await Books();
        framework.Call(new SchedulerCall.Kill(new TaskId("ghost"), offer.AgentId));
        Assert.Equal(StatusReason.TaskUnknown, (await framework.HearsOf("ghost", TaskState.Gone)).Reason);
        framework.Call(new SchedulerCall.Message(offer.AgentId, new ExecutorId("ghost"), new byte[3]));
        Assert.Equal($"message refused: {framework.Id} has no executor ghost on {offer.AgentId}",
            (await framework.Hears<SchedulerEvent.Error>("an error")).Text);
        framework.Call(new SchedulerCall.UpdateHints([.. Enumerable.Repeat(new Hint([], Small, 1, DateTimeOffset.MaxValue), 10_001)]));
        await framework.Hears<SchedulerEvent.Error>("of its hints",
            e => !e.Fatal && e.Text == "hints refused: 10001 hints, more than 10000; the former ones stay");
        Assert.Equal(before, await Books());
    }

    [Fact]
    public async Task A_subscription_that_is_not_valid_is_refused_for_good()
    {
        await using var framework = new LiveFramework(cluster, new FrameworkInfo(null, "bad role", Role: "-dash"));
        var error = await framework.Hears<SchedulerEvent.Error>("a refusal");
        Assert.True(error.Fatal);
        Assert.StartsWith("subscription refused: '-dash' is not a role name", error.Text, StringComparison.Ordinal);
    }

    private static TaskSpec Task(string id, AgentId agent, Resources size) => LiveFramework.Task(id, agent, size, "exec sleep 1000");

    /// <summary>What is used and offered, and where.</summary>
    private async Task<string> Books()
    {
        var snapshot = await Programs.Until("offers of all agents", cluster.Snapshot, s => s.Offers.Count == 4, s => $"{s.Offers.Count}");
        return string.Join('\n', [$"{snapshot.Used}|{snapshot.Offered}|{snapshot.Counters.TasksLaunched}",
            .. snapshot.Offers.Select(o => o.ToString()).Order(StringComparer.Ordinal)]);
    }
}
