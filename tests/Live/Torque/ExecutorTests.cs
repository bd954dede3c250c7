using System.Text.Json;
using Agora.RemoteShell;
using Agora.Supervisor.Shared;
using Agora.Tests.Live.Cluster;
using Agora.Torque.Jobs.Wire;
using Xunit;

namespace Agora.Tests.Live.Torque;

/// <summary>The mom as an agent starts it, with slots as tasks.</summary>
[Collection(SharedCluster.Name)]
public sealed class ExecutorTests(LiveCluster cluster, TestUser user) : IClassFixture<TestUser>, IAsyncDisposable
{
    private readonly PlayedServer _first = new(), _second = new();

    public async ValueTask DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
    }

    [Fact]
    public async Task Slots_run_at_once_and_end_one_by_one_and_with_the_last_the_mom()
    {
        await using var framework = new LiveFramework(cluster, new FrameworkInfo(null, "torque-slots"));
        var offer = await framework.Offer();
        framework.Call(new SchedulerCall.Accept([offer.Id], [Slot("slot-0", offer, _first), Slot("slot-1", offer, null)]));
        await framework.HearsOf("slot-0", TaskState.Running);
        await framework.HearsOf("slot-1", TaskState.Running);
        Assert.Equal(offer.Hostname, (await _first.Next<MomReport.Hello>()).Node);
        framework.Call(new SchedulerCall.Kill(new TaskId("slot-0")));
        await framework.HearsOf("slot-0", TaskState.Killed);
        var job = MomHarness.NewJob(user, offer.Hostname, "hostname\n");
        Assert.Equal(0, (await _first.Run(job)).ExitStatus);
        Assert.Equal(TestUser.IsAnother ? $"{offer.Hostname}\n" : $"{Environment.MachineName}\n", MomHarness.Output(job));
        framework.Call(new SchedulerCall.Kill(new TaskId("slot-1")));
        await framework.HearsOf("slot-1", TaskState.Killed);
        await Programs.Until("the mom to end", () => Moms().Count == 0, () => string.Join('\n', Moms()));
    }

    [Fact]
    public async Task A_mom_that_is_killed_takes_its_jobs_with_it()
    {
        await using var framework = new LiveFramework(cluster, new FrameworkInfo(null, "torque-kill"));
        var offer = await framework.Offer();
        framework.Call(new SchedulerCall.Accept([offer.Id], [Slot("slot-0", offer, _first)]));
        var job = MomHarness.NewJob(user, offer.Hostname, "setsid sleep 4750 & sleep 4750\n");
        await _first.Send(new MomOrder.Start(job));
        await _first.Next<MomReport.Started>();
        await Programs.Until("the job", () => Sleepers().Count == 2, () => $"{Sleepers().Count}");
        _ = Libc.kill(Assert.Single(Moms()).Pid, Libc.SIGKILL);
        await framework.Hears<SchedulerEvent.Update>("of its end", u => u.Status.TaskId.Value == "slot-0" && u.Status.State.IsTerminal());
        await Programs.Until("the job to end", () => Sleepers().Count == 0, () => string.Join('\n', Sleepers()));
    }

    [Theory]
    [InlineData("mpicc.mpich", "mpiexec.hydra ./hello")]
    [InlineData("mpicc.openmpi", "mpiexec.openmpi ./hello")]
    [InlineData("mpicc.openmpi", "mpiexec ./hello")]
    public async Task An_mpi_program_runs_on_two_agents_of_one_machine(string compiler, string line)
    {
        await using var framework = new LiveFramework(cluster, new FrameworkInfo(null, "torque-mpi"));
        var offers = (await framework.Hears<SchedulerEvent.Offers>("of two agents", o => o.List.Count >= 2)).List;
        framework.Call(new SchedulerCall.Accept([offers[0].Id], [Slot("slot-0", offers[0], _first)]),
            new SchedulerCall.Accept([offers[1].Id], [Slot("slot-1", offers[1], _second)]));
        var directory = user.NewDirectory();
        var hello = Path.Combine(directory, "hello");
        var compiled = await Programs.Run(directory, compiler, "-o", hello, Path.Combine(Programs.Bin, "../workloads/mpi/hello.c"));
        Assert.True(compiled.ExitCode == 0, compiled.ToString());
        File.SetUnixFileMode(hello, (UnixFileMode)Convert.ToInt32("755", 8));
        var job = MomHarness.NewJob(user, offers[0].Hostname, $"{line}\n") with
        {
            InitialDirectory = directory,
            NodeCount = 2,
            Slots = 2,
            Token = RemoteShellServer.NewToken(),
            Hosts = [new(offers[0].Hostname, "127.0.0.1", 0, "0", 1), new(offers[1].Hostname, "127.0.0.1", 0, "0", 1)],
        };
        await _second.Send(new MomOrder.Join(job));
        job = job with { Hosts = [job.Hosts[0], job.Hosts[1] with { Port = (await _second.Next<MomReport.Joined>()).Port }] };
        var ended = await _first.Run(job);
        Assert.True(ended.ExitStatus == 0, $"{ended}\n{MomHarness.Output(job)}\n{MomHarness.Error(job)}");
        // The program tells its host's name; agents that are no hosts of their own share the machine's.
        string[] names = TestUser.IsAnother ? [offers[0].Hostname, offers[1].Hostname] : [Environment.MachineName, Environment.MachineName];
        Assert.Equal([$"rank 0 of 2 on {names[0]}, sum 1", $"rank 1 of 2 on {names[1]}, sum 1"], MomHarness.Output(job).TrimEnd().Split('\n').Order());
    }

    private IReadOnlyList<RunningProcess> Moms() => [.. cluster.Processes().Where(p => p.Command is [var program] && Path.GetFileName(program) == "agora-torque-mom")];

    private static IReadOnlyList<RunningProcess> Sleepers() => [.. RunningProcess.Naming("17.pbs").Where(p => p.Command is ["sleep", "4750"])];

    /// <param name="server">Named in the first task of a mom.</param>
    private TaskSpec Slot(string id, Offer offer, PlayedServer? server) => new(new TaskId(id), id, offer.AgentId, Resources.Of(0.5m, 32),
        Executor: new ExecutorSpec(new ExecutorId("mom"), "mom", new CommandSpec([Path.Combine(Programs.Bin, "agora-torque-mom")],
            new Dictionary<string, string> { ["AGORA_TORQUE_SPOOL"] = Path.Combine(user.Directory, "spool") }), Resources.Of(0.1m, 32), TimeSpan.FromSeconds(5)),
        Data: server is null ? default : JsonSerializer.SerializeToUtf8Bytes(
            new MomWelcome(offer.Hostname, "127.0.0.1", "127.0.0.1", server.Port, "shown", MomHarness.ServerName), MomJson.Default.MomWelcome),
        Kill: new KillPolicy(TimeSpan.FromSeconds(2)));
}
