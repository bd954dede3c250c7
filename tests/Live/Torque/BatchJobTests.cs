using System.Globalization;
using Agora.Tests.Live.Cluster;
using Agora.Torque.Jobs.Wire;
using Xunit;

namespace Agora.Tests.Live.Torque;

/// <summary>Jobs from start to end, with real processes.</summary>
public sealed class BatchJobTests(TestUser user) : IClassFixture<TestUser>, IAsyncDisposable
{
    private readonly MomHarness _mom = new(user);

    public ValueTask DisposeAsync() => _mom.DisposeAsync();

    [Fact]
    public async Task A_mom_says_hello_with_its_name_and_what_it_was_given_to_show()
    {
        var hello = await _mom.Next<MomReport.Hello>();
        Assert.Equal(("node1", "shown"), (hello.Node, hello.Token));
        Assert.Empty(hello.Jobs);
    }

    [Fact]
    public async Task A_script_runs_as_its_owner_in_the_home_directory_and_its_output_arrives()
    {
        var job = _mom.Job("#!/bin/sh\nid -un; pwd; umask; echo $0; echo oops >&2; cat; exit 3\n");
        await _mom.Send(new MomOrder.Start(job));
        var started = await _mom.Next<MomReport.Started>();
        var ended = await _mom.Next<MomReport.Ended>();
        Assert.Equal((3, started.Session, null), (ended.ExitStatus, ended.Session, ended.Message));
        var lines = MomHarness.Output(job).TrimEnd().Split('\n');
        Assert.Equal([user.Name, user.Home, "0077", $"{_mom.Node.JobDirectoryOf(job)}/17.pbs.SC"], lines);
        Assert.Equal("oops\n", MomHarness.Error(job));
        var file = new FileInfo(job.OutputPath["host:".Length..]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, file.UnixFileMode);
    }

    [Fact]
    public async Task Nothing_of_a_job_is_left_on_the_node_but_what_it_has_written()
    {
        Assert.Equal(0, (await _mom.Run(_mom.Job("touch $(dirname $0)/mine; mkdir $(dirname $0)/d; ln -s / $(dirname $0)/d/root\n"))).ExitStatus);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_mom.Node.Jobs));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_mom.Node.Aux));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_mom.Node.Output));
    }

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 255", 255)]
    [InlineData("no-such-program-anywhere", 127)]
    [InlineData("kill -9 $$", 137)]
    [InlineData("kill -SEGV $$", 139)]
    [InlineData("kill -9 $PPID", 265)]
    public async Task Exit_status_follows_the_login_shell_and_its_own_end_is_256_and_the_signal(string line, int status) =>
        Assert.Equal(status, (await _mom.Run(_mom.Job($"#!/bin/bash\n{line}\n"))).ExitStatus);

    [Fact]
    public async Task The_login_shell_reads_the_profile_and_the_first_line_chooses_the_interpreter()
    {
        Assert.SkipUnless(TestUser.IsAnother, "a profile is written for a user of the tests alone");
        File.WriteAllText(Path.Combine(user.Home, ".bash_profile"), "export FROM_PROFILE=yes PATH=/usr/bin:/bin\n");
        var job = _mom.Job("#!/usr/bin/perl\nprint \"$ENV{FROM_PROFILE} $0\\n\";\n");
        Assert.Equal(0, (await _mom.Run(job)).ExitStatus);
        Assert.StartsWith("yes /", MomHarness.Output(job), StringComparison.Ordinal);
        var path = _mom.Job("echo $PATH; command -v ssh qsub\n", "18");
        await _mom.Run(path);
        Assert.Equal($"{_mom.Node.Shells}:{_mom.Node.Bin}:/usr/bin:/bin\n{_mom.Node.Shells}/ssh\n{_mom.Node.Bin}/qsub\n", MomHarness.Output(path));
    }

    [Theory]
    [InlineData("/usr/bin/perl", "print \"$0 @ARGV\\n\";\n")]
    [InlineData("/bin/sh", "echo $0 $1 \"$2\"\n")]
    [InlineData("/bin/sh@elsewhere,/bin/bash", "echo $0 ${@}\n")]
    public async Task An_interpreter_that_was_asked_for_reads_the_script_and_arguments_are_the_shells(string shell, string script)
    {
        var job = _mom.Job(script) with { Shell = shell, ScriptArguments = "one 'two'" };
        var ended = await _mom.Run(job);
        Assert.True(ended.ExitStatus == 0, MomHarness.Error(job));
        Assert.EndsWith("17.pbs.SC one two\n", MomHarness.Output(job), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_environment_is_Torques()
    {
        var job = _mom.Job("env; cat $PBS_NODEFILE; stat -c %a $PBS_NODEFILE\n") with
        {
            Variables = new Dictionary<string, string> { ["PBS_O_WORKDIR"] = user.Directory, ["MINE"] = "a\nb", ["HOME"] = "/elsewhere" },
            Hosts = [new("node1", "127.0.0.1", 0, "0-1", 2), new("node2", "127.0.0.1", 1, "0", 1)],
            NodeCount = 2,
            SlotsOfFirst = 2,
            Slots = 3,
            ArrayIndex = 4,
            Limits = new JobLimits(WalltimeSeconds: 300),
        };
        await _mom.Run(job);
        var output = MomHarness.Output(job);
        foreach (var line in (ReadOnlySpan<string>)["PBS_JOBID=17.pbs", "PBS_JOBNAME=job", "PBS_NP=3", "PBS_NUM_NODES=2", "PBS_NUM_PPN=2", "PBS_ARRAYID=4",
            "PBS_ENVIRONMENT=PBS_BATCH", "ENVIRONMENT=BATCH", "PBS_WALLTIME=300", "PBS_NODENUM=0", "PBS_TASKNUM=1", "PBS_QUEUE=batch", $"HOME={user.Home}",
            $"USER={user.Name}", "MINE=a\nb", $"PBS_NODEFILE={_mom.Node.Aux}/17.pbs"])
            Assert.Contains($"{line}\n", output, StringComparison.Ordinal);
        Assert.EndsWith("node1\nnode1\nnode2\n644\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_may_begin_in_a_directory_of_its_own()
    {
        var directory = user.NewDirectory();
        var job = _mom.Job("pwd\n") with { InitialDirectory = directory };
        await _mom.Run(job);
        Assert.Equal($"{directory}\n", MomHarness.Output(job));
    }

    [Fact]
    public async Task What_a_job_leaves_running_ends_with_it()
    {
        var job = _mom.Job("setsid sleep 4711 & (setsid sh -c 'trap \"\" TERM; sleep 4711' &) ; echo started\n") with { KillDelaySeconds = 1 };
        Assert.Equal(0, (await _mom.Run(job)).ExitStatus);
        Assert.Equal("started\n", MomHarness.Output(job));
        Assert.Empty(RunningProcess.Naming(_mom.Node.JobDirectoryOf(job)));
    }

    [Fact]
    public async Task Deleting_is_271_whatever_a_trap_says_and_the_traps_output_arrives()
    {
        var job = _mom.Job("#!/bin/bash\ntrap 'echo trapped; exit 7' TERM\ntouch ready\nwhile :; do sleep 0.05; done\n") with { InitialDirectory = user.NewDirectory() };
        await _mom.Send(new MomOrder.Start(job));
        await Programs.Until("the job to run", () => File.Exists(Path.Combine(job.InitialDirectory!, "ready")), () => "not yet");
        await _mom.Send(new MomOrder.Kill(job.JobId, 1, 5));
        Assert.Equal(271, (await _mom.Next<MomReport.Ended>()).ExitStatus);
        Assert.Equal("trapped\n", MomHarness.Output(job));
    }

    [Fact]
    public async Task Who_does_not_end_when_asked_is_killed_after_the_grace_and_the_status_is_the_servers()
    {
        var job = _mom.Job("#!/bin/bash\ntrap '' TERM\ntouch ready\nwhile :; do sleep 0.05; done\n") with { InitialDirectory = user.NewDirectory() };
        await _mom.Send(new MomOrder.Start(job));
        await Programs.Until("the job to run", () => File.Exists(Path.Combine(job.InitialDirectory!, "ready")), () => "not yet");
        await _mom.Send(new MomOrder.Kill(job.JobId, 1, 1, -42));
        Assert.Equal(-42, (await _mom.Next<MomReport.Ended>()).ExitStatus);
    }

    [Fact]
    public async Task What_the_login_shell_would_do_for_a_person_who_leaves_is_not_done()
    {
        Assert.SkipUnless(TestUser.IsAnother, "a file is written into the home directory of a user of the tests alone");
        await File.WriteAllTextAsync(Path.Combine(user.Home, ".bash_logout"), "touch ~/left\n", TestContext.Current.CancellationToken);
        Assert.Equal(7, (await _mom.Run(_mom.Job("exit 7\n"))).ExitStatus);
        Assert.False(File.Exists(Path.Combine(user.Home, "left")));
    }

    [Fact]
    public async Task A_job_whose_guard_is_killed_ends_and_is_told()
    {
        var job = _mom.Job("exec sleep 4714\n");
        await _mom.Send(new MomOrder.Start(job));
        var leader = (await _mom.Next<MomReport.Started>()).Session;
        var guard = Agora.Torque.Mom.Native.ProcStat.Read(leader)!.Value.ParentPid;
        Assert.Equal(0, Agora.Torque.Mom.Native.Libc.kill(guard, 9));
        var ended = await _mom.Next<MomReport.Ended>();
        Assert.Equal((265, "the process above the job on node1 was killed"), (ended.ExitStatus, ended.Message));
        await Programs.Until("the script to end", () => State(leader) is 'Z' or '-', () => $"{State(leader)}");
    }

    [Fact]
    public async Task Nothing_is_left_of_a_job_whose_guard_is_killed_while_it_forks()
    {
        var job = _mom.Job("hop() { hop & }\nhop\nsleep 4715 & set -m; sleep 4716 & while :; do (true); done\n");
        await _mom.Send(new MomOrder.Start(job));
        var leader = (await _mom.Next<MomReport.Started>()).Session;
        bool Lives() => new Agora.Torque.Mom.Native.ProcTable().All.Any(p => p.Session == leader && !p.IsZombie);
        await Programs.Until("the job to have left its first group", () => new Agora.Torque.Mom.Native.ProcTable().All
            .Count(p => p.Session == leader && !p.IsZombie) > 3, () => "not yet");
        var guard = Agora.Torque.Mom.Native.ProcStat.Read(leader)!.Value.ParentPid;
        Assert.Equal(0, Agora.Torque.Mom.Native.Libc.kill(guard, 9));
        await _mom.Next<MomReport.Ended>();
        Assert.False(Lives());
    }

    [Fact]
    public async Task Stopping_and_going_on_reach_all_of_a_job()
    {
        var job = _mom.Job("sleep 4712 & echo $! >pid; wait\n") with { InitialDirectory = user.NewDirectory() };
        await _mom.Send(new MomOrder.Start(job));
        var file = Path.Combine(job.InitialDirectory!, "pid");
        await Programs.Until("the job to run", () => File.Exists(file) && File.ReadAllText(file).EndsWith('\n'), () => "not yet");
        var sleeper = int.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture);
        await _mom.Send(new MomOrder.Signal(job.JobId, 1, 19));
        await Programs.Until("it to stop", () => State(sleeper) == 'T', () => $"{State(sleeper)}");
        await _mom.Send(new MomOrder.Signal(job.JobId, 1, 18));
        await Programs.Until("it to go on", () => State(sleeper) == 'S', () => $"{State(sleeper)}");
        await _mom.Send(new MomOrder.Signal(job.JobId, 1, 10));
        Assert.Equal(266, (await _mom.Next<MomReport.Ended>()).ExitStatus);
    }

    [Fact]
    public async Task A_job_goes_on_without_its_server_and_its_end_is_told_until_it_is_forgotten()
    {
        var directory = user.NewDirectory();
        var job = _mom.Job("while [ ! -e go ]; do sleep 0.05; done\nexit 4\n") with { InitialDirectory = directory };
        await _mom.Send(new MomOrder.Start(job));
        var session = (await _mom.Next<MomReport.Started>()).Session;
        await _mom.Next<MomReport.Hello>();
        _mom.Disconnect();
        var hello = await _mom.Next<MomReport.Hello>();
        Assert.Equal([new JobRun(job.JobId, 1, true, false, session)], hello.Jobs);
        _mom.Disconnect();
        File.WriteAllText(Path.Combine(directory, "go"), "");
        await _mom.Next<MomReport.Hello>();
        Assert.Equal(4, (await _mom.Next<MomReport.Ended>()).ExitStatus);
        _mom.Disconnect();
        Assert.True(Assert.Single((await _mom.Next<MomReport.Hello>()).Jobs).HasEnded);
        Assert.Equal(4, (await _mom.Next<MomReport.Ended>()).ExitStatus);
        // Orders come twice: it is not run a second time.
        Assert.Equal(4, (await _mom.Run(job)).ExitStatus);
        await _mom.Send(new MomOrder.Forget(job.JobId, 1));
        _mom.Disconnect();
        Assert.Empty((await _mom.Next<MomReport.Hello>()).Jobs);
    }

    [Fact]
    public async Task A_later_run_takes_the_place_of_one_that_the_server_has_given_up()
    {
        var first = _mom.Job("exec sleep 4713\n");
        await _mom.Send(new MomOrder.Start(first));
        await _mom.Next<MomReport.Started>();
        var second = _mom.Job("echo second\n", run: 2);
        var ended = await _mom.Run(second);
        Assert.Equal((2, 0), (ended.Run, ended.ExitStatus));
        Assert.Equal("second\n", MomHarness.Output(second));
    }

    private static char State(int pid) => Agora.Torque.Mom.Native.ProcStat.Read(pid)?.State ?? '-';
}
