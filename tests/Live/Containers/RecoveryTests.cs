using Agora.Daemon.Containers;
using Agora.Supervisor.Shared;
using Xunit;

namespace Agora.Tests.Live.Containers;

[Collection(ProcessTests.Name)]
public sealed class RecoveryTests : IDisposable
{
    private readonly ContainerHarness _agent = new();

    public void Dispose() => _agent.Dispose();

    private async Task<RecoveredContainer> Restart(ContainerId id)
    {
        _agent.RestartAgent();
        var found = Assert.Single(await _agent.Containers.Recover(_agent.MetaRoot));
        Assert.Equal((id, _agent.Meta(id)), (found.Id, found.MetaDirectory));
        return found;
    }

    [Fact]
    public async Task A_container_runs_on_without_its_agent_and_is_taken_over_by_the_next()
    {
        var id = _agent.Shell("echo one; while [ ! -e go ]; do sleep 0.01; done; echo two; exit 9");
        await _agent.Says(id, "one");
        Assert.Null((await Restart(id)).Ended);
        await ContainerHarness.Until(() => _agent.Containers.Usage(id) is { MemBytes: > 0 },
            () => "its memory to be seen");
        await File.WriteAllTextAsync(Path.Combine(_agent.Sandbox(id), "go"), "", TestContext.Current.CancellationToken);
        var exited = await _agent.Exited(id);
        Assert.Equal((9, false), (exited.ExitCode, exited.Killed));
        Assert.Equal("one\ntwo\n", _agent.Output(id));
        // Both agents were in this process, whose child the supervisor is.
        Assert.Null(ProcStat.Read(_agent.Pids(id).Supervisor.Pid));
    }

    [Fact]
    public async Task A_container_that_was_taken_over_can_be_killed()
    {
        var id = _agent.Run("/bin/sleep", "1000");
        await _agent.Started(id);
        Assert.Null((await Restart(id)).Ended);
        Assert.True(_agent.Containers.Kill(id, TimeSpan.FromMinutes(1)));
        Assert.Equal(143, (await _agent.Exited(id)).ExitCode);
    }

    [Fact]
    public async Task A_container_that_ended_without_an_agent_is_found_with_its_result()
    {
        var id = _agent.Shell("echo one; while [ ! -e go ]; do sleep 0.01; done; kill -KILL $$");
        await _agent.Says(id, "one");
        _agent.StopAgent();
        await File.WriteAllTextAsync(Path.Combine(_agent.Sandbox(id), "go"), "", TestContext.Current.CancellationToken);
        await ContainerHarness.Until(() => File.Exists(Path.Combine(_agent.Meta(id), ContainerFiles.Exit)),
            () => "the exit file");
        await ContainerHarness.Until(() => !_agent.Pids(id).Supervisor.IsAlive, () => "the supervisor to end");
        var ended = Assert.IsType<ContainerEvent.Exited>((await Restart(id)).Ended);
        Assert.Equal((137, false), (ended.ExitCode, ended.Killed));
        Assert.True(ended.Usage.MemPeakBytes > 0);
    }

    [Fact]
    public async Task A_container_whose_supervisor_was_killed_without_an_agent_is_lost_and_cleaned_up()
    {
        var id = _agent.Shell("setsid sleep 1000 & echo $! >> pids; echo $$ >> pids; echo ready; sleep 1000");
        await _agent.Says(id, "ready");
        _agent.StopAgent();
        Assert.Equal(0, Libc.kill(_agent.Pids(id).Supervisor.Pid, Libc.SIGKILL));
        await ContainerHarness.Until(() => !_agent.Pids(id).Supervisor.IsAlive, () => "the supervisor to end");
        Assert.IsType<ContainerEvent.Lost>((await Restart(id)).Ended);
        Assert.Empty(_agent.Alive(id));
    }

    [Fact]
    public async Task A_container_that_could_not_be_started_and_one_that_never_was_are_found_as_failed()
    {
        var id = _agent.Run("/no/such/program");
        await _agent.Failed(id);
        Directory.CreateDirectory(Path.Combine(_agent.MetaRoot, "z-prepared-only"));
        _agent.RestartAgent();
        var found = await _agent.Containers.Recover(_agent.MetaRoot);
        Assert.Equal([id, new ContainerId("z-prepared-only")], found.Select(f => f.Id));
        Assert.Equal([StatusReason.CommandFailed, StatusReason.ContainerLaunchFailed],
            found.Select(f => Assert.IsType<ContainerEvent.Failed>(f.Ended).Reason));
    }

    [Fact]
    public async Task Where_nothing_was_there_is_nothing_to_recover() =>
        Assert.Empty(await _agent.Containers.Recover(Path.Combine(_agent.Directory, "never")));
}
