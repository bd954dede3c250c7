using Agora.Torque.Jobs.Wire;
using Xunit;

namespace Agora.Tests.Fast.Torque;

/// <summary>Nodes, moms, servers and masters that fail, and words that get lost.</summary>
public sealed class BatchServerFaultTests
{
    [Theory]
    [InlineData("y")]
    [InlineData("n")]
    public void A_job_on_a_lost_node_runs_again_or_ends_as_its_owner_wants(string rerunnable)
    {
        var bench = new BatchServerBench().WithNodes(3);
        var server = bench.Server();
        var id = server.Submit("2", 200, attributes: $"Rerunable={rerunnable}");
        bench.Advance(5);
        bench.Nodes[1].Die();
        if (rerunnable == "n")
        {
            Assert.True(bench.AdvanceUntil(() => server.State(id) == "C", 120));
            Assert.Equal("-4", server.Show(id)["exit_status"]);
            Assert.Contains("n2 was lost", server.Comment(id), StringComparison.Ordinal);
            return;
        }
        Assert.True(bench.AdvanceUntil(() => server.State(id) == "C", 400));
        Assert.Equal(("0", "n1/0+n3/0", 2), (server.Show(id)["exit_status"], server.Show(id)["exec_host"], server.Starts.Count));
    }

    [Fact]
    public void A_job_whose_mom_is_killed_runs_again_at_once()
    {
        var bench = new BatchServerBench().WithNodes(2);
        var server = bench.Server();
        var id = server.Submit("2", 20);
        bench.Advance(5);
        bench.Nodes[0].KillMom(bench.Nodes[0].Moms.Single());
        Assert.True(bench.AdvanceUntil(() => server.State(id) == "C", 30));
        Assert.Equal(2, server.Starts.Count);
        bench.Advance(10);
        Assert.True(server.Held.IsEmpty);
    }

    [Fact]
    public void Jobs_go_on_while_the_server_is_dead_and_their_ends_are_heard_of_later()
    {
        var bench = new BatchServerBench().WithNodes(2);
        var server = bench.Server();
        var (ends, goesOn) = (server.Submit("2", 20), server.Submit("2:ppn=2", 60));
        bench.Advance(5);
        server.Kill();
        bench.Advance(30);
        server.Start();
        bench.Advance(3);
        Assert.Equal(("C", "R"), (server.State(ends), server.State(goesOn)));
        Assert.True(bench.AdvanceUntil(() => server.State(goesOn) == "C", 60));
        Assert.Equal(2, server.Starts.Count);
        bench.Advance(10);
        Assert.True(server.Held.IsEmpty);
    }

    [Fact]
    public void A_new_master_changes_nothing_for_jobs()
    {
        var bench = new BatchServerBench().WithNodes(2);
        var server = bench.Server();
        var (ends, goesOn) = (server.Submit("2", 20), server.Submit("2:ppn=2", 60));
        bench.Advance(5);
        bench.FailMaster(30);
        bench.Advance(5);
        Assert.Equal(("C", "R"), (server.State(ends), server.State(goesOn)));
        Assert.True(bench.AdvanceUntil(() => server.State(goesOn) == "C", 60));
        Assert.Equal(2, server.Starts.Count);
        bench.Advance(20);
        Assert.True(server.Held.IsEmpty);
    }

    /// <summary>The way to the master is cut for longer than it waits; that to the server is not.</summary>
    [Fact]
    public void A_node_that_was_given_up_and_comes_back_is_used_again()
    {
        var bench = new BatchServerBench().WithNodes(1);
        var server = bench.Server();
        var id = server.Submit("1", 200);
        bench.Advance(5);
        bench.Nodes[0].CutOff();
        Assert.True(bench.AdvanceUntil(() => server.State(id) == "Q", 120));
        bench.Advance(5);
        bench.Nodes[0].Heal();
        Assert.True(bench.AdvanceUntil(() => server.State(id) == "C", 300), $"{server.State(id)} {server.Comment(id)}");
        bench.Advance(10);
        Assert.True(server.Held.IsEmpty);
    }

    /// <summary>The server is new, and so is the master: jobs, moms, agents and offers come back in any order.</summary>
    [Fact]
    public void A_server_and_a_master_that_are_both_new_find_the_jobs_again()
    {
        var bench = new BatchServerBench().WithNodes(2);
        var server = bench.Server();
        List<string> run = [server.Submit("2:ppn=2", 60), server.Submit("2:ppn=2", 60)];
        bench.Advance(5);
        server.Kill();
        bench.FailMaster(1);
        server.Start();
        server.Submit("1", 5);
        bench.Advance(100);
        Assert.All(run, id => Assert.Equal(("C", "0"), (server.State(id), server.Show(id)["exit_status"])));
        Assert.Equal(3, server.Starts.Count);
    }

    [Fact]
    public void What_is_lost_between_server_and_mom_is_said_again()
    {
        for (var seed = 1; seed <= 30; seed++)
        {
            var random = new Random(seed);
            var bench = new BatchServerBench { Latency = TimeSpan.FromMilliseconds(300) }.WithNodes(3);
            var server = bench.Server(seed: seed);
            List<string> jobs = [.. Enumerable.Range(0, 6).Select(i => server.Submit($"{1 + i % 3}", 3 + i))];
            for (var i = 0; i < 20; i++)
            {
                bench.Advance(random.NextDouble());
                server.DropLink($"n{random.Next(1, 4)}");
            }
            Assert.True(bench.AdvanceUntil(() => jobs.TrueForAll(j => server.State(j) == "C"), 300),
                $"seed {seed}: " + string.Join("; ", jobs.Select(j => $"{server.State(j)} {server.Comment(j)}")));
            bench.Advance(10);
            Assert.True(server.Held.IsEmpty, $"seed {seed}: {server.Held}");
        }
    }

    [Fact]
    public void Whatever_fails_each_job_ends_once_and_no_slot_is_lost()
    {
        for (var seed = 1; seed <= 60; seed++)
            Storm(seed);
    }

    private static void Storm(int seed)
    {
        var random = new Random(seed);
        var bench = new BatchServerBench { ChecksGuarantee = false, Latency = TimeSpan.FromMilliseconds(seed % 3 * 100) }.WithNodes(4);
        if (seed % 2 == 0)
            bench.Guarantee("torque", "cpus:10;mem:4096");
        if (seed % 5 == 0)
            bench.Other(taskSeconds: 15, seed, tasksMax: 8);
        var server = bench.Server(seed: seed);
        server.DiskTime = TimeSpan.FromMilliseconds(seed % 4 * 50);
        List<string> jobs = [];
        for (var i = 0; i < 40; i++)
        {
            bench.Advance(random.NextDouble() * 6);
            var node = bench.Nodes[random.Next(4)];
            switch (random.Next(14))
            {
                case < 6 when server.IsAlive:
                    var request = BenchServer.Submission(
                        random.Next(3) switch { 0 => "2:ppn=2", 1 => $"{random.Next(1, 4)}", _ => "1" }, random.Next(1, 40),
                        random.Next(2) == 0 ? null : 60, null, 0, $"Rerunable={(random.Next(3) == 0 ? 'n' : 'y')}");
                    // A server and a master that are both new may not know all nodes yet.
                    if (server.Ask(request).Id is { } id)
                        jobs.Add(id);
                    break;
                case 6 when server.IsAlive && jobs.Count > 0:
                    server.Ask(new Request.Delete(jobs[random.Next(jobs.Count)]));
                    break;
                case 7 when node.IsAlive:
                    node.Die();
                    break;
                case 8:
                    if (!node.IsAlive)
                        node.Revive();
                    else if (node.Moms.FirstOrDefault() is { } mom)
                        node.KillMom(mom);
                    break;
                case 9 when server.IsAlive:
                    server.Kill();
                    break;
                case 10 or 11:
                    if (!server.IsAlive)
                        server.Start();
                    else
                        server.DropLink(node.Name);
                    break;
                case 12 when node.IsAlive:
                    node.CutOff();
                    bench.Advance(random.Next(2) == 0 ? 5 : 90);
                    node.Heal();
                    break;
                case 13 when i % 3 == 0:
                    bench.FailMaster(random.Next(1, 20));
                    break;
            }
        }
        if (!server.IsAlive)
            server.Start();
        foreach (var node in bench.Nodes.Where(n => !n.IsAlive))
            node.Revive();
        Assert.True(bench.AdvanceUntil(() => server.Jobs.All(j => j["job_state"] == "C"), 1500),
            $"seed {seed}: " + string.Join("; ", server.Jobs.Where(j => j["job_state"] != "C").Select(j => $"{j.Name} {j["job_state"]} {j["comment"]} on {j["exec_host"]}")));
        bench.Advance(30);
        Assert.True(server.Held.IsEmpty, $"seed {seed}: {server.Held} is still held");
        Assert.All(server.Nodes, n => Assert.Null(n["jobs"]));
        Assert.All(bench.Nodes.SelectMany(n => n.Moms), m => Assert.Empty(m.Jobs));
        foreach (var job in jobs)
        {
            // ended by itself or aborted, or deleted before it ran: exactly one such line each.
            var ends = server.Accounting.Count(l => l.Split(';') is [_, "E" or "D" or "A", var of, ..] && of == job);
            Assert.True(server.Accounting.Count(l => l.Split(';') is [_, "E" or "A", var of, ..] && of == job) <= 1 && ends >= 1,
                $"seed {seed}: {job}: " + string.Join('\n', server.Accounting.Where(l => l.Contains(job, StringComparison.Ordinal))));
        }
        foreach (var once in server.Jobs.Where(j => j["Rerunable"] == "False"))
            Assert.True(server.Starts.Where(s => s.Job == once.Name).Select(s => s.Run).Distinct().Count() <= 1, $"seed {seed}: {once.Name} ran twice");
    }
}
