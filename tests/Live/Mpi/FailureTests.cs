using Agora.Supervisor.Shared;
using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Mpi;

/// <summary>
/// What ends a job before its time: its exit code tells how, one line tells what, and nothing of it stays anywhere.
/// Rank 1 is the one that something happens to; it is on node2.
/// </summary>
[Collection(SharedMpiCluster.Name)]
public sealed class FailureTests(MpiCluster cluster)
{
    [Theory]
    [InlineData("mpich", "KILL", "Killed")]
    [InlineData("mpich", "SEGV", "Segmentation fault")]
    [InlineData("mpich", "TERM", "Terminated")]
    [InlineData("mpich", "ABRT", "Aborted")]
    [InlineData("mpich", "FPE", "Floating point exception")]
    [InlineData("mpich", "USR2", "User defined signal 2")]
    [InlineData("openmpi", "KILL", "Killed")]
    [InlineData("openmpi", "SEGV", "Segmentation fault")]
    [InlineData("openmpi", "TERM", "Terminated")]
    [InlineData("openmpi", "ABRT", "Aborted")]
    [InlineData("openmpi", "FPE", "Floating point exception")]
    [InlineData("openmpi", "USR1", "User defined signal 1")]
    public async Task A_rank_that_is_killed_ends_the_job_and_is_named(string flavour, string signal, string title)
    {
        var number = MpiCluster.Signal(signal);
        using var run = Start(flavour, 3, "wait");
        var victim = (await run.Ready(3))[1];
        Kill(victim.Pid, number);
        var ended = await run.Ended();
        Assert.True(ended.ExitCode == 128 + number, ended.ToString());
        AssertSaid(ended, flavour == "mpich"
            ? $"mpiexec: rank 1 on {victim.Host} (pid {victim.Pid}) was killed by signal {number} ({title})"
            : $"process rank 1 with PID {victim.Pid} on node {victim.Host} exited on signal {number} ({title}).");
        await run.AssertGone();
    }

    [Theory]
    [InlineData("mpich", 3)]
    [InlineData("mpich", 6)]
    [InlineData("openmpi", 3)]
    [InlineData("openmpi", 6)]
    public async Task A_rank_that_exits_before_the_others_ends_the_job(string flavour, int ranks)
    {
        using var run = Start(flavour, ranks, "exit", "7");
        var culprit = (await run.Ready(ranks))[1];
        var ended = await run.Ended();
        Assert.True(ended.ExitCode == 7, ended.ToString());
        if (flavour == "mpich")
            AssertSaid(ended, $"mpiexec: rank 1 on {culprit.Host} (pid {culprit.Pid}) exited with code 7 before the job was done");
        else
            Assert.Matches("Process name: \\[\\[\\d+,1\\],1\\]\\s+Exit code: +7", ended.Error);
        await run.AssertGone();
    }

    [Theory]
    [InlineData("mpich", "abort", 42)]
    [InlineData("mpich", "return", 5)]
    [InlineData("openmpi", "abort", 42)]
    [InlineData("openmpi", "return", 5)]
    public async Task The_code_of_an_abort_or_of_one_ranks_end_is_the_jobs(string flavour, string action, int code)
    {
        using var run = Start(flavour, 3, action, $"{code}");
        var ended = await run.Ended();
        Assert.True(ended.ExitCode == code, ended.ToString());
        await run.AssertGone();
    }

    [Theory]
    [InlineData("mpich", "proxy", 137, "mpiexec: the library's process on node2 was killed by signal 9 (Killed)")]
    [InlineData("mpich", "agora-rsh", 1, "mpiexec: the connection to node")]
    [InlineData("mpich", "library", 137, "mpiexec: the library's own mpiexec was killed by signal 9 (Killed)")]
    [InlineData("mpich", "host", 1, "mpiexec: ")]
    [InlineData("openmpi", "proxy", 137, "mpiexec: the library's process on node2 was killed by signal 9 (Killed)")]
    [InlineData("openmpi", "agora-rsh", 1, "mpiexec: the connection to node")]
    [InlineData("openmpi", "library", 137, "mpiexec: the library's own mpiexec was killed by signal 9 (Killed)")]
    [InlineData("openmpi", "host", 1, "mpiexec: ")]
    public async Task A_process_of_the_job_that_is_killed_hard_ends_the_job_and_is_named(string flavour, string process, int code, string said)
    {
        using var run = Start(flavour, 3, "wait");
        var ranks = await run.Ready(3);
        Kill(await run.Find(process, ranks[1].Pid), Libc.SIGKILL);
        var ended = await run.Ended();
        Assert.True(ended.ExitCode == code, ended.ToString());
        AssertSaid(ended, said);
        if (process == "host")
            Assert.Matches("mpiexec: (node2 was lost: |the connection to node2 .*was lost)", ended.Error); // Whoever tells it first.
        await run.AssertGone();
    }

    [Theory]
    [InlineData("mpich", "TERM", "Terminated")]
    [InlineData("mpich", "INT", "Interrupt")]
    [InlineData("mpich", "KILL", null)]
    [InlineData("openmpi", "TERM", "Terminated")]
    [InlineData("openmpi", "INT", "Interrupt")]
    [InlineData("openmpi", "KILL", null)]
    public async Task Mpiexec_takes_its_job_with_it(string flavour, string signal, string? title)
    {
        var number = MpiCluster.Signal(signal);
        using var run = Start(flavour, 3, "wait");
        await run.Ready(3);
        Kill(run.Pid, number);
        var ended = await run.Ended();
        Assert.True(ended.ExitCode == 128 + number, ended.ToString());
        if (title is not null)
            AssertSaid(ended, $"mpiexec: ended by signal {number} ({title})");
        await run.AssertGone(properEnd: title is not null);
    }

    [Theory]
    [InlineData("mpich")]
    [InlineData("openmpi")]
    public async Task A_time_limit_ends_a_running_job(string flavour)
    {
        using var run = new MpiRun(cluster, ["--timeout", "4", "-n", "3", "--map-by", "node", cluster.Program("actor", flavour), "1", "wait"]);
        var ended = await run.Ended();
        Assert.True(ended.ExitCode == 110, ended.ToString());
        AssertSaid(ended, "mpiexec: the time limit of 4 s is over; the job was ended");
        await run.AssertGone();
    }

    [Fact]
    public async Task Slots_that_do_not_come_in_time_are_told()
    {
        using var other = Start("mpich", 4, "wait");
        await other.Ready(4);
        var late = await cluster.Mpiexec("--wait", "1", "-n", "3", cluster.Program("actor", "mpich"), "1", "wait");
        Programs.AssertRefused(late, 110, "in time: it had 2 of 3 slots", "--wait SECONDS");
        Kill(other.Pid, Libc.SIGTERM);
        await other.Ended();
        await other.AssertGone();
    }

    [Theory]
    [InlineData("--cpus-per-rank 3 -n 1", 1, "1 slot of", "--cpus-per-rank")]
    [InlineData("--mem-per-rank 2g -n 1", 1, "1 slot of", "--mem-per-rank")]
    [InlineData("-n 7", 1, "7 slots of", "-n")]
    [InlineData("-host node9 -n 1", 1, "1 slot of", "-n")]
    public async Task What_will_never_fit_is_refused(string options, int code, string what, string fix) => Programs.AssertRefused(
        await cluster.Mpiexec([.. options.Split(' '), cluster.Program("actor", "mpich"), "0", "return", "0"]), code, what, fix);

    [Theory]
    [InlineData("/no/such/program", 127, "there is no program /no/such/program")]
    [InlineData("no-such-program", 127, "there is no program no-such-program")]
    [InlineData("/etc/passwd", 126, "/etc/passwd cannot be run")]
    [InlineData("/etc", 126, "/etc cannot be run")]
    public async Task A_program_that_cannot_be_run_is_refused_before_anything_is_started(string program, int code, string what) =>
        Programs.AssertRefused(await cluster.Mpiexec("-n", "2", program), code, what, "");

    [Theory]
    [InlineData("mpich", "openmpi", "is linked to Open MPI, and --mpi asks for MPICH")]
    [InlineData("openmpi", "mpich", "is linked to MPICH, and --mpi asks for Open MPI")]
    public async Task A_program_of_the_other_library_is_refused(string asked, string flavour, string what)
    {
        var refused = await cluster.Mpiexec("--mpi", asked, "-n", "2", cluster.Program("actor", flavour), "0", "return", "0");
        Programs.AssertRefused(refused, 1, what, "--mpi");
        Assert.Empty(refused.Text);
    }

    [Fact]
    public async Task Programs_of_two_libraries_are_no_job() => Programs.AssertRefused(
        await cluster.Mpiexec("-n", "1", cluster.Program("actor", "mpich"), "0", "return", "0",
            ":", "-n", "1", cluster.Program("actor", "openmpi"), "0", "return", "0"), 1, "is linked to Open MPI", "one library");

    private MpiRun Start(string flavour, int ranks, params string[] action) =>
        new(cluster, ["-n", $"{ranks}", "--map-by", "node", cluster.Program("actor", flavour), "1", .. action]);

    private static void Kill(int pid, int signal) => Assert.Equal(0, Libc.kill(pid, signal));

    /// <summary>One line of <c>mpiexec</c>'s own, or one of Open MPI's, says it.</summary>
    private static void AssertSaid(Finished ended, string line) =>
        Assert.True(ended.Error.Split('\n').Count(l => l.Contains(line, StringComparison.Ordinal)) == 1 &&
            ended.Error.Split('\n').Count(l => l.StartsWith("mpiexec: ", StringComparison.Ordinal)) <= 1, $"not '{line}' alone:\n{ended}");
}

/// <summary>A whole agent that is gone; each in a cluster of its own.</summary>
public sealed class AgentFailureTests
{
    [Theory]
    [InlineData("mpich")]
    [InlineData("openmpi")]
    public async Task A_killed_agent_ends_the_job(string flavour)
    {
        var cluster = new MpiCluster();
        try
        {
            await cluster.InitializeAsync();
            using var run = new MpiRun(cluster, ["-n", "3", "--map-by", "node", cluster.Program("actor", flavour), "1", "wait"]);
            await run.Ready(3);
            await cluster.KillHard("node2");
            var ended = await run.Ended();
            Assert.True(ended.ExitCode == 1, ended.ToString());
            Assert.True(ended.Error.Contains("mpiexec: node2 was lost: ", StringComparison.Ordinal), ended.ToString());
            await run.AssertGone();
        }
        finally
        {
            await cluster.DisposeAsync();
        }
    }
}
