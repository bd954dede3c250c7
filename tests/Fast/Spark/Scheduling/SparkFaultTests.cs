using Agora.Cluster;
using Agora.Simulation;
using Agora.Spark;
using Agora.Spark.Scheduling;
using Xunit;
using static Agora.Tests.Fast.Spark.Scheduling.SchedulerBench;

namespace Agora.Tests.Fast.Spark.Scheduling;

/// <summary>Whole applications on the real master and agents in virtual time, while machines fail.</summary>
public sealed class SparkFaultTests
{
    private static readonly TimeSpan Trouble = TimeSpan.FromMinutes(4), QuietMax = TimeSpan.FromHours(1);

    public static IEnumerable<TheoryDataRow<ulong>> Seeds => Enumerable.Range(1, 30).Select(s => new TheoryDataRow<ulong>((ulong)s));

    /// <summary>A machine is lost for good in the middle of the reduces.</summary>
    [Fact]
    public void What_a_lost_machine_had_is_made_again_and_nothing_else()
    {
        var world = new SparkWorld(7, new MasterOptions(), o => o);
        for (var i = 1; i <= 4; i++)
            world.World.AddAgent($"node{i}", Resources.Of(2, 2048), "r1");
        world.Start();
        var map = Stage(0, 40);
        world.Submit(new JobSpec(0, "job", Stage(1, 40, [map], isLast: true), [.. Enumerable.Range(0, 40)]));
        Assert.True(world.World.Run(QuietMax, () => world.ResultsOf(0).Count() >= 8), world.State);
        Assert.All(Enumerable.Range(0, 40), p => Assert.Equal(1, world.Launches[(0, p)]));
        var lost = world.Files.Where(f => f.StartsWith("node2/", StringComparison.Ordinal))
            .Select(f => int.Parse(f.Split('-')[^1].Split('.')[0])).Order().ToList();
        Assert.InRange(lost.Count, 5, 20);
        world.Crash(world.World.Agents[1]);
        Assert.True(world.World.Run(QuietMax, () => world.Ended.ContainsKey(0)), world.State);
        Assert.Null(world.Ended[0]);
        Assert.Equal(lost, Enumerable.Range(0, 40).Where(p => world.Launches[(0, p)] > 1));
        Assert.Equal(40, world.ResultsOf(0).Count());
    }

    /// <summary>An executor is killed in the middle of iterations over a dataset that is kept.</summary>
    [Fact]
    public void Iterations_go_on_with_what_other_executors_keep()
    {
        var world = new SparkWorld(3, new MasterOptions(), o => o);
        for (var i = 1; i <= 2; i++)
            world.World.AddAgent($"node{i}", Resources.Of(4, 2048), "r1");
        world.Start();
        var map = Stage(0, 4);
        for (var i = 1; i <= 10; i++)
        {
            var last = Stage(i, 8, [map], cached: p => [new BlockId(7, p)], isLast: true, hidden: [new PersistedRdd(7, 8)]);
            world.Submit(new JobSpec(i, $"iteration {i}", last, [.. Enumerable.Range(0, 8)]));
            if (i == 6)
            {
                world.World.Run(TimeSpan.FromMilliseconds(300));
                world.Executors.Values.First().Container.End(137);
            }
            Assert.True(world.World.Run(QuietMax, () => world.Ended.ContainsKey(i)), world.State);
            Assert.Null(world.Ended[i]);
        }
        var stages = world.Scheduler.View().Stages;
        Assert.All(Enumerable.Range(0, 4), p => Assert.Equal(1, world.Launches[(0, p)]));
        Assert.All(stages.Where(s => s.Id is (> 1 and < 6) or > 7), s => Assert.Equal(8, s.Launched[TaskLocality.Process]));
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Every_job_ends_with_each_result_once_whatever_fails(ulong seed)
    {
        var dice = new Dice(seed ^ 0x9E3779B97F4A7C15);
        var world = new SparkWorld(seed, new MasterOptions
        {
            PingInterval = dice.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15)),
            OfferTimeout = TimeSpan.FromSeconds(20),
        }, o => o with
        {
            // More fails here in a minute than elsewhere in a year.
            StageAttemptsMax = 50,
            TaskFailuresMax = 8,
            Scheduling = dice.Chance(0.5) ? SchedulingMode.Fair : SchedulingMode.Fifo,
            Speculation = dice.Chance(0.5),
            MilliCpusMax = dice.Chance(0.2) ? 3_000 : null,
        });
        world.World.Network.DelayMax = dice.Between(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(100));
        world.MeanDuration = dice.Between(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(4));
        world.FailChance = dice.Chance(0.5) ? 0.02 : 0;
        world.FetchFailChance = dice.Chance(0.5) ? 0.02 : 0;
        world.IdleEnd = dice.Chance(0.4) ? TimeSpan.FromSeconds(10) : null;
        for (var i = 1; i <= dice.Between(2, 8); i++)
            world.World.AddAgent($"node{i}", Resources.Of(dice.Between(1, 4), 1024), $"rack{dice.Between(1, 3)}");
        world.Start();
        var jobs = PlanJobs(world, dice);
        PlanFaults(world, dice);
        world.World.Run(Trouble);
        world.World.Network.BreakChance = 0;
        world.FetchFailChance = 0;
        Assert.True(world.World.Run(QuietMax, () => jobs.All(j => world.Ended.ContainsKey(j.Id))), world.State);
        foreach (var job in jobs)
        {
            if (world.Ended[job.Id] is { } failure)
                Assert.True(failure.IsCancelled, failure.Reason);
            else
                Assert.Equal(job.Partitions.Order(), world.ResultsOf(job.Id).Order());
        }
        Assert.Contains(jobs, j => world.Ended[j.Id] is null);
        // What was killed ends, and what was lost to partitions comes back.
        world.World.Run(TimeSpan.FromMinutes(25));
        world.World.Checker.CheckQuiet();
        Assert.Empty(world.Scheduler.Progress());
        Assert.All(world.Scheduler.View().Executors, e => Assert.Equal(0, e.RunningTasks));
        Assert.True(world.Scheduler.Subscription.Suppressed);
    }

    /// <summary>Jobs over random lineages that share stages and datasets, some of them cancelled.</summary>
    private static List<JobSpec> PlanJobs(SparkWorld world, Dice dice)
    {
        List<JobSpec> jobs = [];
        List<StageSpec> maps = [];
        List<(PersistedRdd Rdd, StageSpec[] Parents)> kept = [];
        var id = 0;
        StageSpec New(StageSpec[] parents, bool isLast)
        {
            var tasks = dice.Between(1, 12);
            PersistedRdd? rdd = null;
            if (kept.Count > 0 && dice.Chance(0.3))
            {
                (rdd, parents) = dice.Of(kept);
                tasks = rdd.PartitionCount;
            }
            else if (dice.Chance(0.4))
            {
                rdd = new PersistedRdd(id, tasks);
                kept.Add((rdd, parents));
            }
            var hosts = Enumerable.Range(0, tasks).Select(_ => dice.Chance(0.5) ? new[] { $"node{dice.Between(1, 9)}" } : []).ToArray();
            return Stage(id++, tasks, parents, p => parents.Length == 0 ? hosts[p] : [],
                rdd is null ? null : p => [new BlockId(rdd.RddId, p)], isLast, rdd is null ? [] : [rdd]);
        }

        for (var i = 0; i < dice.Between(3, 12); i++)
        {
            for (var j = 0; j < dice.Between(0, 3); j++)
                maps.Add(New([.. maps.Where(_ => dice.Chance(0.3)).Take(2)], isLast: false));
            var last = New([.. maps.Where(_ => dice.Chance(0.4)).TakeLast(3)], isLast: true);
            var job = new JobSpec(i, $"job {i}", last, [.. Enumerable.Range(0, last.TaskCount)], Pool: $"pool{dice.Between(1, 3)}");
            jobs.Add(job);
            world.World.Events.After(dice.Between(TimeSpan.Zero, Trouble / 2), () => world.Submit(job));
            if (i > 0 && dice.Chance(0.15))
            {
                world.World.Events.After(Trouble / 2 + dice.Between(TimeSpan.Zero, TimeSpan.FromSeconds(20)),
                    () => world.Do((now, calls) => world.Scheduler.Cancel(now, job.Id, "its user had enough", calls)));
            }
        }
        return jobs;
    }

    private static void PlanFaults(SparkWorld world, Dice dice)
    {
        void Repeat(double chance, double meanSeconds, Action fault)
        {
            if (!dice.Chance(chance))
                return;
            for (var at = meanSeconds * dice.Unit(); at < Trouble.TotalSeconds; at += meanSeconds * (0.2 + 1.6 * dice.Unit()))
                world.World.Events.After(TimeSpan.FromSeconds(at), fault);
        }

        TimeSpan Downtime(double secondsMax) => dice.Between(TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(secondsMax));

        if (dice.Chance(0.5))
            world.World.Network.BreakChance = dice.Unit() * 0.01;
        Repeat(0.5, 60, () =>
        {
            if (world.World.Master.Machine is null)
                return;
            world.World.Master.Crash();
            world.World.Events.After(Downtime(20), world.World.Master.Start);
        });
        Repeat(0.6, 25, () =>
        {
            var agent = dice.Of(world.World.Agents);
            if (agent.Machine is null)
                return;
            world.Crash(agent);
            // Some are back before anybody has noticed, some are given up.
            world.World.Events.After(Downtime(dice.Chance(0.5) ? 20 : 200), agent.Start);
        });
        Repeat(0.6, 10, () =>
        {
            var live = world.Executors.Values.Where(e => e.Container.IsAlive).ToList();
            if (live.Count > 0)
                dice.Of(live).Container.End(137);
        });
        Repeat(0.4, 15, () =>
        {
            if (world.Files.Count > 0)
                world.Files.Remove(dice.Of([.. world.Files.Order()]));
        });
        Repeat(0.5, 40, () =>
        {
            var host = dice.Chance(0.7) ? dice.Of(world.World.Agents).Host : world.World.Schedulers[0].Host;
            if (world.World.Network.IsPartitioned(host, SimMaster.Host))
                return;
            world.World.Network.Partition(host, SimMaster.Host);
            world.World.Events.After(Downtime(120), () => world.World.Network.Heal(host, SimMaster.Host));
        });
    }
}
