using Xunit;

namespace Agora.Tests.Fast.Torque;

public sealed class BatchServerTests
{
    [Fact]
    public void Nothing_is_held_while_the_queue_is_empty_and_no_offers_are_wanted()
    {
        var bench = new BatchServerBench().WithNodes(2);
        var server = bench.Server();
        bench.Advance(60);
        Assert.True(server.Held.IsEmpty);
        Assert.True(bench.Master.View(server.Connection!).Suppressed);
        // Two seconds between two looks at the cluster; the rest is heartbeats.
        Assert.InRange(server.Ticks, 0, 100);
    }

    [Fact]
    public void A_job_runs_and_its_slots_are_given_back_after_the_linger()
    {
        var bench = new BatchServerBench().WithNodes(2);
        var server = bench.Server(lingerSeconds: 5);
        bench.Advance(10);
        var id = server.Submit("2:ppn=2", seconds: 30, walltime: 60);
        Assert.True(bench.AdvanceUntil(() => server.State(id) == "R", 2));
        Assert.Equal("n1/0-1+n2/0-1", server.Show(id)["exec_host"]);
        Assert.Equal(4000, server.Held.MilliCpus);
        Assert.True(bench.AdvanceUntil(() => server.State(id) == "C", 31));
        bench.Advance(4.9);
        Assert.Equal(4000, server.Held.MilliCpus);
        bench.Advance(0.2);
        Assert.True(server.Held.IsEmpty);
        Assert.True(bench.Master.View(server.Connection!).Suppressed);
        Assert.All(server.Nodes, n => Assert.Null(n["jobs"]));
        // A new job wakes it up again.
        var next = server.Submit("1", seconds: 1);
        Assert.True(bench.AdvanceUntil(() => server.State(next) == "C", 3));
    }
}
