using System.Diagnostics;
using Agora.Election;
using Agora.Supervisor.Shared;
using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Election;

/// <summary>Three masters, of which one leads, and an agent: processes that are killed hard.</summary>
public sealed class MasterFailoverTests : IAsyncDisposable
{
    private const int SigStop = 19;

    private readonly string _home = Directory.CreateTempSubdirectory("agora-masters-").FullName;
    private readonly List<Process> _processes = [];

    /// <summary>Half of what a web server waits for open streams if nobody stops it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(Cancellation);
            process.Dispose();
        }
        // Some may be ending at this moment.
        foreach (var left in RunningProcess.Naming(_home))
            _ = Libc.kill(left.Pid, Libc.SIGKILL);
        await Programs.Until("nothing to be left", () => RunningProcess.Naming(_home).Count == 0, () => string.Join('\n', RunningProcess.Naming(_home)));
        Directory.Delete(_home, recursive: true);
    }

    [Theory]
    [InlineData("etcd")]
    [InlineData("zk")]
    public async Task A_standby_takes_over_from_a_leader_that_is_killed_and_the_task_goes_on(string kind)
    {
        await using var server = new ElectionServer(kind);
        var masters = new Dictionary<int, Process>();
        for (var i = 0; i < 3; i++)
        {
            var port = Programs.FreePort();
            masters.Add(port, Launch("agora-master", "--port", $"{port}", "--work-dir", $"{_home}/master{i}", "--election", $"{server.Location}", "--lease", "1"));
        }
        Launch("agora-agent", "--master", $"{server.Location}", "--port", "0", "--hostname", "node1", "--resources", "cpus:4;mem:1024", "--work-dir", $"{_home}/agent");
        await using var framework = new LiveFramework(server.Location, new FrameworkInfo(null, "lasting", FailoverTimeout: TimeSpan.FromMinutes(10)));
        var offer = await framework.Offer();
        var go = Path.Combine(_home, "go");
        framework.Call(new SchedulerCall.Accept([offer.Id], [LiveFramework.Task("steady", offer.AgentId, Resources.Of(0.5m, 64),
            $"for i in $(seq 5000); do [ -e '{go}' ] && exit 0; sleep 0.05; done; exit 9")]));
        await framework.HearsOf("steady", TaskState.Running);

        // Every master answers, whoever leads.
        foreach (var port in masters.Keys)
        {
            var status = await Programs.Run(_home, Programs.Agora, "agents", "--master", $"http://127.0.0.1:{port}");
            Assert.True(status.ExitCode == 0 && status.Text.Contains("node1", StringComparison.Ordinal), status.ToString());
        }

        // Twice: the second time it is the last that is left.
        for (var kills = 1; kills <= 2; kills++)
        {
            await using var finder = server.Location.CreateFinder();
            var leader = await finder.FindAsync(null, Cancellation);
            var epoch = framework.Heard.OfType<SchedulerEvent.Subscribed>().Last().Epoch;
            masters[leader!.Port].Kill();
            await framework.Hears<SchedulerEvent.Subscribed>("of a new leader", s => s.Epoch > epoch);
        }
        var views = await Programs.Until("the agent and the task to be known to the third master",
            () => Programs.Run(_home, Programs.Agora, "tasks", "--master", $"{server.Location}"),
            f => f.Text.Contains("running", StringComparison.Ordinal), f => f.ToString());
        Assert.Contains("steady", views.Text, StringComparison.Ordinal);

        await File.WriteAllTextAsync(go, "", Cancellation);
        Assert.Equal(0, (await framework.HearsOf("steady", TaskState.Finished)).ExitCode);
        Assert.Single(framework.Updates, u => u.State.IsTerminal());
    }

    [Theory]
    [InlineData("etcd")]
    [InlineData("zk")]
    public async Task A_leader_that_stands_still_is_left_as_soon_as_another_leads_and_ends_when_it_wakes(string kind)
    {
        await using var server = new ElectionServer(kind);
        var masters = new Dictionary<int, Process>();
        for (var i = 0; i < 2; i++)
        {
            var port = Programs.FreePort();
            masters.Add(port, Launch("agora-master", "--port", $"{port}", "--work-dir", $"{_home}/master{i}", "--election", $"{server.Location}", "--lease", "1"));
        }
        Launch("agora-agent", "--master", $"{server.Location}", "--port", "0", "--hostname", "node1", "--resources", "cpus:4;mem:1024", "--work-dir", $"{_home}/agent");
        await using var framework = new LiveFramework(server.Location, new FrameworkInfo(null, "lasting", FailoverTimeout: TimeSpan.FromMinutes(10)));
        var offer = await framework.Offer();
        var go = Path.Combine(_home, "go");
        framework.Call(new SchedulerCall.Accept([offer.Id], [LiveFramework.Task("steady", offer.AgentId, Resources.Of(0.5m, 64),
            $"for i in $(seq 5000); do [ -e '{go}' ] && exit 0; sleep 0.05; done; exit 9")]));
        await framework.HearsOf("steady", TaskState.Running);

        await using var finder = server.Location.CreateFinder();
        var leader = masters[(await finder.FindAsync(null, Cancellation))!.Port];
        Assert.Equal(0, Libc.kill(leader.Id, SigStop));
        // Its streams stay open. By pings and heartbeats alone, 5 of 15 s each, it would take 75 s.
        await framework.Hears<SchedulerEvent.Offers>("of the new leader's offers", o => o.List[0].Id.Epoch > offer.Id.Epoch)
            .WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
        Assert.Equal(0, Libc.kill(leader.Id, Libc.SIGCONT));
        await leader.WaitForExitAsync(Cancellation).WaitAsync(Programs.Patience, Cancellation);
        Assert.Equal(3, leader.ExitCode);

        await File.WriteAllTextAsync(go, "", Cancellation);
        Assert.Equal(0, (await framework.HearsOf("steady", TaskState.Finished)).ExitCode);
        Assert.Single(framework.Updates, u => u.State.IsTerminal());
    }

    [Theory]
    [InlineData("etcd")]
    [InlineData("zk")]
    public async Task A_leader_that_loses_its_lease_ends_and_says_why(string kind)
    {
        await using var server = new ElectionServer(kind);
        var master = Launch("agora-master", "--port", $"{Programs.FreePort()}", "--work-dir", $"{_home}/master", "--election", $"{server.Location}", "--lease", "1");
        await Programs.Until("it to lead", () => Programs.Run(_home, Programs.Agora, "status", "--master", $"{server.Location}"),
            status => status.ExitCode == 0, status => status.ToString());
        await server.KillAsync();
        await master.WaitForExitAsync(Cancellation).WaitAsync(Programs.Patience, Cancellation);
        Assert.Equal(3, master.ExitCode);
        Assert.Contains("the leadership is lost", await master.StandardError.ReadToEndAsync(Cancellation), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("etcd://a:b/c")]
    [InlineData("http://127.0.0.1:5050")]
    public async Task An_election_that_is_none_is_refused(string url) => Programs.AssertRefused(
        await Programs.Run(_home, Programs.Agora, "master", "--election", url), 2, $"'{url}' is not where masters elect a leader", "etcd://HOST:PORT/agora");

    [Fact]
    public async Task A_master_that_is_told_to_end_does_not_wait_for_those_that_are_connected()
    {
        var port = Programs.FreePort();
        Process Master() => Launch("agora-master", "--port", $"{port}", "--work-dir", $"{_home}/master");
        var master = Master();
        await using var framework = new LiveFramework(new MasterLocation.Hosts([new Uri($"http://127.0.0.1:{port}")]), new FrameworkInfo(null, "lasting"));
        await framework.Hears<SchedulerEvent.Subscribed>("that it is subscribed");

        _ = Libc.kill(master.Id, Libc.SIGTERM);
        await master.WaitForExitAsync(Cancellation).WaitAsync(Patience, Cancellation);
        Assert.Equal(0, master.ExitCode);

        var epoch = framework.Heard.OfType<SchedulerEvent.Subscribed>().Last().Epoch;
        Master();
        await framework.Hears<SchedulerEvent.Subscribed>("of the next master", s => s.Epoch > epoch);
    }

    private Process Launch(string program, params IEnumerable<string> arguments)
    {
        var process = Programs.Start(_home, Path.Combine(Programs.Bin, program), arguments);
        _processes.Add(process);
        return process;
    }
}
