using Agora.Torque.Jobs.Wire;
using Xunit;

namespace Agora.Tests.Fast.Torque;

/// <summary>In which order jobs start: conservative backfill, priority, limits.</summary>
public sealed class BatchServerOrderTests
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_short_job_passes_a_wide_one_that_waits_and_a_long_one_does_not()
    {
        var bench = new BatchServerBench().WithNodes(2, "cpus:2;mem:2048");
        var server = bench.Server();
        server.Submit("1:ppn=2", 100, walltime: 100);
        bench.Advance(1);
        var wide = server.Submit("2:ppn=2", 50, walltime: 50);
        var tooLong = server.Submit("1:ppn=2", 150, walltime: 150);
        var fits = server.Submit("1:ppn=2", 60, walltime: 60);
        var unknown = server.Submit("1:ppn=2", 10);
        bench.Advance(5);
        Assert.Equal(("Q", "Q", "R", "Q"), (server.State(wide), server.State(tooLong), server.State(fits), server.State(unknown)));
        Assert.True(bench.AdvanceUntil(() => server.State(wide) == "R", 97));
        Assert.True(bench.AdvanceUntil(() => server.State(tooLong) == "R" && server.State(unknown) == "R", 55));
    }

    /// <summary>The law of conservative backfill: what a job was told when it came holds, whatever comes after it.</summary>
    [Fact]
    public void No_job_starts_later_than_it_was_told_at_first()
    {
        var told = 0;
        for (var seed = 1; seed <= 40; seed++)
        {
            var random = new Random(seed);
            var bench = new BatchServerBench().WithNodes(3, "cpus:2;mem:2048");
            var server = bench.Server();
            bench.Advance(1);
            List<string> jobs = [];
            Dictionary<string, TimeSpan> latest = [];
            void Note()
            {
                foreach (var job in server.Jobs.Where(j => j["job_state"] == "Q"))
                {
                    if (job["comment"] is { } text && text.IndexOf(" until ", StringComparison.Ordinal) is var at and >= 0)
                        latest.TryAdd(job.Name, TimeSpan.Parse(text.AsSpan(at + " until ".Length, "00:00:00".Length), null));
                }
            }
            for (var i = 0; i < 14; i++)
            {
                var length = random.Next(11, 97);
                jobs.Add(server.Submit(random.Next(3) switch
                {
                    0 => $"{random.Next(1, 4)}:ppn={random.Next(1, 3)}",
                    1 => "1:ppn=2",
                    _ => $"{random.Next(1, 4)}",
                }, length, walltime: length));
                // Time enough for offers to come: before, nodes that are free look as if others had them.
                bench.Advance(1 + random.Next(14));
                Note();
            }
            Assert.True(bench.AdvanceUntil(() => jobs.TrueForAll(id => server.Began(id) is not null), 2000));
            foreach (var (job, at) in latest)
            {
                var began = server.Began(job)!.Value.ToLocalTime().TimeOfDay;
                Assert.True(began <= at + StartTime + StartTime, $"seed {seed}: {job} was told {at} and began at {began}; {string.Join(' ', server.Jobs.Select(j => $"{j.Name}:{j["Resource_List", "nodes"]}:{j["Resource_List", "walltime"]}:{server.Began(j.Name):mm:ss.f}"))}");
            }
            told += latest.Count;
        }
        // Enough were told for the law to mean something.
        Assert.InRange(told, 100, 40 * 14);
    }

    [Fact]
    public void Like_jobs_start_in_the_order_of_their_submission_and_those_of_higher_priority_before_them()
    {
        var bench = new BatchServerBench().WithNodes(1, "cpus:2;mem:2048");
        var server = bench.Server();
        server.Submit("1:ppn=2", 20);
        bench.Advance(1);
        List<string> plain = [.. Enumerable.Range(0, 5).Select(_ => server.Submit("1:ppn=2", 5, walltime: 10))];
        var urgent = server.Submit("1:ppn=2", 5, walltime: 10, attributes: "Priority=10");
        Assert.True(bench.AdvanceUntil(() => server.State(plain[^1]) == "C", 200));
        Assert.Equal([urgent, .. plain], server.Starts.Skip(1).Select(s => s.Job));
    }

    [Fact]
    public void A_user_over_the_limit_blocks_nobody_else_and_never_exceeds_it()
    {
        var bench = new BatchServerBench().WithNodes(4);
        var server = bench.Server();
        server.Ask(new Request.Manage(ManageVerb.Set, StatusOf.Server, "", [new AttributeChange("max_user_run", null, "2", "=")]), "root");
        List<string> alice = [.. Enumerable.Range(0, 6).Select(_ => server.Submit("1", 10, user: "alice"))];
        var bob = server.Submit("1", 10, user: "bob");
        var most = 0;
        Assert.True(bench.AdvanceUntil(() =>
        {
            most = Math.Max(most, alice.Count(j => server.State(j) == "R"));
            return alice.TrueForAll(j => server.State(j) == "C");
        }, 120));
        Assert.Equal(2, most);
        Assert.InRange(server.Began(bob)!.Value, DateTimeOffset.MinValue, server.Began(alice[2])!.Value - StartTime);
    }

    [Fact]
    public void However_many_jobs_of_a_user_over_the_limit_are_before_it_another_users_job_runs()
    {
        var bench = new BatchServerBench().WithNodes(1);
        var server = bench.Server();
        server.Ask(new Request.Manage(ManageVerb.Set, StatusOf.Server, "", [new AttributeChange("max_user_run", null, "1", "=")]), "root");
        for (var i = 0; i < 600; i++)
            server.Submit("1", 1000, user: "alice");
        var bob = server.Submit("1", 10, user: "bob");
        Assert.True(bench.AdvanceUntil(() => server.State(bob) == "C", 30), server.Comment(bob));
    }

    [Fact]
    public void An_array_keeps_to_its_slot_limit_and_blocks_nobody_else()
    {
        var bench = new BatchServerBench().WithNodes(4);
        var server = bench.Server();
        var array = server.Submit("1", 10, array: "1-12%3");
        var other = server.Submit("1", 10);
        var most = 0;
        Assert.True(bench.AdvanceUntil(() =>
        {
            var running = server.Jobs.Count(r => r["job_state"] == "R" && r.Name != other);
            most = Math.Max(most, running);
            return server.Jobs.All(r => r["job_state"] == "C");
        }, 200));
        Assert.Equal(3, most);
        Assert.InRange(server.Began(other)!.Value, DateTimeOffset.MinValue, server.Starts[4].At);
        Assert.EndsWith("[].vm", array, StringComparison.Ordinal);
    }
}
