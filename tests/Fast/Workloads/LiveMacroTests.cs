using Agora.Workloads;
using Agora.Workloads.Live;
using Agora.Workloads.Live.Macro;
using Agora.Workloads.Reports;
using Xunit;

namespace Agora.Tests.Fast.Workloads;

/// <summary>What the live macrobenchmark submits, and what it makes of the times.</summary>
public sealed class LiveMacroTests
{
    private static readonly IReadOnlyList<MacroJob> Jobs = new MacroMix(MacroSizes.Quick, "/data").Jobs();

    [Fact]
    public void All_four_frameworks_have_jobs_and_each_job_has_a_name_of_its_own_and_is_checked()
    {
        Assert.Equal(MacroMix.Frameworks.Order(), Jobs.Select(j => j.Framework).Distinct().Order());
        Assert.Equal(Jobs.Count, Jobs.Select(j => j.Name).Distinct().Count());
        Assert.All(Jobs, j => Assert.Contains("cmp ", j.Check, StringComparison.Ordinal));
    }

    [Fact]
    public void Jobs_at_fixed_times_come_in_their_order_and_what_they_are_to_find_is_made_before()
    {
        foreach (var framework in new[] { MacroMix.Facebook, MacroMix.Torque })
        {
            var times = Jobs.Where(j => j.Framework == framework).Select(j => j.At).ToList();
            Assert.Equal(times.Order(), times);
            Assert.True(times[^1] < MacroSizes.Quick.Span);
        }
        var made = string.Join('\n', new MacroMix(MacroSizes.Quick, "/data").Preparation().Select(p => p.Line));
        foreach (var expected in Jobs.Select(j => j.Check.Split("/data/")[1].TrimEnd('\'')))
            Assert.Contains(expected, made, StringComparison.Ordinal);
    }

    [Fact]
    public void A_speed_up_is_the_sum_of_running_times_on_partitions_over_that_on_shared_nodes()
    {
        // On partitions each job takes 10 s, waiting included; on shared nodes Spark's take 5 s, all others 8 s.
        var apart = Run(_ => 10, cpus: 4);
        var shared = Run(j => j.Framework == MacroMix.Spark ? 5 : 8, cpus: 6);
        var rows = MacroExperiment.Find(shared, apart, new Quota(0.4m)).Rows.ToDictionary(r => r.Metric, r => r.Agora);
        Assert.Equal(2, rows["speed-up-spark"], 6);
        Assert.Equal(1.25, rows["speed-up-facebook"], 6);
        Assert.Equal(10.0 * Jobs.Count(j => j.Framework == MacroMix.Torque), rows["sum-of-running-times-torque-static"], 6);
        // 6 of 8 processors held against 4 of 8.
        Assert.Equal(25, rows["cpu-held-gain"], 6);
        Assert.Equal(2 * Jobs.Count, rows["jobs-with-checked-results"]);
    }

    [Fact]
    public void Each_picture_has_a_caption_and_can_be_drawn()
    {
        var run = Run(_ => 10, cpus: 4);
        var pictures = MacroExperiment.Find(run, run, new Quota(0.4m)).Pictures;
        Assert.NotEmpty(pictures);
        Assert.All(pictures, p => Assert.True(p.Caption.Length > 0 && p.Png("live").Length > 0, p.Name));
    }

    [Fact]
    public async Task A_wrong_result_ends_the_command_with_1()
    {
        Assert.Equal(1, await Experiments.CheckedAsync(() => throw new WrongOutputException("no such picture")));
        Assert.Equal(0, await Experiments.CheckedAsync(() => Task.CompletedTask));
    }

    /// <summary>Each job is submitted at zero; one framework holds so many of eight processors all the time.</summary>
    private static MacroRun Run(Func<MacroJob, double> seconds, double cpus) => new(
        [.. Jobs.Select(j => new MacroTime(j, 0, seconds(j)))],
        [.. Enumerable.Range(0, 10).Select(i => new ShareSample(i, new Dictionary<string, double> { [MacroMix.Large] = cpus },
            new Dictionary<string, double> { [MacroMix.Large] = 100 }))], (8, 1000));
}
