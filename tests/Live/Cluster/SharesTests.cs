using Xunit;

namespace Agora.Tests.Live.Cluster;

/// <summary>Fair shares on a live cluster: 4 agents of 2 cpus and 2048 MB, 8 cpus and 8192 MB together.</summary>
[Collection(SharedCluster.Name)]
public sealed class SharesTests(LiveCluster cluster)
{
    [Fact]
    public async Task Two_frameworks_with_unequal_demands_reach_their_dominant_shares_and_explain_says_what_is_short()
    {
        // A's tasks take 1/16 of all cpus and 1/64 of all memory, B's 1/64 and 1/16: equal dominant shares mean equal
        // numbers n of tasks. 0.625 n <= 8 cpus and 640 n <= 8192 MB allow n = 12, 3 of each on every agent: 1.875 cpus
        // and 1920 MB. Of the rest, 0.125 cpus and 128 MB, neither can make use. So both come to 12/16 = 75 %.
        const int Each = 12;
        await Drain(undo: false);
        await using var a = new Filler(cluster.Master, "a-cpus", Resources.Of(0.5m, 128), "exec sleep 1000");
        await using var b = new Filler(cluster.Master, "b-mem", Resources.Of(0.125m, 512), "exec sleep 1000");
        await a.Framework.Hears<SchedulerEvent.Subscribed>("its subscription");
        await b.Framework.Hears<SchedulerEvent.Subscribed>("its subscription");
        await Drain(undo: true);

        var (ofA, ofB) = await Programs.Until("all to run", async () => await Frameworks(a, b),
            f => f.A.RunningTasks + f.B.RunningTasks == 2 * Each && Running(a, b) == 2 * Each,
            f => $"{f.A.RunningTasks} and {f.B.RunningTasks} tasks");
        const double OneTask = 1.0 / 16;
        Assert.InRange(ofA.DominantShare - ofB.DominantShare, -OneTask, OneTask);
        Assert.InRange(ofA.DominantShare, 0.75 - OneTask, 0.75 + OneTask);

        foreach (var name in new[] { "a-cpus", "b-mem" })
        {
            var explained = await cluster.Agora("explain", name);
            Assert.True(explained.ExitCode == 0, explained.ToString());
            Assert.Contains($"{name} holds [cpus:", explained.Text, StringComparison.Ordinal);
            Assert.Contains("75 % of the cluster by its dominant resource", explained.Text, StringComparison.Ordinal);
            Assert.Contains("4 with less free than it asks for", explained.Text, StringComparison.Ordinal);
            Assert.Contains("too little for one of its tasks", explained.Text, StringComparison.Ordinal);
            Assert.Contains("node3: [cpus:0.125;mem:128] is free, less than it asks for", explained.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Weights_of_two_to_one_move_the_shares_there_as_tasks_end()
    {
        // 0.66 cpus: 3 tasks on each agent, 12 in all. Weights 1:1 mean 6 and 6, 2:1 mean 8 and 4.
        var size = Resources.Of(0.66m, 64);
        await SetWeight("heavy", 1);
        await using var heavy = new Filler(cluster.Master, "heavy", size, "sleep 0.5", role: "heavy");
        await using var light = new Filler(cluster.Master, "light", size, "sleep 0.5", role: "light");
        try
        {
            await Settles(6, 6);
            await SetWeight("heavy", 2);
            await Settles(8, 4);
        }
        finally
        {
            await SetWeight("heavy", 1);
        }

        async Task SetWeight(string role, int weight)
        {
            var set = await cluster.Agora("roles", "set", role, "--weight", $"{weight}");
            Assert.True(set.ExitCode == 0, set.ToString());
        }

        // Within one task, for ten looks in a row: more than a chance meeting.
        async Task Settles(int heavyTasks, int lightTasks)
        {
            var inARow = 0;
            await Programs.Until($"{heavyTasks} and {lightTasks} tasks", async () =>
            {
                var roles = (await cluster.Snapshot()).Roles.ToDictionary(r => r.Name, r => r.Held.MilliCpus / size.MilliCpus);
                return (Heavy: roles.GetValueOrDefault("heavy"), Light: roles.GetValueOrDefault("light"));
            }, seen =>
            {
                inARow = Math.Abs(seen.Heavy - heavyTasks) <= 1 && Math.Abs(seen.Light - lightTasks) <= 1 ? inARow + 1 : 0;
                return inARow == 10;
            }, seen => $"{seen.Heavy} and {seen.Light}");
        }
    }

    private async Task Drain(bool undo)
    {
        foreach (var node in new[] { "node1", "node2", "node3", "node4" })
        {
            var drain = await cluster.Agora(["drain", node, .. undo ? ["--undo"] : Array.Empty<string>()]);
            Assert.True(drain.ExitCode == 0, drain.ToString());
        }
    }

    private async Task<(FrameworkView A, FrameworkView B)> Frameworks(Filler a, Filler b)
    {
        var frameworks = (await cluster.Snapshot()).Frameworks;
        return (frameworks.Single(f => f.Info.Id == a.Framework.Id), frameworks.Single(f => f.Info.Id == b.Framework.Id));
    }

    private static int Running(params Filler[] fillers) =>
        fillers.Sum(f => f.Framework.Updates.Count(u => u.State == TaskState.Running));
}
