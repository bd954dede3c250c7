using Agora.Daemon.Containers;
using Agora.Daemon.Containers.Cgroups;
using Xunit;

namespace Agora.Tests.Live.Containers;

/// <summary>Containers in control groups of this machine's kernel.</summary>
[Collection(ProcessTests.Name)]
public sealed class CgroupTests
{
    private const string Burn = "while :; do :; done";

    private static CgroupIsolator Isolator(bool isCpuHard = false, int processesMax = 0, bool givesProcessors = false)
    {
        Assert.SkipUnless(ContainerHarness.IsRoot, "needs root");
        try
        {
            return CgroupIsolator.Create(CgroupMounts.Find(), new CgroupOptions($"agora-test-{Guid.NewGuid():N}", isCpuHard, processesMax, givesProcessors), TimeProvider.System);
        }
        catch (IsolationException e)
        {
            Assert.Skip(e.Message);
            throw;
        }
    }

    private static string ProcessorTime(ContainerHarness agent, ContainerId id) => $"{agent.Containers.Usage(id)?.CpuTime}";

    [Fact]
    public async Task Two_that_want_one_processor_get_it_by_what_they_asked_for()
    {
        using var isolator = Isolator();
        using var agent = new ContainerHarness(isolator);
        var small = agent.Shell($"exec taskset -c 0 sh -c '{Burn}'", Resources.Of(0.5m, 64));
        var large = agent.Shell($"exec taskset -c 0 sh -c '{Burn}'", Resources.Of(1.5m, 64));
        TimeSpan Time(ContainerId id) => agent.Containers.Usage(id)?.CpuTime ?? TimeSpan.Zero;
        await ContainerHarness.Until(() => Time(small) > TimeSpan.Zero && Time(large) > TimeSpan.Zero, () => "both to run");
        var (smallBefore, largeBefore) = (Time(small), Time(large));
        await ContainerHarness.Until(() => Time(large) - largeBefore > TimeSpan.FromSeconds(4), () => ProcessorTime(agent, large));
        Assert.Equal(3, (Time(large) - largeBefore) / (Time(small) - smallBefore), 0.15);
        agent.Containers.Kill(small, TimeSpan.Zero);
        agent.Containers.Kill(large, TimeSpan.Zero);
        await Task.WhenAll(agent.Exited(small), agent.Exited(large));
    }

    [Fact]
    public async Task A_hard_quota_holds_while_the_processor_is_idle()
    {
        using var isolator = Isolator(isCpuHard: true);
        using var agent = new ContainerHarness(isolator);
        var id = agent.Shell(Burn, Resources.Of(0.5m, 64));
        await agent.Started(id);
        TimeSpan Time() => agent.Containers.Usage(id)!.CpuTime;
        var (clock, before) = (System.Diagnostics.Stopwatch.StartNew(), Time());
        await ContainerHarness.Until(() => Time() - before > TimeSpan.FromSeconds(2), () => ProcessorTime(agent, id));
        // A busy machine can only make it less.
        Assert.InRange((Time() - before) / clock.Elapsed, 0, 0.525);
        agent.Containers.Kill(id, TimeSpan.Zero);
        await agent.Exited(id);
    }

    [Fact]
    public async Task Who_asks_for_a_whole_processor_has_it_for_itself_until_it_ends()
    {
        Assert.SkipUnless(Environment.ProcessorCount > 1, "needs two processors");
        using var isolator = Isolator(givesProcessors: true);
        using var agent = new ContainerHarness(isolator);
        const string tell = "while :; do grep Cpus_allowed_list /proc/self/status | cut -f2 >now.new; mv now.new now; sleep 0.05; done";
        string Now(ContainerId id) => File.Exists(Path.Combine(agent.Sandbox(id), "now")) ? agent.Output(id, "now").Trim() : "";
        var last = Environment.ProcessorCount - 1;
        var part = agent.Shell(tell, Resources.Of(0.5m, 64));
        await ContainerHarness.Until(() => Now(part) == $"0-{last}", () => Now(part));
        var whole = agent.Shell(tell, Resources.Of(1, 64));
        await ContainerHarness.Until(() => Now(whole) == "0", () => Now(whole));
        await ContainerHarness.Until(() => Now(part) == (last == 1 ? "1" : $"1-{last}"), () => Now(part));
        agent.Containers.Kill(whole, TimeSpan.Zero);
        await agent.Exited(whole);
        await ContainerHarness.Until(() => Now(part) == $"0-{last}", () => Now(part));
        agent.Containers.Kill(part, TimeSpan.Zero);
        await agent.Exited(part);
    }

    [Fact]
    public async Task Who_uses_more_memory_than_asked_for_is_killed_alone_and_told_so()
    {
        using var isolator = Isolator();
        using var agent = new ContainerHarness(isolator);
        const string eat = "x = bytearray(200 << 20); print(len(x))";
        var neighbour = agent.Shell("echo here; exec sleep 1000");
        var hungry = agent.Run("python3", "-c", eat);
        var exited = await agent.Exited(hungry);
        Assert.Equal((137, StatusReason.MemoryLimit), (exited.ExitCode, exited.Limit?.Reason));
        Assert.Contains("64 MiB", exited.Limit!.Message, StringComparison.Ordinal);
        // Pages that are shared with others count in what the process itself had.
        Assert.InRange(exited.Usage.MemPeakBytes, 32L << 20, 128L << 20);

        // The kernel takes the child; the shell that would go on without it is ended too.
        var parent = agent.Shell($"python3 -c '{eat}'; echo went on; exec sleep 1000");
        exited = await agent.Exited(parent);
        Assert.Equal(StatusReason.MemoryLimit, exited.Limit?.Reason);

        await agent.Says(neighbour, "here");
        Assert.NotNull(agent.Containers.Usage(neighbour));
        agent.Containers.Kill(neighbour, TimeSpan.Zero);
        Assert.Null((await agent.Exited(neighbour)).Limit);
    }

    [Fact]
    public async Task A_container_that_is_to_hold_more_may_use_more()
    {
        using var isolator = Isolator();
        using var agent = new ContainerHarness(isolator);
        // The first comes while it is still being prepared.
        var spec = agent.Spec(CommandSpec.Shell("echo here; read line < go; python3 -c 'x = bytearray(200 << 20); print(len(x))'"));
        agent.Containers.Launch(spec);
        agent.Containers.Resize(spec.Id, Resources.Of(1, 128));
        await agent.Says(spec.Id, "here");
        agent.Containers.Resize(spec.Id, Resources.Of(2, 512));
        agent.Containers.Resize(spec.Id, Resources.Of(1, 64));
        await File.WriteAllTextAsync(Path.Combine(agent.Sandbox(spec.Id), "go"), "\n", TestContext.Current.CancellationToken);
        var exited = await agent.Exited(spec.Id);
        Assert.True(exited is { ExitCode: 0, Limit: null }, $"{exited} {agent.Output(spec.Id, "stderr")}");
        Assert.EndsWith($"{200 << 20}\n", agent.Output(spec.Id), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Processes_are_held_to_a_number()
    {
        using var isolator = Isolator(processesMax: 8);
        using var agent = new ContainerHarness(isolator);
        var id = agent.Run("python3", "-c", """
            import os, time
            children = 0
            try:
                while children < 100:
                    if os.fork() == 0:
                        time.sleep(1000)
                    children += 1
            except OSError as e:
                print(children, e.strerror)
            """);
        var exited = await agent.Exited(id);
        Assert.Equal("7 Resource temporarily unavailable\n", agent.Output(id));
        Assert.Equal(0, exited.ExitCode);
    }

    [Fact]
    public async Task Nothing_is_left_in_the_kernel_and_what_runs_is_kept_over_a_restart_of_the_agent()
    {
        var mounts = CgroupMounts.Find();
        var root = $"agora-test-{Guid.NewGuid():N}";
        using (Isolator())
        {
        }
        CgroupIsolator New() => CgroupIsolator.Create(mounts, new CgroupOptions(root), TimeProvider.System);
        List<string> Groups() => [.. mounts!.Own.Values.Distinct().Select(d => Path.Combine(d, root)).Where(Directory.Exists).SelectMany(Directory.EnumerateDirectories)];
        using var former = New();
        using var agent = new ContainerHarness(former);
        var (id, ended) = (agent.Shell("echo here; exec sleep 1000"), agent.Shell("exit 3"));
        Assert.Equal(3, (await agent.Exited(ended)).ExitCode);
        await agent.Says(id, "here");
        Assert.Equal([id.Value], Groups().Select(Path.GetFileName).Distinct());
        Directory.CreateDirectory(Path.Combine(mounts!.Own["memory"], root, "c-999"));

        agent.StopAgent();
        using var next = New();
        using var containers = new ProcessContainers(new ContainersOptions { SupervisorPath = ContainersOptions.FindSupervisor() },
            new Agora.Daemon.Fetching.Fetcher(new Agora.Daemon.Fetching.FetcherOptions { CacheDirectory = Path.Combine(agent.Directory, "cache2") }), next, _ => { });
        await containers.Recover(agent.MetaRoot);
        Assert.Equal([id.Value], Groups().Select(Path.GetFileName).Distinct());
        Assert.True(containers.Usage(id)!.MemBytes > 0);
        containers.Kill(id, TimeSpan.Zero);
        await ContainerHarness.Until(() => Groups().Count == 0, () => string.Join('\n', Groups()));
    }
}
