using Agora.Daemon.Containers;
using Xunit;

namespace Agora.Tests.Live.Containers;

[Collection(ProcessTests.Name)]
public sealed class IsolatorTests
{
    /// <summary>Notes what it is asked, in the order of all of them.</summary>
    private sealed class Recorder(string name, List<string> calls) : IIsolator
    {
        public Action<LimitReached>? Limit { get; private set; }
        public IReadOnlyList<Birthplace> Places { get; init; } = [];
        public Func<ContainerSpec, string?> Refuse { get; init; } = _ => null;

        public IReadOnlyList<Birthplace> Prepare(ContainerSpec spec)
        {
            Note("prepare");
            return Refuse(spec) is { } why ? throw new IsolationException(why) : Places;
        }

        public void Started(ContainerProcesses processes, Action<LimitReached> limitReached)
        {
            Limit = limitReached;
            Note("started");
        }

        public ResourceUsage? Usage(ContainerId id) => null;

        public void Cleanup(ContainerId id) => Note("cleanup");

        private void Note(string call)
        {
            lock (calls)
                calls.Add($"{name} {call}");
        }
    }

    [Fact]
    public async Task Isolators_are_asked_in_order_and_cleaned_up_in_reverse()
    {
        var calls = new List<string>();
        using var agent = new ContainerHarness(new Recorder("a", calls), new Recorder("b", calls));
        await agent.Exited(agent.Run("/bin/true"));
        Assert.Equal(["a prepare", "b prepare", "a started", "b started", "b cleanup", "a cleanup"], calls);
    }

    [Fact]
    public async Task An_isolator_that_refuses_keeps_the_container_from_starting()
    {
        var calls = new List<string>();
        using var agent = new ContainerHarness(new Recorder("a", calls),
            new Recorder("b", calls) { Refuse = _ => "no such limit here" });
        var failed = await agent.Failed(agent.Run("/bin/true"));
        Assert.Equal((StatusReason.ContainerLaunchFailed, "no such limit here"), (failed.Reason, failed.Message));
        Assert.Equal(["a prepare", "b prepare", "b cleanup", "a cleanup"], calls);
    }

    [Fact]
    public async Task A_container_beyond_a_limit_is_killed_and_the_limit_is_told()
    {
        var recorder = new Recorder("a", []);
        using var agent = new ContainerHarness(recorder);
        var id = agent.Run("/bin/sleep", "1000");
        await agent.Started(id);
        recorder.Limit!(new LimitReached(StatusReason.DiskLimit, "12 MB of 10 MB"));
        var exited = await agent.Exited(id);
        Assert.Equal((137, true), (exited.ExitCode, exited.Killed));
        Assert.Equal(new LimitReached(StatusReason.DiskLimit, "12 MB of 10 MB"), exited.Limit);
    }

    [Fact]
    public async Task A_command_is_born_in_its_control_group_and_the_supervisor_stays_outside()
    {
        const string parent = "/sys/fs/cgroup/pids";
        Assert.SkipUnless(ContainerHarness.IsRoot && File.Exists($"{parent}/cgroup.procs"),
            "needs root and the v1 pids controller");
        var group = Directory.CreateDirectory($"{parent}/agora-test-{Environment.ProcessId}").FullName;
        try
        {
            using var agent = new ContainerHarness(
                new Recorder("a", []) { Places = [new Birthplace($"{group}/cgroup.procs", $"{parent}/cgroup.procs")] });
            var id = agent.Shell("grep :pids: /proc/self/cgroup; echo ready; exec sleep 1000");
            await agent.Says(id, "ready");
            Assert.EndsWith($":pids:/{Path.GetFileName(group)}\nready\n", agent.Output(id), StringComparison.Ordinal);
            Assert.Equal([$"{await agent.Started(id)}"],
                await File.ReadAllLinesAsync($"{group}/cgroup.procs", TestContext.Current.CancellationToken));
            agent.Containers.Kill(id, TimeSpan.Zero);
            await agent.Exited(id);
        }
        finally
        {
            Directory.Delete(group);
        }
    }

    [Fact]
    public async Task A_control_group_that_is_not_there_keeps_the_command_from_starting()
    {
        using var agent = new ContainerHarness(
            new Recorder("a", []) { Places = [new Birthplace("/no/such/group", "/no/such/group")] });
        Assert.Contains("/no/such/group", (await agent.Failed(agent.Run("/bin/true"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Usage_counts_the_whole_tree_while_it_runs_and_after()
    {
        using var agent = new ContainerHarness();
        const string burn = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done";
        var id = agent.Shell($"setsid sh -c '{burn}; echo grandchild; exec sleep 1000' & {burn}; echo done; " +
            "sleep 1000");
        await agent.Says(id, "done");
        await agent.Says(id, "grandchild");
        await ContainerHarness.Until(
            () => agent.Containers.Usage(id) is { CpuTime.Ticks: > 0, MemBytes: > 0, MemPeakBytes: > 0 },
            () => "usage");
        agent.Containers.Kill(id, TimeSpan.Zero);
        var usage = (await agent.Exited(id)).Usage;
        Assert.True(usage.CpuTime > TimeSpan.Zero);
        Assert.Equal(0, usage.MemBytes);
        Assert.True(usage.MemPeakBytes > 0);
    }
}
