using Agora.Torque.Jobs.Wire;
using Agora.Torque.Mom.Life;
using Agora.Torque.Mom.Session;
using Xunit;

namespace Agora.Tests.Fast.Torque;

public class MomLifeTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    private readonly JobLife _life = new("17.pbs", 2, new JobLimits(WalltimeSeconds: 100, CputSeconds: 50, MemBytes: 1 << 20), TimeSpan.FromSeconds(3));

    private IReadOnlyList<LifeEffect> At(double seconds, LifeInput input) => _life.Handle(Start.AddSeconds(seconds), input);

    private IReadOnlyList<LifeEffect> Says(double seconds, SessionEvent said) => At(seconds, new LifeInput.Said(said));

    private static IEnumerable<int> Signals(IEnumerable<LifeEffect> effects) =>
        effects.OfType<LifeEffect.Tell>().Select(t => t.Command).OfType<SessionCommand.Signal>().Select(s => s.Number);

    private MomReport.Ended End(double seconds, int waitStatus)
    {
        Says(seconds, new SessionEvent.TreeEnded(waitStatus, 1_500_000, 4096));
        var report = Assert.Single(Says(seconds, new SessionEvent.Done(null)).OfType<LifeEffect.Report>());
        Assert.True(_life.HasEnded);
        return Assert.IsType<MomReport.Ended>(report.Message);
    }

    [Fact]
    public void A_job_is_told_to_have_started_and_then_to_have_ended_with_what_it_used()
    {
        var started = Assert.Single(Says(0, new SessionEvent.Started(4711)).OfType<LifeEffect.Report>());
        Assert.Equal(new MomReport.Started("17.pbs", 2, 4711), started.Message);
        Assert.Equal(new MomReport.Ended("17.pbs", 2, 3, new JobUsage(1.5, 4096, 0, 7), 4711), End(7, 3 << 8));
    }

    [Fact]
    public void The_session_finishes_with_the_status_and_the_use_that_an_epilogue_is_told()
    {
        Says(0, new SessionEvent.Started(4711));
        At(1, new LifeInput.Sampled(new UsageSample(2.9, 10_000, 2048, 2048)));
        var effects = Says(3661, new SessionEvent.TreeEnded(9, 1_500_000, 4096));
        Assert.Equal(new LifeEffect.Tell(new SessionCommand.Finish(4711, "cput=00:00:02,vmem=2kb,walltime=01:01:01,mem=10kb,energy_used=0", 265)), effects[^1]);
        Assert.Contains(new LifeEffect.EndRemote(), effects);
    }

    [Fact]
    public void Walltime_is_over_at_its_second_and_the_line_says_so_before_anybody_is_asked_to_end()
    {
        Says(0, new SessionEvent.Started(4711));
        Assert.Equal(Start.AddSeconds(100), _life.NextDeadline);
        Assert.Empty(At(99.9, new LifeInput.Tick()));
        var effects = At(100, new LifeInput.Tick());
        Assert.Equal(new LifeEffect.Tell(new SessionCommand.Note("=>> PBS: job killed: walltime 101 exceeded limit 100\n", true)), effects[0]);
        Assert.Equal([15, 18], Signals(effects));
        Assert.Equal(Start.AddSeconds(103), _life.NextDeadline);
        Assert.Equal([9], Signals(At(103, new LifeInput.Tick())));
        var ended = End(103.1, 9);
        Assert.Equal((-11, "walltime 101 exceeded limit 100"), (ended.ExitStatus, ended.Message));
    }

    [Fact]
    public void A_limit_that_was_raised_in_time_counts_and_one_that_was_lowered_too()
    {
        Says(0, new SessionEvent.Started(4711));
        At(90, new LifeInput.Limit(new JobLimits(WalltimeSeconds: 200)));
        Assert.Empty(At(150, new LifeInput.Tick()));
        Assert.Equal([15, 18], Signals(At(160, new LifeInput.Limit(new JobLimits(WalltimeSeconds: 10)))));
    }

    [Fact]
    public void The_first_reason_to_end_a_job_is_the_one_that_counts()
    {
        Says(0, new SessionEvent.Started(4711));
        At(1, new LifeInput.Kill(TimeSpan.FromSeconds(200), 271));
        Assert.Empty(At(150, new LifeInput.Sampled(new UsageSample(99, 99 << 20, 0, 0))).OfType<LifeEffect.Tell>());
        Assert.Equal(271, End(151, 7 << 8).ExitStatus);
    }

    [Fact]
    public void A_second_order_to_kill_can_only_hasten_it()
    {
        Says(0, new SessionEvent.Started(4711));
        At(1, new LifeInput.Kill(TimeSpan.FromSeconds(20), null));
        At(2, new LifeInput.Kill(TimeSpan.FromSeconds(100), null));
        Assert.Equal(Start.AddSeconds(21), _life.NextDeadline);
        At(3, new LifeInput.Kill(TimeSpan.Zero, null));
        Assert.Null(_life.NextDeadline);
    }

    [Fact]
    public void A_job_that_is_killed_before_it_has_started_is_asked_to_end_as_soon_as_it_has()
    {
        At(0, new LifeInput.Kill(TimeSpan.FromSeconds(5), 271));
        Assert.Equal([15], Signals(Says(1, new SessionEvent.Started(4711))));
        Assert.Equal(271, End(2, 15).ExitStatus);
    }

    [Fact]
    public void What_outlives_the_leader_is_asked_to_end_and_then_killed()
    {
        Says(0, new SessionEvent.Started(4711));
        Assert.Equal([15, 18], Signals(Says(5, new SessionEvent.LeaderEnded(0))));
        Assert.Equal([9], Signals(At(8, new LifeInput.Tick())));
        var ended = End(9, 0);
        // The job's time is the script's.
        Assert.Equal((0, 5), (ended.ExitStatus, ended.Usage.WalltimeSeconds));
    }

    [Fact]
    public void Nothing_is_signalled_once_nothing_is_left_so_an_epilogue_has_its_time()
    {
        Says(0, new SessionEvent.Started(4711));
        Says(1, new SessionEvent.TreeEnded(0, 0, 0));
        Assert.Empty(Says(1, new SessionEvent.LeaderEnded(0)));
        Assert.Empty(At(2, new LifeInput.Kill(TimeSpan.Zero, 271)));
        Assert.Empty(At(200, new LifeInput.Tick()));
        Assert.Null(_life.NextDeadline);
    }

    [Fact]
    public void Use_is_reported_every_ten_seconds()
    {
        Says(0, new SessionEvent.Started(4711));
        List<double> told = [];
        for (var second = 1; second <= 30; second++)
        {
            if (At(second, new LifeInput.Sampled(new UsageSample(second / 2.0, 4096, 8192, 8192))).OfType<LifeEffect.Report>().Any())
                told.Add(second);
        }
        Assert.Equal([10, 20, 30], told);
    }

    [Fact]
    public void A_job_that_could_not_be_started_says_why_and_keeps_its_status()
    {
        Says(0, new SessionEvent.NotStarted(-3, "no prologue"));
        var ended = End(0, 0);
        Assert.Equal((-3, "no prologue", 0), (ended.ExitStatus, ended.Message, ended.Session));
    }

    [Theory]
    [InlineData(false, -1)]
    [InlineData(true, 265)]
    public void A_session_that_is_lost_ends_the_job(bool hasStarted, int status)
    {
        if (hasStarted)
            Says(0, new SessionEvent.Started(4711));
        var effects = At(1, new LifeInput.SessionLost("gone"));
        var ended = Assert.IsType<MomReport.Ended>(Assert.Single(effects.OfType<LifeEffect.Report>()).Message);
        Assert.Equal((status, "gone"), (ended.ExitStatus, ended.Message));
        Assert.Empty(At(2, new LifeInput.SessionLost("again")));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3 << 8, 3)]
    [InlineData(255 << 8, 255)]
    [InlineData(15, 271)]
    [InlineData(9, 265)]
    [InlineData(11 | 0x80, 267)]
    public void Exit_status_is_the_code_or_256_and_the_signal(int waitStatus, int status) => Assert.Equal(status, ExitStatus.Of(waitStatus));

    [Theory]
    [InlineData(1, false, -2)]
    [InlineData(2, false, -3)]
    [InlineData(-1, false, -3)]
    [InlineData(2, true, -2)]
    public void A_prologue_gives_up_the_job_or_asks_for_another_try(int code, bool isInteractive, int status) =>
        Assert.Equal(status, ExitStatus.OfPrologue(code, isInteractive));

    public static TheoryData<JobLimits, int?, string?> Limits => new()
    {
        { new JobLimits(), null, null },
        { new JobLimits(CputSeconds: 12), null, null },
        { new JobLimits(CputSeconds: 10), -12, "cput 12 exceeded limit 10" },
        { new JobLimits(VmemBytes: 4096), -10, "vmem 8192 exceeded limit 4096" },
        { new JobLimits(PvmemBytes: 4096), -10, "pvmem exceeded limit" },
        { new JobLimits(MemBytes: 2048), -10, "mem job total 3 kb exceeded limit 2 kb" },
        { new JobLimits(PmemBytes: 1, FileBytes: 1), null, null },
    };

    [Theory]
    [MemberData(nameof(Limits))]
    public void A_breach_is_told_in_Torques_words(JobLimits limits, int? status, string? text)
    {
        var breach = LimitCheck.OfUsage(limits, new UsageSample(11.5, 3072, 8192, 5000));
        Assert.Equal((status, text), (breach?.Status, breach?.Text));
    }
}
