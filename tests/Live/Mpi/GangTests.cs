using Xunit;

namespace Agora.Tests.Live.Mpi;

/// <summary>Jobs that want more than is free, and jobs that are started again.</summary>
[Collection(SharedMpiCluster.Name)]
public sealed class GangTests(MpiCluster cluster)
{
    [Fact]
    public async Task The_second_of_two_jobs_that_do_not_fit_together_says_what_it_waits_for_and_runs_when_the_first_is_done()
    {
        var done = Path.Combine(cluster.Home, "first-is-done");
        using var first = new MpiRun(cluster, ["--name", "first", "-n", "4", cluster.Program("actor", "mpich"), "0", "wait", done]);
        await first.Ready(4);
        using var second = new MpiRun(cluster, ["-n", "4", cluster.Program("hello", "mpich")]);
        await second.Says("\n");
        Assert.Matches("^mpiexec: waiting for 4 slots of cpus:1;mem:256: have [02] of 4 slots( \\(node\\d: 2\\))?\\. ", second.Error);
        Assert.Empty(second.Output);
        await File.WriteAllTextAsync(done, "", TestContext.Current.CancellationToken);
        Assert.Equal(0, (await first.Ended()).ExitCode);
        var ended = await second.Ended();
        Assert.True(ended.ExitCode == 0, ended.ToString());
        Assert.Equal(4, ended.Text.Split('\n').Count(l => l.EndsWith("sum 6", StringComparison.Ordinal)));
        await second.AssertGone();
    }

    [Fact]
    public async Task Two_jobs_that_do_not_fit_together_both_run()
    {
        using var first = new MpiRun(cluster, ["-n", "4", cluster.Program("hello", "mpich")]);
        using var second = new MpiRun(cluster, ["-n", "4", cluster.Program("hello", "openmpi")]);
        foreach (var ended in await Task.WhenAll(first.Ended(), second.Ended()))
            Assert.True(ended.ExitCode == 0, ended.ToString());
        await first.AssertGone();
    }

    [Theory]
    [InlineData("mpich")]
    [InlineData("openmpi")]
    public async Task Ranks_that_take_a_whole_node_are_on_a_node_each(string flavour)
    {
        // Nodes of two processors each, on a machine that may have more.
        var run = await cluster.Mpiexec("--cpus-per-rank", "2", "-n", "2", cluster.Program("hello", flavour));
        Assert.True(run.ExitCode == 0, run.ToString());
        var hosts = run.Text.TrimEnd().Split('\n').Select(l => l.Split(' ')[5]).Distinct().Count();
        Assert.True(hosts == (Environment.IsPrivilegedProcess ? 2 : 1), run.ToString());
    }

    [Theory]
    [InlineData("mpich")]
    [InlineData("openmpi")]
    public async Task A_job_that_fails_is_started_again_and_its_last_end_counts(string flavour)
    {
        var memory = Path.Combine(cluster.Home, $"memory-{flavour}");
        using var run = new MpiRun(cluster, ["--restarts", "2", "-n", "2", "--map-by", "node", cluster.Program("actor", flavour), "1", "once", memory]);
        var ended = await run.Ended();
        Assert.True(ended.ExitCode == 0, ended.ToString());
        Assert.Equal(["mpiexec: the job ended with 9; starting it again (2 restarts left)"],
            ended.Error.Split('\n').Where(l => l.StartsWith("mpiexec: ", StringComparison.Ordinal)));
        Assert.Equal(4, ended.Text.Split('\n').Count(l => l.StartsWith("rank ", StringComparison.Ordinal)));
        await run.AssertGone();
    }
}
