using Agora.Torque.Jobs.Wire;
using Xunit;

namespace Agora.Tests.Fast.Torque;

/// <summary>What the batch server holds of a cluster, and when.</summary>
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

    [Fact]
    public void Slots_that_are_in_part_in_use_do_not_keep_the_server_busy()
    {
        var bench = new BatchServerBench().WithNodes(1);
        var server = bench.Server(lingerSeconds: 5);
        server.Submit("1:ppn=4", seconds: 10);
        bench.Advance(5);
        // It gets one of the four slots that the first leaves.
        server.Submit("1", seconds: 300);
        bench.Advance(60);
        var before = server.Ticks;
        bench.Advance(60);
        Assert.InRange(server.Ticks - before, 0, 100);
    }

    [Fact]
    public void Slots_that_are_kept_for_ever_do_not_keep_the_server_busy()
    {
        var bench = new BatchServerBench().WithNodes(1);
        var server = bench.Server(slotsMin: 2, lingerSeconds: 5);
        server.Submit("1:ppn=2", seconds: 10);
        bench.Advance(60);
        Assert.Equal(2000, server.Held.MilliCpus);
        var before = server.Ticks;
        bench.Advance(60);
        Assert.InRange(server.Ticks - before, 0, 100);
    }

    [Fact]
    public void Slots_that_are_kept_for_ever_give_way_to_a_job_that_needs_the_guarantee_elsewhere()
    {
        var bench = new BatchServerBench();
        bench.Guarantee("torque", "cpus:8");
        bench.Node("n1");
        var server = bench.Server(slotsMin: 4);
        server.Submit("1:ppn=4", seconds: 10);
        bench.Advance(30);
        bench.Node("n2", "cpus:8;mem:4096");
        // It hears of the new node when it looks at the cluster the next time.
        bench.Advance(3);
        var id = server.Submit("1:ppn=8", seconds: 10);
        Assert.True(bench.AdvanceUntil(() => server.State(id) == "C", 60), server.Comment(id));
    }

    [Fact]
    public void A_job_that_lacks_memory_of_the_guarantee_says_so_and_waits()
    {
        var bench = new BatchServerBench().WithNodes(2);
        // A mom of 32 MiB, and one job of 500.
        bench.Guarantee("torque", "cpus:8;mem:600");
        var server = bench.Server();
        var first = server.Submit("1", 20, walltime: 30, attributes: "Resource_List.mem=500mb");
        var second = server.Submit("1", 20, attributes: "Resource_List.mem=500mb");
        bench.Advance(5);
        Assert.Equal(("R", "Q"), (server.State(first), server.State(second)));
        Assert.Contains("taken by other jobs until", server.Comment(second), StringComparison.Ordinal);
        Assert.True(bench.AdvanceUntil(() => server.State(second) == "C", 60), server.Comment(second));
    }

    [Fact]
    public void Comments_say_why_a_job_waits()
    {
        var bench = new BatchServerBench().WithNodes(2);
        var server = bench.Server();
        var long1 = server.Submit("2:ppn=4", 100, walltime: 100);
        bench.Advance(1);
        var behind = server.Submit("1", 10, walltime: 10);
        bench.Advance(1);
        Assert.Equal("R", server.State(long1));
        Assert.Contains("taken by other jobs until", server.Comment(behind), StringComparison.Ordinal);
        server.Ask(new Request.Manage(ManageVerb.Set, StatusOf.Server, "", [new AttributeChange("max_user_run", null, "1", "=")]), "root");
        bench.Advance(1);
        Assert.Contains("max_user_run is 1", server.Comment(behind), StringComparison.Ordinal);
    }

    [Fact]
    public void A_job_that_is_too_large_for_the_guarantee_says_so()
    {
        var bench = new BatchServerBench().WithNodes(2);
        bench.Guarantee("torque", "cpus:4;mem:512");
        var server = bench.Server();
        bench.Advance(1);
        var heavy = server.Submit("1", 10, attributes: "Resource_List.mem=500mb");
        var wide = server.Submit("2:ppn=4", 10, user: "bob");
        bench.Advance(3);
        Assert.Contains("it needs 532 MiB of memory, its mom's included, and 512 MiB are guaranteed", server.Comment(heavy), StringComparison.Ordinal);
        Assert.Contains("it needs 8 slots, and 4 are guaranteed", server.Comment(wide), StringComparison.Ordinal);
    }

    [Fact]
    public void An_operator_starts_a_job_before_all_others_and_whatever_limits_say()
    {
        var bench = new BatchServerBench().WithNodes(1);
        var server = bench.Server();
        server.Ask(new Request.Manage(ManageVerb.Set, StatusOf.Server, "", [new AttributeChange("scheduling", null, "False", "=")]), "root");
        server.Ask(new Request.Manage(ManageVerb.Set, StatusOf.Server, "", [new AttributeChange("max_user_run", null, "0", "=")]), "root");
        bench.Advance(3);
        var (other, id) = (server.Submit("1", 10), server.Submit("1", 10));
        Assert.Null(server.Ask(new Request.Run(id), "root").Message);
        Assert.True(bench.AdvanceUntil(() => server.State(id) == "C", 30));
        Assert.Equal("Q", server.State(other));
    }

    [Fact]
    public void A_job_that_is_deleted_after_an_operator_wanted_it_to_run_holds_nothing()
    {
        var bench = new BatchServerBench().WithNodes(1);
        bench.Other(taskSeconds: 20);
        bench.Advance(1);
        var server = bench.Server();
        bench.Advance(3);
        var id = server.Submit("1:ppn=4", 10);
        server.Ask(new Request.Run(id), "root");
        bench.Advance(1);
        server.Ask(new Request.Delete(id));
        bench.Advance(60);
        Assert.True(server.Held.IsEmpty);
    }

    [Fact]
    public void A_job_that_waits_for_other_frameworks_says_so()
    {
        var bench = new BatchServerBench().WithNodes(2);
        bench.Other(taskSeconds: 1000);
        bench.Advance(1);
        var server = bench.Server();
        var id = server.Submit("2:ppn=2", 10);
        bench.Advance(5);
        Assert.Contains("taken by other frameworks", server.Comment(id), StringComparison.Ordinal);
    }
}
