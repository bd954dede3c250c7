using Agora.Workloads.Live.Macro;
using Agora.Workloads.Recovery;
using Xunit;

namespace Agora.Tests.Fast.Workloads;

/// <summary>Which faults a chaos run has, whom they meet, what they excuse, and what they are said to have cost.</summary>
public sealed class RecoveryTests
{
    private static readonly MacroMix Mix = new(MacroSizes.Small, "/data");

    [Fact]
    public void The_same_seed_gives_the_same_faults_and_another_one_others()
    {
        Assert.Equal(FaultSchedule.Of(7, 120, hasLinks: true), FaultSchedule.Of(7, 120, hasLinks: true));
        Assert.NotEqual(FaultSchedule.Of(7, 120, hasLinks: true), FaultSchedule.Of(8, 120, hasLinks: true));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void In_a_minute_and_a_half_each_kind_of_process_is_killed_and_some_faults_come_in_pairs(bool hasLinks)
    {
        for (var seed = 1UL; seed <= 20; seed++)
        {
            var faults = FaultSchedule.Of(seed, 90, hasLinks);
            Assert.Equal(Enum.GetValues<Target>().Where(t => t != Target.Link), faults.Where(f => f.Blow == Blow.Kill).Select(f => f.Target).Distinct().Order());
            Assert.Equal(hasLinks, faults.Any(f => f.Target == Target.Link));
            Assert.Contains(faults.GroupBy(f => f.At), at => at.Count() > 1);
            Assert.All(faults, f => Assert.True(f.At < 90 && f.Seconds > 0 == (f.Blow != Blow.Kill), f.ToString()));
        }
    }

    [Theory]
    [InlineData(nameof(Target.SparkDriver), nameof(Blow.Kill), "kill-spark-driver")]
    [InlineData(nameof(Target.Link), nameof(Blow.CutOff), "cut-off-link")]
    public void A_kind_of_fault_is_named_in_kebab_case(string target, string blow, string name) =>
        Assert.Equal(name, new Fault(0, Enum.Parse<Target>(target), Enum.Parse<Blow>(blow), 0, 0).Kind);

    [Theory]
    [InlineData("/x/agora-daemon master --port 5050", nameof(Target.Leader))]
    [InlineData("/x/agora-daemon master --port 5051", nameof(Target.Standby))]
    [InlineData("/usr/bin/etcd --name one", nameof(Target.Election))]
    [InlineData("/x/agora-daemon agent --master etcd://h/agora", nameof(Target.Agent))]
    [InlineData("/x/agora-hadoop tasktracker --store http://h", nameof(Target.TaskTracker))]
    [InlineData("dotnet /y/Agora.Spark.Programs.dll als 1", nameof(Target.SparkDriver))]
    [InlineData("mpiexec -n 2 tachyon", nameof(Target.Mpiexec))]
    [InlineData("mpiexec.openmpi -n 2 tachyon", null)]
    [InlineData("bash -c mpiexec -n 2 tachyon", null)]
    public void A_process_is_told_by_its_command(string command, string? kind) =>
        Assert.Equal(kind is { } one ? [Enum.Parse<Target>(one)] : [], Enum.GetValues<Target>().Where(t => ProcessScan.Is(command.Split(' '), t, new Uri("http://127.0.0.1:5050"))));

    [Fact]
    public void A_job_may_fail_by_what_kills_its_driver_while_it_runs_and_by_nothing_else()
    {
        var job = new JobOutcome(JobOf(MacroMix.Spark), Submitted: 10, Ended: 20, ExitCode: 137, "");
        var driver = Event(15, Target.SparkDriver);
        Assert.Equal(driver, job.Reason([Event(12, Target.Leader), driver, Event(16, Target.SparkExecutor)]));
        Assert.Null(job.Reason([Event(12, Target.Leader), Event(9, Target.SparkDriver), Event(21, Target.SparkDriver)]));
        Assert.Null(job.Reason([driver with { Victim = null }]));
        Assert.Null(ChaosRun.ProblemOf(job, [driver]));
        Assert.Contains("no fault explains it", ChaosRun.ProblemOf(job, []), StringComparison.Ordinal);
        Assert.Contains("wrong result", ChaosRun.ProblemOf(job with { ExitCode = 0, Wrong = "it differs" }, [driver]), StringComparison.Ordinal);
        Assert.Contains("did not end", ChaosRun.ProblemOf(job with { ExitCode = null }, [driver]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_costs_the_time_to_the_next_accepted_offer_of_whom_it_concerns_and_the_tasks_lost_until_the_next_fault()
    {
        FaultEvent jobTracker = Event(10, Target.JobTracker), leader = Event(20, Target.Leader);
        ProgressSample Sample(double at, long epoch, long hadoop, long spark, long lost) => new(at, epoch,
            new Dictionary<string, long> { [MacroMix.Facebook] = hadoop, [MacroMix.Spark] = spark }, lost);
        var costs = FaultCost.Of([jobTracker, leader],
        [
            Sample(9, 1, 5, 5, 0),
            // Spark's progress is none of a JobTracker's.
            Sample(11, 1, 5, 6, 2), Sample(13, 1, 6, 7, 3),
            // The next leader counts from zero.
            Sample(24, 2, 0, 0, 0), Sample(25, 2, 0, 1, 4),
        ], []);
        Assert.Equal([(3.0, 3L), (5.0, 4L)], costs.Select(c => (c.Progress!.Value, c.Lost)));
    }

    [Fact]
    public void The_end_of_a_job_is_progress_too()
    {
        var job = new JobOutcome(JobOf(MacroMix.Torque), Submitted: 10, Ended: 20, ExitCode: 0, "");
        Assert.Equal(8, FaultCost.Of([Event(12, Target.Mom)], [], [job])[0].Progress);
    }

    [Theory]
    [InlineData("90s", 90.0)]
    [InlineData("1.5m", 90.0)]
    [InlineData("10", null)]
    [InlineData("0s", null)]
    [InlineData("-1m", null)]
    [InlineData("", null)]
    public void A_duration_has_a_unit(string text, double? seconds) => Assert.Equal(seconds, RecoveryCommand.SecondsOf(text));

    [Fact]
    public void Each_kind_of_blow_has_a_picture()
    {
        List<FaultEvent> faults = [Event(1, Target.Leader), Event(2, Target.Link, Blow.CutOff)];
        var findings = ChaosFindings.Of(new ChaosRun(faults, [], [], []), [], 60, hasLinks: true);
        Assert.Equal(2, findings.Pictures.Count);
        Assert.All(findings.Pictures, p => Assert.NotEmpty(p.Png("live")));
        Assert.Equal(2, findings.Rows.Single(r => r.Metric == "faults").Agora);
    }

    [Fact]
    public void Jobs_of_each_round_have_names_of_their_own()
    {
        var jobs = Mix.Jobs().Concat(Mix.Jobs(2)).ToList();
        Assert.Equal(jobs.Count, jobs.Select(j => j.Name).Distinct().Count());
        Assert.All(jobs, j => Assert.Contains(j.Name, j.Line, StringComparison.Ordinal));
    }

    private static MacroJob JobOf(string framework) => Mix.Jobs().First(j => j.Framework == framework);

    private static FaultEvent Event(double at, Target target, Blow blow = Blow.Kill) => new(new Fault(at, target, blow, 0, 0), at, "1 victim");
}
