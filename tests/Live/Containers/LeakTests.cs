using Agora.Supervisor.Shared;
using Xunit;

namespace Agora.Tests.Live.Containers;

[Collection(ProcessTests.Name)]
public sealed class LeakTests
{
    private const int Containers = 500, AtOnce = 10;

    [Fact]
    public async Task Many_short_containers_leave_no_descriptor_process_or_file_behind()
    {
        using var agent = new ContainerHarness();
        await Batch(agent, AtOnce); // What the runtime opens once is open then.
        var before = Descriptors();
        // Tests that ended an agent in this process, with containers that go on, have left their supervisors to it.
        var earlier = Zombies().ToHashSet();
        for (var done = 0; done < Containers; done += AtOnce)
            await Batch(agent, AtOnce);

        await ContainerHarness.Until(
            () => Descriptors() <= before, () => $"{before} descriptors; there are {Descriptors()}");
        await ContainerHarness.Until(
            () => Zombies().All(earlier.Contains),
            () => $"these to be reaped: {string.Join(", ", Zombies().Where(z => !earlier.Contains(z)))}");
        Assert.DoesNotContain(
            new ProcTable().All, p => CommandLine(p.Pid).Contains(agent.Directory, StringComparison.Ordinal));
        var meta = Directory.GetFiles(agent.MetaRoot, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetFileName(f)).Distinct();
        Assert.Equal(["control", "exit", "launch", "pid"], meta.Order(StringComparer.Ordinal));
    }

    private static async Task Batch(ContainerHarness agent, int count)
    {
        var ids = Enumerable.Range(0, count)
            .Select(i => agent.Shell(i % 2 == 0 ? "exit 0" : "sleep 1000 & exit 0")).ToList();
        foreach (var id in ids)
            Assert.Equal(0, (await agent.Exited(id)).ExitCode);
    }

    private static IEnumerable<string> Zombies() => new ProcTable().Descendants(Environment.ProcessId)
        .Where(p => p.IsZombie).Select(p => $"{p.Pid}, a child of {p.ParentPid} since tick {p.StartTicks}");

    private static int Descriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    private static string CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (IOException)
        {
            return ""; // It has ended.
        }
    }
}
