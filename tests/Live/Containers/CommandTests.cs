using Xunit;

namespace Agora.Tests.Live.Containers;

[Collection(ProcessTests.Name)]
public sealed class CommandTests : IDisposable
{
    private readonly ContainerHarness _agent = new();

    public void Dispose() => _agent.Dispose();

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 3", 3)]
    [InlineData("exit 255", 255)]
    [InlineData("kill -KILL $$", 137)]
    [InlineData("kill -TERM $$", 143)]
    [InlineData("kill -SEGV $$", 139)]
    public async Task The_exit_code_or_signal_of_the_command_is_reported(string line, int code)
    {
        var exited = await _agent.Exited(_agent.Shell(line));
        Assert.Equal((code, false), (exited.ExitCode, exited.Killed));
        Assert.Equal("", exited.Message);
        Assert.True(exited.StartTime <= exited.EndTime);
    }

    [Fact]
    public async Task A_command_that_runs_is_reported_as_started_with_its_pid()
    {
        var id = _agent.Shell("echo $$");
        var pid = await _agent.Started(id);
        await _agent.Exited(id);
        Assert.Equal($"{pid}\n", _agent.Output(id));
    }

    [Fact]
    public async Task Arguments_arrive_exactly_as_given()
    {
        string[] arguments = ["a b", "", "$HOME", "*", "'\"\\", "ü€😀", "line\nbreak"];
        var id = _agent.Run(["/usr/bin/printf", "%s\\0", .. arguments]);
        await _agent.Exited(id);
        Assert.Equal(arguments, _agent.Output(id).Split('\0')[..^1]);
    }

    [Fact]
    public async Task The_environment_holds_what_the_agent_gives_and_nothing_of_its_own()
    {
        Environment.SetEnvironmentVariable("AGORA_TEST_SECRET", "secret");
        var own = new Dictionary<string, string> { ["LANG"] = "de_DE.UTF-8", ["MINE"] = "a=b c" };
        var given = new Dictionary<string, string> { ["AGORA_TASK_ID"] = "t-1" };
        var id = _agent.Launch(new CommandSpec(["/usr/bin/env"], own), environment: given);
        await _agent.Exited(id);
        Environment.SetEnvironmentVariable("AGORA_TEST_SECRET", null);
        var (sandbox, user) = (_agent.Sandbox(id), Environment.UserName);
        Assert.Equal(
        [
            "AGORA_TASK_ID=t-1", $"HOME={sandbox}", "LANG=de_DE.UTF-8", $"LOGNAME={user}", "MINE=a=b c",
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", $"TMPDIR={sandbox}/tmp",
            $"USER={user}",
        ], _agent.Output(id).TrimEnd('\n').Split('\n').Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_command_runs_in_its_sandbox_and_can_use_its_temporary_directory()
    {
        var id = _agent.Shell("pwd; mktemp | cut -d/ -f1-6 | sed s,tmp.*,tmp,; ls -d tmp");
        await _agent.Exited(id);
        Assert.StartsWith(_agent.Sandbox(id) + "\n", _agent.Output(id), StringComparison.Ordinal);
        Assert.EndsWith("\ntmp\n", _agent.Output(id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_is_looked_up_in_the_path_of_the_command()
    {
        var tool = Path.Combine(_agent.Directory, "mytool");
        await File.WriteAllTextAsync(tool, "#!/bin/sh\necho mine\n", TestContext.Current.CancellationToken);
        var environment = new Dictionary<string, string> { ["PATH"] = $"/no/such/directory:{_agent.Directory}:/bin" };
        var command = new CommandSpec(["mytool"], environment, [new Artifact(tool, "run.sh", Executable: true)]);
        var refused = await _agent.Failed(_agent.Launch(command));
        Assert.Contains("Permission denied", refused.Message, StringComparison.Ordinal);

        var fetched = _agent.Launch(command with { Arguments = ["./run.sh"] });
        await _agent.Exited(fetched);
        Assert.Equal("mine\n", _agent.Output(fetched));
    }

    [Fact]
    public async Task Signals_have_their_defaults_and_no_descriptor_is_inherited()
    {
        var id = _agent.Shell("cat /proc/self/status > status; grep -E '^Sig(Blk|Ign|Cgt)' status; ls " +
            "/proc/self/fd; readlink /proc/self/fd/0");
        await _agent.Exited(id);
        const string none = "0000000000000000";
        // ls has opened the directory it lists.
        Assert.Equal($"SigBlk:\t{none}\nSigIgn:\t{none}\nSigCgt:\t{none}\n0\n1\n2\n3\n/dev/null\n", _agent.Output(id));
    }

    [Fact]
    public async Task A_broken_pipe_ends_a_writer_as_it_does_in_a_shell()
    {
        var id = _agent.Run("/bin/bash", "-c", "yes | head -1; exit ${PIPESTATUS[0]}");
        Assert.Equal(141, (await _agent.Exited(id)).ExitCode);
    }

    [Fact]
    public async Task The_command_leads_a_session_apart_from_the_agent()
    {
        var id = _agent.Shell("read -r pid comm state ppid pgrp session rest < /proc/self/stat; echo $pgrp $session");
        var pid = await _agent.Started(id);
        await _agent.Exited(id);
        Assert.Equal($"{pid} {_agent.Pids(id).Supervisor.Pid}\n", _agent.Output(id));
    }

    [Theory]
    [InlineData("no-such-program", "not found in PATH")]
    [InlineData("/no/such/program", "No such file or directory")]
    [InlineData("/etc/passwd", "Permission denied")]
    [InlineData("/etc", "Permission denied")]
    [InlineData("./garbage", "Exec format error")]
    [InlineData("./no-interpreter", "its interpreter")]
    public async Task A_command_that_cannot_be_started_is_reported_with_the_reason(string program, string why)
    {
        var garbage = Path.Combine(_agent.Directory, "garbage");
        var script = Path.Combine(_agent.Directory, "no-interpreter");
        await File.WriteAllTextAsync(garbage, "not a program", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(script, "#!/no/such/interpreter\n", TestContext.Current.CancellationToken);
        var id = _agent.Launch(new CommandSpec([program],
            Artifacts: [new Artifact(garbage, Executable: true), new Artifact(script, Executable: true)]));
        var failed = await _agent.Failed(id);
        Assert.Equal(StatusReason.CommandFailed, failed.Reason);
        Assert.Contains(why, failed.Message, StringComparison.Ordinal);
        Assert.Contains(program, failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_that_cannot_be_prepared_is_reported_with_the_reason()
    {
        var empty = await _agent.Failed(_agent.Run());
        Assert.Equal(StatusReason.ContainerLaunchFailed, empty.Reason);
        Assert.Contains("the command is empty", empty.Message, StringComparison.Ordinal);

        var variable = await _agent.Failed(
            _agent.Launch(new CommandSpec(["/bin/true"], new Dictionary<string, string> { ["A=B"] = "" })));
        Assert.Contains("environment variable 'A=B'", variable.Message, StringComparison.Ordinal);

        var artifact = await _agent.Failed(
            _agent.Launch(new CommandSpec(["/bin/true"], Artifacts: [new Artifact("/no/such/file")])));
        Assert.Equal(StatusReason.FetchFailed, artifact.Reason);
        Assert.Contains("/no/such/file", artifact.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_in_use_is_refused_and_can_be_used_no_more_after_the_end()
    {
        var spec = _agent.Spec(new CommandSpec(["/bin/sleep", "1000"]));
        _agent.Containers.Launch(spec);
        Assert.Throws<InvalidOperationException>(() => _agent.Containers.Launch(spec));
        Assert.True(_agent.Containers.Kill(spec.Id, TimeSpan.Zero));
        await _agent.Ended(spec.Id);
        Assert.False(_agent.Containers.Kill(spec.Id, TimeSpan.Zero));
        Assert.Null(_agent.Containers.Usage(spec.Id));
    }

    [Fact]
    public async Task A_command_runs_as_its_user_who_owns_the_sandbox()
    {
        Assert.SkipUnless(ContainerHarness.IsRoot, "only root can switch users");
        using var agent = new ContainerHarness { SwitchUser = true };
        agent.RestartAgent();
        // The way to the sandbox must be open to the user; a directory for tests is not.
        File.SetUnixFileMode(agent.Directory, (UnixFileMode)0x1ED);
        var id = agent.Launch(CommandSpec.Shell("id -un; id -Gn; stat -c %U . tmp; grep ^Cap /proc/self/status; " +
            "echo $USER; touch mine") with
        { User = "nobody" });
        var exited = await agent.Exited(id);
        Assert.Equal("", agent.Output(id, "stderr"));
        Assert.Equal(0, exited.ExitCode);
        var lines = agent.Output(id).Split('\n');
        Assert.Equal(["nobody", "nogroup", "nobody", "nobody"], lines[..4]);
        Assert.All(lines[4..8], l => Assert.True(l.EndsWith("0000000000000000", StringComparison.Ordinal) ||
            l.StartsWith("CapBnd", StringComparison.Ordinal), l));

        var secret = Path.Combine(agent.Directory, "secret");
        await File.WriteAllTextAsync(secret, "", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(secret, UnixFileMode.UserRead);
        var refused = await agent.Failed(
            agent.Launch(new CommandSpec(["/bin/true"], Artifacts: [new Artifact(secret)], User: "nobody")));
        Assert.Contains("Permission denied", refused.Message, StringComparison.Ordinal);
        var unknown = await agent.Failed(agent.Launch(new CommandSpec(["/bin/true"], User: "no-such-user")));
        Assert.Contains("user 'no-such-user' is not known", unknown.Message, StringComparison.Ordinal);
    }
}
