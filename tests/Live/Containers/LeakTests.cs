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
        for (var done = 0; done < Containers; done += AtOnce)
            await Batch(agent, AtOnce);

        await ContainerHarness.Until(
            () => Descriptors() <= before, () => $"{before} descriptors; there are {Descriptors()}");
        // Other tests beside this one have children that end as well, and wait a moment to be reaped.
        await ContainerHarness.Until(
            () => !new ProcTable().Descendants(Environment.ProcessId).Any(p => p.IsZombie), () => "there are processes that nobody reaps");
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
