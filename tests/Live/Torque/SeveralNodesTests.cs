using Agora.RemoteShell;
using Agora.Tests.Live.Cluster;
using Agora.Torque.Jobs.Wire;
using Xunit;

namespace Agora.Tests.Live.Torque;

/// <summary>Jobs on two nodes, whose commands and MPI programs reach both.</summary>
public sealed class SeveralNodesTests(TestUser user) : IClassFixture<TestUser>, IAsyncLifetime
{
    private readonly MomHarness _first = new(user), _second = new(user, "node2");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    [Fact]
    public async Task By_ssh_a_command_runs_on_the_other_node_as_the_jobs_owner_at_home()
    {
        var job = await Joined("ssh -x -o BatchMode=yes -n node2 'id -un; pwd; echo $HOSTNAME $PBS_NODENUM; exit 5'; echo $?; rsh node1 echo '$HOSTNAME'\n");
        Assert.Equal(0, (await _first.Run(job)).ExitStatus);
        Assert.Equal(($"{user.Name}\n{user.Home}\nnode2 1\n5\nnode1\n", ""), (MomHarness.Output(job), MomHarness.Error(job)));
    }

    [Fact]
    public async Task A_loop_over_the_node_file_reaches_each_line()
    {
        var job = await Joined("for n in $(cat $PBS_NODEFILE); do ssh $n 'echo $HOSTNAME' </dev/null; done\necho some | ssh node2 cat\n");
        Assert.Equal(0, (await _first.Run(job)).ExitStatus);
        Assert.Equal("node1\nnode1\nnode2\nnode2\nsome\n", MomHarness.Output(job));
    }

    [Fact]
    public async Task A_host_that_is_not_the_jobs_is_left_to_the_real_ssh()
    {
        var job = await Joined("mkdir real; printf '#!/bin/sh\\necho real \"$@\"\\n' >real/ssh; chmod +x real/ssh; PATH=$PATH:$PWD/real\n" +
            "PATH=$(dirname $(command -v ssh)):$PWD/real ssh -q elsewhere uptime\n");
        job = job with { InitialDirectory = user.NewDirectory() };
        Assert.Equal(0, (await _first.Run(job)).ExitStatus);
        Assert.Equal("real -q elsewhere uptime\n", MomHarness.Output(job));
    }

    [Fact]
    public async Task What_runs_on_the_other_node_has_the_jobs_limits_and_ends_when_it_is_forgotten()
    {
        var job = await Joined("ssh node2 ulimit -v\nssh node2 'touch ready; exec sleep 4740' &\nwait\n", new JobLimits(PvmemBytes: 800 << 20));
        var ready = Path.Combine(user.Home, "ready");
        File.Delete(ready);
        await _first.Send(new MomOrder.Start(job));
        await Programs.Until("the command", () => File.Exists(ready), () => "not there");
        await _second.Send(new MomOrder.Forget(job.JobId, 1));
        Assert.Equal(0, (await _first.Next<MomReport.Ended>()).ExitStatus);
        Assert.StartsWith($"{800 << 10}\n", MomHarness.Output(job), StringComparison.Ordinal);
        Assert.Empty(RunningProcess.Naming(_first.Node.JobDirectoryOf(job)));
        File.Delete(ready);
    }

    [Fact]
    public async Task GNU_parallel_takes_the_node_file_for_its_list_of_logins()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/parallel"), "GNU parallel is not installed (Debian: apt-get install parallel)");
        var job = await Joined("parallel -j 1 --sshloginfile $PBS_NODEFILE 'echo {} $HOSTNAME; sleep 0.2' ::: a b c d 2>/dev/null | sort\n");
        Assert.Equal(0, (await _first.Run(job)).ExitStatus);
        var words = MomHarness.Output(job).TrimEnd().Split('\n').Select(l => l.Split(' ')).ToList();
        Assert.Equal(["a", "b", "c", "d"], words.Select(w => w[0]));
        Assert.Equal(["node1", "node2"], words.Select(w => w[1]).Distinct().Order());
    }

    [Fact]
    public async Task The_list_of_hosts_is_for_its_owner_alone()
    {
        var job = await Joined("stat -c '%a %U' $AGORA_REMOTE_HOSTS; stat -c '%a %U' $(dirname $AGORA_REMOTE_HOSTS)\n");
        await _first.Run(job);
        Assert.Equal($"600 {user.Name}\n700 {user.Name}\n", MomHarness.Output(job));
    }

    [Fact]
    public async Task A_node_that_cannot_join_says_why()
    {
        await _second.Send(new MomOrder.Join(_first.Job("") with { User = "nobody-of-that-name" }));
        var joined = await _second.Next<MomReport.Joined>();
        Assert.Equal((0, "node2 knows no user nobody-of-that-name"), (joined.Port, joined.Error));
    }

    [Theory]
    [InlineData("mpicc.mpich", "mpiexec.hydra ./hello")]
    [InlineData("mpicc.mpich", "mpiexec.hydra -n 4 -machinefile $PBS_NODEFILE ./hello")]
    [InlineData("mpicc.mpich", "mpiexec ./hello")]
    [InlineData("mpicc.mpich", "mpirun -np 4 -hostfile $PBS_NODEFILE ./hello")]
    [InlineData("mpicc.openmpi", "mpiexec.openmpi ./hello")]
    [InlineData("mpicc.openmpi", "mpirun.openmpi -np 4 -machinefile $PBS_NODEFILE ./hello")]
    [InlineData("mpicc.openmpi", "mpiexec ./hello")]
    public async Task An_mpi_program_gets_a_rank_a_line_of_the_node_file_by_whatever_mpiexec(string compiler, string line)
    {
        var directory = user.NewDirectory();
        var hello = Path.Combine(directory, "hello");
        var source = Path.Combine(Programs.Bin, "../workloads/mpi/hello.c");
        var compiled = await Programs.Run(directory, compiler, "-o", hello, source);
        Assert.True(compiled.ExitCode == 0, compiled.ToString());
        File.SetUnixFileMode(hello, (UnixFileMode)Convert.ToInt32("755", 8));
        var job = (await Joined($"{line}\n")) with { InitialDirectory = directory };
        var ended = await _first.Run(job);
        Assert.True(ended.ExitStatus == 0, $"{ended}\n{MomHarness.Output(job)}\n{MomHarness.Error(job)}");
        var lines = MomHarness.Output(job).TrimEnd().Split('\n').Order().ToList();
        Assert.Equal(4, lines.Count);
        for (var rank = 0; rank < 4; rank++)
            Assert.StartsWith($"rank {rank} of 4 on ", lines[rank], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sort -u $PBS_NODEFILE >one; mpiexec --mpi openmpi -machinefile one sh -c 'tr \"\\0\" \" \" </proc/$PPID/cmdline | grep -o \"vpid [0-9]*\"' | sort", "vpid 1\nvpid 2\n", 0)]
    [InlineData("mpiexec -hosts node2 -n 1 sh -c 'echo $PBS_NODENUM; exit 3'", "1\n", 3)]
    [InlineData("mpiexec -hosts node9 true", "", 2)]
    public async Task Our_own_mpiexec_takes_the_nodes_it_is_told_of_the_jobs(string line, string output, int status)
    {
        var job = (await Joined($"{line}\n")) with { InitialDirectory = user.NewDirectory() };
        var ended = await _first.Run(job);
        Assert.True((output, status, null) == (MomHarness.Output(job), ended.ExitStatus, ended.Message), $"{ended}\n{MomHarness.Output(job)}\n{MomHarness.Error(job)}");
    }

    private async Task<JobLaunch> Joined(string script, JobLimits? limits = null)
    {
        var job = _first.Job(script) with
        {
            Hosts = [new("node1", "127.0.0.1", 0, "0-1", 2), new("node2", "127.0.0.1", 0, "0-1", 2)],
            NodeCount = 2,
            SlotsOfFirst = 2,
            Slots = 4,
            Limits = limits ?? new JobLimits(),
            Token = RemoteShellServer.NewToken(),
        };
        await _second.Send(new MomOrder.Join(job));
        var joined = await _second.Next<MomReport.Joined>();
        Assert.True(joined.Port > 0, joined.Error);
        return job with { Hosts = [job.Hosts[0], job.Hosts[1] with { Port = joined.Port }] };
    }
}
