using Agora.Tests.Live.Cluster;
using Agora.Torque.Jobs.Wire;
using Xunit;

namespace Agora.Tests.Live.Torque;

/// <summary>Where a job's output goes, and that none of it is lost.</summary>
public sealed class OutputTests(TestUser user) : IClassFixture<TestUser>, IAsyncDisposable
{
    private const string Both = "echo out; echo err >&2\n";

    private readonly MomHarness _mom = new(user);

    public ValueTask DisposeAsync() => _mom.DisposeAsync();

    [Theory]
    [InlineData("oe", "out\nerr\n", null)]
    [InlineData("eo", null, "out\nerr\n")]
    [InlineData("n", "out\n", "err\n")]
    public async Task Joined_streams_make_one_file(string join, string? output, string? error)
    {
        var directory = user.NewDirectory();
        var job = _mom.Job(Both) with { JoinPath = join, OutputPath = $"host:{directory}/out", ErrorPath = $"host:{directory}/err" };
        Assert.Equal(0, (await _mom.Run(job)).ExitStatus);
        Assert.Equal(output, Read(directory, "out"));
        Assert.Equal(error, Read(directory, "err"));
    }

    [Fact]
    public async Task Directories_get_the_usual_names_and_names_in_paths_get_their_values()
    {
        var directory = user.NewDirectory();
        var job = _mom.Job(Both, "17[3]") with
        {
            Name = "arr-3",
            ArrayIndex = 3,
            OutputPath = $"elsewhere:{directory}",
            ErrorPath = $"host:{directory}/e.${{PBS_JOBID}}.$PBS_JOBNAME.$PBS_ARRAYID.$NOTHING",
        };
        Assert.Null((await _mom.Run(job)).Message);
        Assert.Equal(["arr.o17-3", "e.17[3].pbs.arr-3.3.$NOTHING"], Directory.EnumerateFiles(directory).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Files_are_as_the_umask_attribute_says_and_an_old_file_is_overwritten()
    {
        var job = _mom.Job("umask; echo new\n") with { Umask = 0x12 };
        var path = job.OutputPath["host:".Length..];
        File.WriteAllText(path, "something much longer\n");
        user.Own(path);
        await _mom.Run(job);
        Assert.Equal("0077\nnew\n", File.ReadAllText(path));
        Assert.Equal(Convert.ToInt32("644", 8), (int)File.GetUnixFileMode(job.ErrorPath["host:".Length..]));
    }

    [Fact]
    public async Task Kept_files_are_in_the_home_directory_while_the_job_runs()
    {
        Assert.SkipUnless(TestUser.IsAnother, "it would write into the home directory of whoever runs the tests");
        var job = _mom.Job("echo first; while [ ! -e go ]; do sleep 0.05; done\n") with { KeepFiles = "oe", InitialDirectory = user.NewDirectory() };
        await _mom.Send(new MomOrder.Start(job));
        var kept = Path.Combine(user.Home, "job.o17");
        await Programs.Until("a line", () => File.Exists(kept) && File.ReadAllText(kept) == "first\n", () => "nothing");
        File.WriteAllText(Path.Combine(job.InitialDirectory!, "go"), "");
        await _mom.Next<MomReport.Ended>();
        Assert.True(File.Exists(Path.Combine(user.Home, "job.e17")));
        Assert.False(File.Exists(job.OutputPath["host:".Length..]));
    }

    [Fact]
    public async Task Nowhere_is_a_place_to_write_to()
    {
        var job = _mom.Job(Both) with { OutputPath = "host:/dev/null", ErrorPath = "/dev/null" };
        var ended = await _mom.Run(job);
        Assert.Equal((0, null), (ended.ExitStatus, ended.Message));
    }

    [Fact]
    public async Task Output_that_cannot_be_delivered_is_kept_and_said_where()
    {
        var job = _mom.Job(Both) with { OutputPath = "elsewhere:/no/such/directory/out" };
        var ended = await _mom.Run(job);
        Assert.Equal(0, ended.ExitStatus);
        var kept = Path.Combine(_mom.Node.Undelivered, "17.pbs.OU");
        Assert.Equal($"cannot write elsewhere:/no/such/directory/out: there is no such directory on node1, which shares no such files with elsewhere; " +
            $"the output is kept on node1 in {kept}", ended.Message);
        Assert.Equal("out\n", File.ReadAllText(kept));
        Assert.Equal("err\n", MomHarness.Error(job));
    }

    [Fact]
    public async Task Nobody_writes_by_a_job_where_he_may_not_himself()
    {
        Assert.SkipUnless(TestUser.IsAnother, "the mom has no more rights than the user");
        var path = Path.Combine(user.Directory, "roots");
        var ended = await _mom.Run(_mom.Job(Both) with { OutputPath = $"host:{path}" });
        Assert.Contains("Permission denied", ended.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task A_hundred_thousand_lines_arrive_whole()
    {
        var job = _mom.Job("seq 100000\n");
        await _mom.Run(job);
        Assert.Equal(string.Concat(Enumerable.Range(1, 100_000).Select(i => $"{i}\n")), MomHarness.Output(job));
    }

    [Fact]
    public async Task A_note_is_a_line_of_the_output_or_the_error_file()
    {
        var job = _mom.Job("echo one; touch ready; while [ ! -e go ]; do sleep 0.05; done; echo two\n") with { InitialDirectory = user.NewDirectory() };
        await _mom.Send(new MomOrder.Start(job));
        await Programs.Until("the job to run", () => File.Exists(Path.Combine(job.InitialDirectory!, "ready")), () => "not yet");
        await _mom.Send(new MomOrder.Note(job.JobId, 1, "hello", false));
        await _mom.Send(new MomOrder.Note(job.JobId, 1, "careful\n", true));
        await Programs.Until("the note", () => File.ReadAllText(Path.Combine(_mom.Node.Output, "17.pbs.ER")) == "careful\n", () => "none");
        File.WriteAllText(Path.Combine(job.InitialDirectory!, "go"), "");
        await _mom.Next<MomReport.Ended>();
        Assert.Equal("one\nhello\ntwo\n", MomHarness.Output(job));
    }

    [Fact]
    public async Task A_directory_that_is_not_there_is_told_in_the_error_file()
    {
        var job = _mom.Job("echo never\n") with { InitialDirectory = "/no/such/home" };
        var ended = await _mom.Run(job);
        Assert.Equal((-1, "cannot enter the directory (/no/such/home): No such file or directory on node1"), (ended.ExitStatus, ended.Message));
        Assert.Equal($"PBS: the job was not started: {ended.Message}\n", MomHarness.Error(job));
        Assert.Equal("", MomHarness.Output(job));
    }

    [Theory]
    [InlineData("nobody-of-that-name", "node1 knows no user nobody-of-that-name")]
    public async Task A_user_that_the_node_does_not_know_is_told(string name, string why)
    {
        var ended = await _mom.Run(_mom.Job(Both) with { User = name });
        Assert.Equal((-1, why), (ended.ExitStatus, ended.Message));
    }

    [Fact]
    public async Task Prologue_and_epilogue_run_with_Torques_arguments_and_write_into_the_output()
    {
        var home = user.NewDirectory();
        Site(home, "prologue", "echo pro $(id -u) \"$1|$2|$3|$4|$5|$6|$7|$8\"");
        Site(home, "prologue.user", "echo prouser $(id -un)");
        Site(home, "epilogue", "sleep 0.3; echo epi \"$1|$2|$4|$5|$6|$7|$8|$9|${10}\"");
        await using var mom = new MomHarness(user, serverHome: home);
        var job = mom.Job("echo job; exit 5\n") with { ResourceList = [new("walltime", "01:00:00"), new("nodes", "1"), new("nodect", "1")], Account = "acct" };
        await mom.Send(new MomOrder.Start(job));
        var started = await mom.Next<MomReport.Started>();
        var ended = await mom.Next<MomReport.Ended>();
        Assert.True((5, null) == (ended.ExitStatus, ended.Message), ended.ToString());
        var lines = MomHarness.Output(job).TrimEnd().Split('\n');
        Assert.Equal([$"pro {(TestUser.IsAnother ? "0" : Uid())} 17.pbs|{user.Name}|{user.Name}|job|walltime=01:00:00,nodes=1|batch|acct|{mom.Node.JobDirectoryOf(job)}/17.pbs.SC",
            $"prouser {user.Name}", "job"], lines[..3]);
        Assert.Matches($@"^epi 17\.pbs\|{user.Name}\|job\|{started.Session}\|walltime=01:00:00,nodes=1\|cput=00:00:0\d,vmem=\d+kb,walltime=00:00:0\d,mem=\d+kb,energy_used=0\|batch\|acct\|5$", lines[3]);
    }

    [Fact]
    public async Task A_prologue_of_the_mom_sees_no_variable_that_the_owner_could_lead_it_astray_by()
    {
        var home = user.NewDirectory();
        Site(home, "prologue", "env | grep -c EVIL; echo $PBS_JOBID");
        Site(home, "prologue.user", "env | grep -c EVIL");
        await using var mom = new MomHarness(user, serverHome: home);
        var job = mom.Job("true\n") with { Variables = new Dictionary<string, string> { ["BASH_ENV"] = "/EVIL", ["LD_PRELOAD_"] = "EVIL" } };
        await mom.Run(job);
        Assert.StartsWith("0\n17.pbs\n2\n", MomHarness.Output(job), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, -2)]
    [InlineData(9, -3)]
    public async Task A_prologue_that_fails_keeps_the_job_from_starting(int code, int status)
    {
        var home = user.NewDirectory();
        Site(home, "prologue", $"exit {code}");
        await using var mom = new MomHarness(user, serverHome: home);
        var ended = await mom.Run(mom.Job(Both));
        Assert.Equal((status, $"{home}/mom_priv/prologue ended with {code}"), (ended.ExitStatus, ended.Message));
    }

    private static uint Uid() => Agora.Torque.Mom.Native.Libc.geteuid();

    private static void Site(string home, string name, string line)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(home, "mom_priv")).FullName, name);
        File.WriteAllText(path, $"#!/bin/sh\n{line}\n");
        File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32("755", 8));
    }

    private static string? Read(string directory, string name) =>
        Path.Combine(directory, name) is var path && File.Exists(path) ? File.ReadAllText(path) : null;
}
