using Agora.Daemon.Containers;
using Agora.Daemon.Containers.Watching;
using Xunit;

namespace Agora.Tests.Live.Containers;

/// <summary>Limits that are kept by looking, where the kernel does not keep them.</summary>
[Collection(ProcessTests.Name)]
public sealed class WatchTests
{
    private const string Eat = "import time; x = bytearray(200 << 20); print('ate', flush=True); time.sleep(1000)";

    [Fact]
    public async Task Who_uses_more_memory_than_asked_for_is_killed_alone_and_told_so()
    {
        var measure = new PosixIsolator(TimeProvider.System);
        using var watch = new MemoryWatch(measure, TimeProvider.System);
        using var agent = new ContainerHarness(watch, measure);
        var neighbour = agent.Shell("echo here; exec sleep 1000");
        var hungry = agent.Run("python3", "-c", Eat);
        var exited = await agent.Exited(hungry);
        Assert.Equal((137, StatusReason.MemoryLimit), (exited.ExitCode, exited.Limit?.Reason));
        Assert.Contains("64 MiB", exited.Limit!.Message, StringComparison.Ordinal);
        Assert.InRange(exited.Usage.MemPeakBytes, 64L << 20, 300L << 20);

        var parent = agent.Shell($"python3 -c \"{Eat}\" & wait");
        Assert.Equal(StatusReason.MemoryLimit, (await agent.Exited(parent)).Limit?.Reason);

        await agent.Says(neighbour, "here");
        Assert.NotNull(agent.Containers.Usage(neighbour));
        agent.Containers.Kill(neighbour, TimeSpan.Zero);
        Assert.Null((await agent.Exited(neighbour)).Limit);
    }

    [Fact]
    public async Task Memory_that_processes_share_counts_once_and_more_may_be_given()
    {
        var measure = new PosixIsolator(TimeProvider.System);
        using var watch = new MemoryWatch(measure, TimeProvider.System);
        using var agent = new ContainerHarness(watch, measure);
        // 40 MiB in four processes are 160 MiB resident, and 40 in all.
        var sharing = agent.Run("python3", "-c", """
            import os, time
            x = b'x' * (40 << 20)
            for i in range(3):
                if os.fork() == 0:
                    time.sleep(1000)
            print('shared', flush=True)
            time.sleep(1000)
            """);
        var growing = agent.Launch(new CommandSpec(["python3", "-c", Eat]), resources: Resources.Of(1, 512));
        await agent.Says(sharing, "shared");
        await agent.Says(growing, "ate");
        // Another one that is over its limit shows that there was time to look.
        Assert.Equal(StatusReason.MemoryLimit, (await agent.Exited(agent.Run("python3", "-c", Eat))).Limit?.Reason);
        foreach (var id in (ContainerId[])[sharing, growing])
        {
            Assert.True(agent.Containers.Kill(id, TimeSpan.Zero));
            Assert.Null((await agent.Exited(id)).Limit);
        }
    }

    [Fact]
    public async Task Who_writes_more_than_asked_for_is_killed_alone_and_told_so()
    {
        using var watch = new DiskWatch(TimeProvider.System);
        using var agent = new ContainerHarness(watch);
        const string write = "mkdir -p a/b; head -c 20M /dev/zero > a/b/large; ln a/b/large twice; truncate -s 1T sparse; echo wrote; exec sleep 1000";
        var asked = Resources.Of(1, 64, diskMib: 10);
        var unlimited = agent.Shell(write);
        var enough = agent.Shell(write, Resources.Of(1, 64, diskMib: 30));
        var raised = agent.Shell(write, asked);
        agent.Containers.Resize(raised, Resources.Of(1, 64, diskMib: 30));
        agent.Containers.Resize(raised, asked);
        foreach (var id in (ContainerId[])[unlimited, enough, raised])
            await agent.Says(id, "wrote");
        var exited = await agent.Exited(agent.Shell(write, asked));
        Assert.Equal((137, StatusReason.DiskLimit), (exited.ExitCode, exited.Limit?.Reason));
        Assert.Matches("holds 2[0-9] MiB, more than the 10 MiB", exited.Limit!.Message);
        foreach (var id in (ContainerId[])[unlimited, enough, raised])
        {
            agent.Containers.Kill(id, TimeSpan.Zero);
            Assert.Null((await agent.Exited(id)).Limit);
        }
    }
}
