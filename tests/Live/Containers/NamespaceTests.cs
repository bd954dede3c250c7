using Agora.Daemon.Containers;
using Agora.Daemon.Containers.Cgroups;
using Agora.Supervisor.Shared;
using Xunit;

namespace Agora.Tests.Live.Containers;

/// <summary>Containers that see only their own processes and temporary files.</summary>
[Collection(ProcessTests.Name)]
public sealed class NamespaceTests
{
    private static ContainerHarness Agent(params IIsolator[] isolators)
    {
        Assert.SkipUnless(ContainerHarness.IsRoot, "needs root");
        var agent = new ContainerHarness(isolators) { Encloses = true };
        agent.RestartAgent();
        return agent;
    }

    private static async Task<string> Output(ContainerHarness agent, string line)
    {
        var id = agent.Shell(line);
        if (await agent.Ended(id) is ContainerEvent.Failed failed)
            Assert.SkipWhen(failed.Message.Contains("cannot have", StringComparison.Ordinal), failed.Message);
        return agent.Output(id);
    }

    [Fact]
    public async Task A_container_sees_only_its_own_processes_and_temporary_files()
    {
        using var agent = Agent();
        var shared = Directory.CreateTempSubdirectory("agora-not-seen-").FullName;
        try
        {
            var output = await Output(agent, $"ls -d /proc/[0-9]* | wc -l; echo $$; ls -d {shared} /var/tmp/*; touch /tmp/mine /var/tmp/mine2; ls /tmp; pwd");
            var lines = output.Split('\n');
            // The first process, the shell, and what makes the pipe.
            Assert.InRange(int.Parse(lines[0]), 2, 6);
            // After the threads of the first one.
            Assert.InRange(int.Parse(lines[1]), 2, 100);
            // What leads to the sandbox, which is below /tmp, is all that was there.
            Assert.Equal([Path.GetFileName(agent.Directory), "mine", "mine2"], lines[^5..^2]);
            Assert.StartsWith(agent.Directory, lines[^2], StringComparison.Ordinal);
            Assert.DoesNotContain("agora-not-seen", output, StringComparison.Ordinal);
            Assert.False(File.Exists("/tmp/mine") || File.Exists("/var/tmp/mine2"));
        }
        finally
        {
            Directory.Delete(shared);
        }
    }

    [Theory]
    [InlineData("exit 3", 3)]
    [InlineData("kill -TERM $$", 143)]
    public async Task The_exit_code_or_signal_of_the_command_is_reported(string line, int code)
    {
        using var agent = Agent();
        await Output(agent, "true");
        Assert.Equal(code, (await agent.Exited(agent.Shell(line))).ExitCode);
    }

    [Fact]
    public async Task A_container_that_is_killed_ends_at_once_where_it_heeds_the_signal_and_with_all_it_started()
    {
        using var agent = Agent();
        await Output(agent, "true");
        var heeding = agent.Shell("trap 'echo asked; exit 7' TERM; echo here; while :; do sleep 0.05; done");
        await agent.Says(heeding, "here");
        agent.Containers.Kill(heeding, TimeSpan.FromMinutes(10));
        Assert.Equal(7, (await agent.Exited(heeding)).ExitCode);
        Assert.EndsWith("asked\n", agent.Output(heeding), StringComparison.Ordinal);

        var deaf = agent.Shell("trap '' TERM; setsid sh -c 'trap \"\" TERM; while :; do sleep 1; done' & echo here; while :; do sleep 1; done");
        var pid = await agent.Started(deaf);
        await agent.Says(deaf, "here");
        var inside = agent.Pids(deaf).Supervisor;
        Assert.True(inside.IsAlive);
        // The agent's number for it, not its own.
        Assert.Equal(inside.Pid, ProcStat.Read(pid)!.Value.ParentPid);
        await ContainerHarness.Until(() => agent.Containers.Usage(deaf) is { MemBytes: > 0 }, () => "its usage");
        agent.Containers.Kill(deaf, TimeSpan.FromMilliseconds(50));
        Assert.Equal(137, (await agent.Exited(deaf)).ExitCode);
        Assert.False(inside.IsAlive);
    }

    [Fact]
    public async Task Nothing_outlives_a_supervisor_that_is_killed()
    {
        using var agent = Agent();
        await Output(agent, "true");
        var id = agent.Shell("setsid sh -c 'echo here; exec sleep 1000' & wait");
        await agent.Says(id, "here");
        var (inside, main) = (agent.Pids(id).Supervisor, agent.Pids(id).Main);
        var all = new ProcTable().Descendants(inside.Pid).Select(p => new ProcessName(p.Pid, p.StartTicks)).ToList();
        Assert.Contains(main, all);
        Assert.True(all.Count > 1);
        _ = Libc.kill(inside.Pid, Libc.SIGKILL);
        Assert.IsType<ContainerEvent.Lost>(await agent.Ended(id));
        Assert.DoesNotContain(all, p => p.IsAlive);
    }

    [Fact]
    public async Task A_container_is_taken_over_by_the_next_agent_process()
    {
        using var agent = Agent();
        await Output(agent, "true");
        var id = agent.Shell("echo here; exec sleep 1000");
        await agent.Says(id, "here");
        agent.RestartAgent();
        var found = Assert.Single(await agent.Containers.Recover(agent.MetaRoot), f => f.Id == id);
        Assert.Null(found.Ended);
        Assert.Equal(agent.Sandbox(id), found.SandboxDirectory);
        agent.Containers.Kill(id, TimeSpan.FromMinutes(10));
        Assert.Equal(143, (await agent.Exited(id)).ExitCode);
    }

    [Fact]
    public async Task Control_groups_hold_it_too()
    {
        Assert.SkipUnless(ContainerHarness.IsRoot && CgroupMounts.Find() is not null, "needs root and control groups");
        using var groups = CgroupIsolator.Create(CgroupMounts.Find(), new CgroupOptions($"agora-test-{Guid.NewGuid():N}"), TimeProvider.System);
        using var agent = Agent(groups);
        await Output(agent, "true");
        var id = agent.Run("python3", "-c", "x = bytearray(200 << 20); print(len(x))");
        Assert.Equal(StatusReason.MemoryLimit, (await agent.Exited(id)).Limit?.Reason);
    }

    [Fact]
    public async Task No_program_gains_privileges_where_that_is_asked_for()
    {
        Assert.SkipUnless(ContainerHarness.IsRoot, "only root can switch users");
        using var agent = new ContainerHarness { SwitchUser = true, NoNewPrivileges = true };
        agent.RestartAgent();
        File.SetUnixFileMode(agent.Directory, (UnixFileMode)0x1ED);
        // A program of root's that makes whoever starts it root.
        var tool = Path.Combine(agent.Directory, "id-as-root");
        File.Copy("/usr/bin/id", tool);
        File.SetUnixFileMode(tool, (UnixFileMode)0x1ED | UnixFileMode.SetUser);
        var id = agent.Launch(new CommandSpec([tool, "-u"], User: "nobody"));
        await agent.Exited(id);
        Assert.Equal("65534\n", agent.Output(id));

        using var free = new ContainerHarness { SwitchUser = true };
        free.RestartAgent();
        File.SetUnixFileMode(free.Directory, (UnixFileMode)0x1ED);
        id = free.Launch(new CommandSpec([tool, "-u"], User: "nobody"));
        await free.Exited(id);
        Assert.Equal("0\n", free.Output(id));
    }
}
