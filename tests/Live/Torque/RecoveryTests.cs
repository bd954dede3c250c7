using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Torque;

/// <summary>
/// Parts of the system are killed while jobs run and wait. Each test has a cluster of its own, whose keeper starts the
/// server again as an init system would.
/// </summary>
public sealed class RecoveryTests : IAsyncLifetime
{
    private readonly TorqueCluster _cluster = new();
    private readonly string _work = TorqueCluster.NewDirectory();

    public ValueTask InitializeAsync() => ((IAsyncLifetime)_cluster).InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await _cluster.DisposeAsync();
        Directory.Delete(_work, recursive: true);
    }

    [Fact]
    public async Task A_killed_server_loses_no_job_that_runs_or_waits_nor_its_output()
    {
        var runs = await Submit("-N runs", "touch runs; until [ -e go ]; do sleep 0.05; done; echo finished; exit 4");
        var waits = await Submit("-N waits -h", "echo ran");
        var follows = await Submit($"-N follows -W depend=afternotok:{runs}", "echo after");
        await Exists("runs");
        await KillServer();
        await File.WriteAllTextAsync(Path.Combine(_work, "go"), "", TestContext.Current.CancellationToken);
        await Answers();
        var next = await Submit("-N next", "echo next");
        await _cluster.Becomes(runs, "job_state", "C");
        Assert.Equal("4", await _cluster.Attribute(runs, "exit_status"));
        Assert.Equal("1", await _cluster.Attribute(runs, "start_count"));
        await _cluster.Becomes(follows, "job_state", "C");
        await _cluster.Becomes(next, "job_state", "C");
        Assert.Equal("u", await _cluster.Attribute(waits, "Hold_Types"));
        await _cluster.Output($"qrls {waits}");
        await _cluster.Becomes(waits, "job_state", "C");
        Assert.Equal("finished\nafter\nran\nnext", await _cluster.Output("cat runs.o* follows.o* waits.o* next.o*", _work));
        Assert.Equal(4, new[] { runs, waits, follows, next }.Distinct().Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_server_that_is_started_by_hand_is_found_by_the_moms_of_jobs_that_run(bool isPortTaken)
    {
        var runs = await Submit("-N runs", "touch runs; until [ -e go ]; do sleep 0.05; done; exit 4");
        await Exists("runs");
        await _cluster.KillHard("keeper");
        var command = await _cluster.KillHard("torque-server");
        // It had no port of its own choice, and has to get the same one again, or to tell the moms of another.
        Assert.Equal("0", command[Array.IndexOf(command, "--port") + 1]);
        using var other = new TcpListener(IPAddress.Loopback,
            isPortTaken ? int.Parse(await _cluster.Output("cat torque/server_priv/mom.port"), CultureInfo.InvariantCulture) : 0);
        try
        {
            other.Start();
        }
        catch (SocketException e) when (isPortTaken && e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            // Somebody else was given it meanwhile, which is as good.
        }
        _cluster.Restart(command);
        await Answers();
        await File.WriteAllTextAsync(Path.Combine(_work, "go"), "", TestContext.Current.CancellationToken);
        await _cluster.Becomes(runs, "job_state", "C");
        Assert.Equal("4", await _cluster.Attribute(runs, "exit_status"));
        Assert.Equal("1", await _cluster.Attribute(runs, "start_count"));
    }

    [Fact]
    public async Task Whatever_the_moment_a_server_is_killed_each_job_that_was_accepted_runs_once()
    {
        const int jobs = 60, kills = 6;
        var submitting = _cluster.Shell(
            $"i=0; while [ $i -lt {jobs} ]; do if id=$(qsub -N n$i -j oe -o /dev/null 2>/dev/null <<< \"echo \\$PBS_JOBID >> {_work}/log\"); then echo $id; i=$((i+1)); else sleep 0.05; fi; done", _work);
        for (var kill = 1; kill <= kills; kill++)
        {
            // Each time a little later in its work; the keeper waits longer each time.
            await Programs.Until("some jobs to have run", () => Ran().Length >= kill * 5, () => $"{Ran().Length} jobs");
            await KillServer();
            await Answers();
        }
        var submitted = await submitting;
        var ids = submitted.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(ids.Length == jobs, submitted.ToString());
        await Programs.Until("all jobs to end", () => _cluster.Shell("qselect -s QRHWTE"), left => left is { ExitCode: 0, Output.Length: 0 }, left => left.ToString());
        var ran = Ran();
        // A submission of which the server died before its answer may have been taken; what was answered was.
        Assert.Equal(ran.Distinct().Order(), ran.Order());
        Assert.Empty(ids.Except(ran));
    }

    [Fact]
    public async Task A_killed_mom_has_its_rerunnable_job_run_again_and_the_other_one_fail()
    {
        var again = await Submit("-N again -r y -l nodes=1:ppn=2", "echo $PBS_JOBID >> again; until [ -e go ]; do sleep 0.05; done");
        var once = await Submit("-N once -r n -l nodes=1:ppn=2", "touch once; until [ -e go ]; do sleep 0.05; done");
        await Exists("again");
        await Exists("once");
        var moms = _cluster.Processes().Where(p => p.Command[0].EndsWith("agora-torque-mom", StringComparison.Ordinal) && p.Command.Count == 1).ToList();
        Assert.Equal(2, moms.Count);
        foreach (var mom in moms)
            Assert.Equal(0, Agora.Supervisor.Shared.Libc.kill(mom.Pid, Agora.Supervisor.Shared.Libc.SIGKILL));
        await _cluster.Becomes(once, "job_state", "C");
        Assert.NotEqual("0", await _cluster.Attribute(once, "exit_status"));
        Assert.Contains("lost", await _cluster.Attribute(once, "comment"), StringComparison.Ordinal);
        await _cluster.Becomes(again, "start_count", "2");
        await File.WriteAllTextAsync(Path.Combine(_work, "go"), "", TestContext.Current.CancellationToken);
        await _cluster.Becomes(again, "job_state", "C");
        Assert.Equal("0", await _cluster.Attribute(again, "exit_status"));
        Assert.Equal(2, (await File.ReadAllLinesAsync(Path.Combine(_work, "again"), TestContext.Current.CancellationToken)).Length);
    }

    [Fact]
    public async Task A_killed_agent_has_its_rerunnable_job_run_elsewhere_and_the_other_one_fail()
    {
        var again = await Submit("-N again -r y -l nodes=node1:ppn=2", "echo $PBS_NODENUM >> again; until [ -e go ]; do sleep 0.05; done");
        var once = await Submit("-N once -r n -l nodes=node2:ppn=2", "touch once; until [ -e go ]; do sleep 0.05; done; touch survived");
        await Exists("again");
        await Exists("once");
        var node1 = await _cluster.KillHard("node1");
        await _cluster.KillHard("node2");
        await _cluster.Becomes(once, "job_state", "C");
        Assert.NotEqual("0", await _cluster.Attribute(once, "exit_status"));
        Assert.Contains("node2 was lost", await _cluster.Attribute(once, "comment"), StringComparison.Ordinal);
        // It wants this node and no other, and gets it when it is there again.
        await _cluster.Becomes(again, "job_state", "Q");
        _cluster.Restart(node1);
        await _cluster.Becomes(again, "start_count", "2");
        await File.WriteAllTextAsync(Path.Combine(_work, "go"), "", TestContext.Current.CancellationToken);
        await _cluster.Becomes(again, "job_state", "C");
        Assert.Equal("0", await _cluster.Attribute(again, "exit_status"));
        Assert.False(File.Exists(Path.Combine(_work, "survived")));
    }

    [Fact]
    public async Task A_killed_master_is_not_noticed_by_jobs()
    {
        var runs = await Submit("-N runs -l nodes=2:ppn=2", "touch runs; until [ -e go ]; do sleep 0.05; done; pbsdsh -u echo still there");
        await Exists("runs");
        var master = await _cluster.KillHard("master");
        // What is held goes on being used without a master.
        var queued = await Submit("-N queued", "echo here");
        await File.WriteAllTextAsync(Path.Combine(_work, "go"), "", TestContext.Current.CancellationToken);
        await _cluster.Becomes(runs, "job_state", "C");
        Assert.Equal("0", await _cluster.Attribute(runs, "exit_status"));
        _cluster.Restart(master);
        await _cluster.Becomes(queued, "job_state", "C");
        Assert.Equal("here\nstill there\nstill there", await _cluster.Output("cat queued.o* runs.o*", _work));
        await Programs.Until("the slots to be given back", () => _cluster.Shell("agora tasks"),
            tasks => tasks.ExitCode == 0 && !tasks.Text.Split('\n').Any(l => l.Contains(" slots of ", StringComparison.Ordinal) && l.Contains("running", StringComparison.OrdinalIgnoreCase)),
            tasks => tasks.ToString());
    }

    private Task<string> Submit(string options, string script) => _cluster.Output($"qsub -d {_work} {options} <<'END'\n{script}\nEND", _work);

    private string[] Ran() =>
        File.Exists(Path.Combine(_work, "log")) ? File.ReadAllLines(Path.Combine(_work, "log")) : [];

    private Task Exists(string file) =>
        Programs.Until($"{file} to be there", () => File.Exists(Path.Combine(_work, file)), () => string.Join(' ', Directory.EnumerateFiles(_work)));

    private async Task KillServer() => await _cluster.KillHard("torque-server");

    /// <summary>Waits for the server that the keeper starts.</summary>
    private async Task Answers() => await Programs.Until("the server to answer", async () => await _cluster.Shell("qstat -B"), q => q.ExitCode == 0, q => q.ToString());
}
