using Xunit;

namespace Agora.Tests.Fast.Torque;

/// <summary>Batch servers beside other frameworks: guarantees, and gangs that do not fit together.</summary>
public sealed class BatchServerSharingTests
{
    /// <summary>The bench checks after each event that no more than the guarantee is held.</summary>
    [Fact]
    public void Random_jobs_all_run_within_the_guarantee_however_busy_the_others_are()
    {
        for (var seed = 1; seed <= 25; seed++)
        {
            var random = new Random(seed);
            var bench = new BatchServerBench().WithNodes(4);
            bench.Guarantee("torque", $"cpus:{random.Next(4, 13)};mem:{random.Next(12, 40) * 100}");
            bench.Other(taskSeconds: 20, seed);
            var server = bench.Server(seed: seed, lingerSeconds: random.Next(0, 8));
            bench.Advance(random.NextDouble() * 10);
            List<string> jobs = [];
            for (var i = 0; i < 15; i++)
            {
                var nodes = random.Next(4) switch
                {
                    0 => $"{random.Next(1, 3)}:ppn=2",
                    1 => "1:ppn=4",
                    2 => $"{random.Next(1, 5)}",
                    _ => "1",
                };
                jobs.Add(server.Submit(nodes, random.Next(1, 30), walltime: random.Next(3) == 0 ? null : 40,
                    attributes: random.Next(2) == 0 ? ["Resource_List.mem=200mb"] : []));
                bench.Advance(random.NextDouble() * 5);
            }
            Assert.True(bench.AdvanceUntil(() => jobs.TrueForAll(j => server.State(j) == "C"), 3000),
                $"seed {seed}: " + string.Join("; ", jobs.Where(j => server.State(j) != "C").Select(j => $"{j} {server.State(j)} {server.Comment(j)}")));
            bench.Advance(15);
            Assert.True(server.Held.IsEmpty, $"seed {seed}: {server.Held}");
        }
    }

    [Fact]
    public void A_role_that_is_guaranteed_its_slots_gets_them_from_a_framework_that_has_all()
    {
        var bench = new BatchServerBench().WithNodes(4);
        bench.Guarantee("torque", "cpus:8;mem:4096");
        var other = bench.Other(taskSeconds: 100_000);
        bench.Advance(1);
        Assert.Equal(16, other.Running);
        var server = bench.Server();
        var (wide, small) = (server.Submit("2:ppn=3", 20), server.Submit("2", 20));
        Assert.True(bench.AdvanceUntil(() => server.State(wide) == "C" && server.State(small) == "C", 300),
            $"{server.Comment(wide)}; {server.Comment(small)}");
    }

    /// <summary>10 slots and two jobs of 6: neither fits beside the other, and each is offered a part.</summary>
    [Fact]
    public void Two_servers_whose_jobs_want_60_percent_each_both_run_them()
    {
        for (var seed = 1; seed <= 50; seed++)
        {
            var bench = new BatchServerBench().WithNodes(5, "cpus:2;mem:2048");
            var (a, b) = (bench.Server("a", "a", 2 * seed), bench.Server("b", "b", 2 * seed + 1));
            var (first, second) = (a.Submit("3:ppn=2", 10), b.Submit("3:ppn=2", 10));
            Assert.True(bench.AdvanceUntil(() => a.State(first) == "C" && b.State(second) == "C", 400),
                $"seed {seed}: {a.State(first)} {a.Comment(first)}; {b.State(second)} {b.Comment(second)}");
            Assert.Equal(3, Hosts(a, first).Length);
            Assert.Equal(3, Hosts(b, second).Length);
        }
    }

    [Fact]
    public void Many_jobs_of_two_servers_that_do_not_fit_together_all_run_on_the_nodes_they_asked_for()
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            var random = new Random(seed);
            var bench = new BatchServerBench().WithNodes(4, "cpus:2;mem:2048");
            List<(BenchServer Server, string Job, int Nodes)> jobs = [];
            for (var i = 0; i < 2; i++)
            {
                var server = bench.Server($"s{i}", $"role{i}", seed * 10 + i);
                for (var j = 0; j < 5; j++)
                {
                    var nodes = random.Next(2, 5);
                    jobs.Add((server, server.Submit($"{nodes}:ppn=2", random.Next(5, 15), walltime: random.Next(2) == 0 ? null : 20), nodes));
                }
            }
            Assert.True(bench.AdvanceUntil(() => jobs.TrueForAll(j => j.Server.State(j.Job) == "C"), 3000), $"seed {seed}");
            Assert.All(jobs, j => Assert.Equal(j.Nodes, Hosts(j.Server, j.Job).Length));
        }
    }

    [Fact]
    public void A_narrow_job_of_a_full_node_comes_to_its_slots_while_a_greedy_framework_frees_them_one_by_one()
    {
        var bench = new BatchServerBench().WithNodes(2);
        bench.Other(taskSeconds: 10);
        bench.Advance(1);
        var server = bench.Server();
        var id = server.Submit("1:ppn=4", 10);
        Assert.True(bench.AdvanceUntil(() => server.State(id) == "C", 600), server.Comment(id));
    }

    private static string[] Hosts(BenchServer server, string job) =>
        [.. server.Show(job)["exec_host"]!.Split('+').Select(h => h.Split('/')[0]).Distinct()];
}
