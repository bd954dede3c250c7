using Agora.Torque.Jobs.Wire;
using Xunit;

namespace Agora.Tests.Live.Torque;

/// <summary>What happens to jobs that want more than they asked for.</summary>
public sealed class LimitTests(TestUser user) : IClassFixture<TestUser>, IAsyncDisposable
{
    private readonly MomHarness _mom = new(user);

    public ValueTask DisposeAsync() => _mom.DisposeAsync();

    [Fact]
    public async Task A_job_over_its_walltime_is_told_in_its_error_file_and_ends_with_minus_11()
    {
        var job = _mom.Job("#!/bin/bash\ntrap '' TERM\nwhile :; do sleep 0.1; done\n") with { Limits = new JobLimits(WalltimeSeconds: 1), KillDelaySeconds = 1 };
        var ended = await _mom.Run(job);
        Assert.Equal((-11, "walltime 2 exceeded limit 1"), (ended.ExitStatus, ended.Message));
        Assert.StartsWith("=>> PBS: job killed: walltime 2 exceeded limit 1\n", MomHarness.Error(job), StringComparison.Ordinal);
        Assert.True(ended.Usage.WalltimeSeconds >= 1, ended.ToString());
    }

    [Fact]
    public async Task A_limit_that_is_changed_counts_at_once()
    {
        var job = _mom.Job("exec sleep 4720\n") with { Limits = new JobLimits(WalltimeSeconds: 3600) };
        await _mom.Send(new MomOrder.Start(job));
        await _mom.Next<MomReport.Started>();
        await _mom.Send(new MomOrder.Limit(job.JobId, 1, new JobLimits(WalltimeSeconds: 1)));
        Assert.Equal(-11, (await _mom.Next<MomReport.Ended>()).ExitStatus);
    }

    [Fact]
    public async Task Processor_time_of_all_processes_is_added_up()
    {
        var job = _mom.Job("for i in 1 2 3; do timeout 1 sh -c 'while :; do :; done'; done; while :; do :; done\n") with { Limits = new JobLimits(CputSeconds: 1) };
        var ended = await _mom.Run(job);
        Assert.Equal(-12, ended.ExitStatus);
        Assert.Matches(@"^=>> PBS: job killed: cput \d+ exceeded limit 1\n", MomHarness.Error(job));
        Assert.True(ended.Usage.CputSeconds > 1, ended.ToString());
    }

    [Theory]
    [InlineData(true, @"vmem \d+ exceeded limit 167772160")]
    [InlineData(false, @"mem job total \d+ kb exceeded limit 163840 kb")]
    public async Task A_job_over_its_memory_ends_with_minus_10(bool isVirtual, string said)
    {
        // Each is within the limit, which the kernel would see to, all together are not.
        var job = _mom.Job("for i in 1 2 3 4; do perl -e '$x = \"x\" x $ARGV[0]; sleep 100' 50000000 & done; wait\n") with
        {
            Limits = isVirtual ? new JobLimits(VmemBytes: 160 << 20) : new JobLimits(MemBytes: 160 << 20),
        };
        var ended = await _mom.Run(job);
        Assert.True(ended.ExitStatus == -10, $"{ended} {MomHarness.Error(job)}");
        Assert.Matches($"^=>> PBS: job killed: {said}\n", MomHarness.Error(job));
    }

    [Fact]
    public async Task Limits_of_each_process_are_the_kernels()
    {
        var job = _mom.Job("ulimit -v; ulimit -d; ulimit -m; ulimit -f; ulimit -t; nice\n") with
        {
            Limits = new JobLimits(MemBytes: 200 << 20, PmemBytes: 100 << 20, VmemBytes: 1 << 30, PvmemBytes: 800 << 20, FileBytes: 1 << 20, PcputSeconds: 77, Nice: 5),
        };
        Assert.Equal(0, (await _mom.Run(job)).ExitStatus);
        Assert.Equal($"{800 << 10}\n{100 << 10}\n{100 << 10}\n1024\n77\n5\n", MomHarness.Output(job));
    }

    [Fact]
    public async Task A_breach_of_a_process_limit_is_the_programs_own_failure()
    {
        var job = _mom.Job("#!/usr/bin/perl\n$x = 'x' x 300_000_000;\n") with { Limits = new JobLimits(PvmemBytes: 100 << 20) };
        var ended = await _mom.Run(job);
        Assert.True(ended.ExitStatus > 0, ended.ToString());
        Assert.Contains("Out of memory", MomHarness.Error(job), StringComparison.OrdinalIgnoreCase);
    }
}
