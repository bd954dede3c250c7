using System.Net;
using System.Net.Sockets;
using Agora.Daemon.Containers;
using Agora.Supervisor.Shared;
using Xunit;

namespace Agora.Tests.Live.Containers;

[Collection(ProcessTests.Name)]
public sealed class KillTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);

    private readonly ContainerHarness _agent = new();

    public void Dispose() => _agent.Dispose();

    [Fact]
    public async Task A_command_may_use_the_grace_to_end_in_its_own_way()
    {
        var id = _agent.Shell("trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.01; done");
        await _agent.Says(id, "ready");
        Assert.True(_agent.Containers.Kill(id, Long));
        var exited = await _agent.Exited(id);
        Assert.Equal((7, true), (exited.ExitCode, exited.Killed));
        Assert.Equal("ready\nbye\n", _agent.Output(id));
    }

    [Fact]
    public async Task A_command_that_ignores_the_request_is_killed_after_the_grace()
    {
        var id = _agent.Shell("trap '' TERM; echo ready; while :; do sleep 0.01; done");
        await _agent.Says(id, "ready");
        _agent.Containers.Kill(id, Short);
        var exited = await _agent.Exited(id);
        Assert.Equal((137, true), (exited.ExitCode, exited.Killed));
    }

    [Fact]
    public async Task A_second_request_can_shorten_the_grace()
    {
        var id = _agent.Shell("trap '' TERM; echo ready; while :; do sleep 0.01; done");
        await _agent.Says(id, "ready");
        _agent.Containers.Kill(id, Long);
        _agent.Containers.Kill(id, TimeSpan.Zero);
        Assert.Equal(137, (await _agent.Exited(id)).ExitCode);
    }

    [Fact]
    public async Task A_stopped_command_is_woken_to_take_the_request()
    {
        var id = _agent.Shell("echo ready; kill -STOP $$");
        var pid = await _agent.Started(id);
        await ContainerHarness.Until(() => ProcStat.Read(pid) is { State: 'T' }, () => "the command to stop");
        _agent.Containers.Kill(id, Long);
        Assert.Equal(143, (await _agent.Exited(id)).ExitCode);
    }

    [Fact]
    public async Task The_whole_tree_is_killed_with_sessions_of_their_own_and_those_that_ignore_the_request()
    {
        var id = _agent.Shell("""
            (trap '' TERM; while :; do sleep 1000; done) & echo $! >> pids
            setsid sh -c 'trap "" TERM; echo $$ >> pids; echo a >> flags; while :; do sleep 1000; done' &
            setsid sh -c 'setsid sleep 1000 & echo $! >> pids; echo $$ >> pids; echo b >> flags; exec sleep 1000' &
            sh -c '(setsid sh -c "echo \$\$ >> pids; echo c >> flags; exec sleep 1000" &) ; exit'
            while [ "$(sort -u flags 2> /dev/null | wc -l)" != 3 ]; do sleep 0.01; done
            echo ready; sleep 1000
            """);
        await _agent.Says(id, "ready");
        Assert.Equal(5, _agent.Alive(id).Count);
        _agent.Containers.Kill(id, Short);
        var exited = await _agent.Exited(id);
        Assert.Equal((143, true), (exited.ExitCode, exited.Killed));
        Assert.Empty(_agent.Alive(id));
    }

    [Fact]
    public async Task What_the_command_leaves_behind_is_ended_with_it()
    {
        var id = _agent.Shell("""
            setsid sleep 1000 & echo $! >> pids
            (trap '' TERM; echo a > flag; while :; do sleep 1000; done) & echo $! >> pids
            while [ ! -e flag ]; do sleep 0.01; done
            exit 5
            """);
        var exited = await _agent.Exited(id);
        Assert.Equal((5, false), (exited.ExitCode, exited.Killed));
        Assert.Empty(_agent.Alive(id));
    }

    /// <summary>Two chains of processes, each of which starts its successor in a new session and ends.</summary>
    [Fact]
    public async Task A_tree_that_keeps_forking_is_ended_too()
    {
        var id = _agent.Shell("""
            cat > chain.sh <<'E'
            trap '' TERM
            echo x >> spawned
            setsid sh chain.sh & sleep 0.01
            E
            sh chain.sh & sh chain.sh &
            while [ "$(wc -l < spawned)" -lt 20 ]; do sleep 0.01; done
            echo ready; sleep 1000
            """);
        await _agent.Says(id, "ready");
        _agent.Containers.Kill(id, TimeSpan.Zero);
        await _agent.Exited(id);
        var sandbox = _agent.Sandbox(id);
        Assert.DoesNotContain(new ProcTable().All, p => !p.IsZombie && LinkTarget($"/proc/{p.Pid}/cwd") == sandbox);
    }

    private static string? LinkTarget(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (IOException)
        {
            return null; // The process has ended.
        }
    }

    [Fact]
    public async Task A_kill_right_after_the_launch_is_not_lost()
    {
        for (var i = 0; i < 20; i++)
        {
            var id = _agent.Run("/bin/sleep", "1000");
            Assert.True(_agent.Containers.Kill(id, Long));
            var ended = await _agent.Ended(id);
            Assert.True(ended is ContainerEvent.Failed { Reason: StatusReason.KilledDuringLaunch } or
                ContainerEvent.Exited { ExitCode: 143, Killed: true }, ended.ToString());
        }
    }

    [Fact]
    public async Task A_container_that_still_fetches_is_killed_during_its_launch()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var artifact = new Artifact($"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/f");
        var id = _agent.Launch(new CommandSpec(["/bin/true"], Artifacts: [artifact]));
        using var request = await silent.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        Assert.True(_agent.Containers.Kill(id, Long));
        Assert.Equal(StatusReason.KilledDuringLaunch, (await _agent.Failed(id)).Reason);
    }

    [Fact]
    public async Task A_supervisor_asked_to_end_ends_its_container_first()
    {
        var id = _agent.Run("/bin/sleep", "1000");
        await _agent.Started(id);
        Assert.Equal(0, Libc.kill(_agent.Pids(id).Supervisor.Pid, Libc.SIGTERM));
        var exited = await _agent.Exited(id);
        Assert.Equal((143, true), (exited.ExitCode, exited.Killed));
    }

    [Fact]
    public async Task A_container_whose_supervisor_was_killed_is_lost_and_nothing_of_it_stays()
    {
        var id = _agent.Shell("(trap '' TERM; while :; do sleep 1000; done) & echo $! >> pids; echo $$ >> pids; " +
            "echo ready; sleep 1000");
        await _agent.Says(id, "ready");
        Assert.Equal(0, Libc.kill(_agent.Pids(id).Supervisor.Pid, Libc.SIGKILL));
        var lost = Assert.IsType<ContainerEvent.Lost>(await _agent.Ended(id));
        Assert.Contains("ended without a result", lost.Message, StringComparison.Ordinal);
        Assert.Empty(_agent.Alive(id));
    }
}
