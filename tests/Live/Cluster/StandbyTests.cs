using System.Collections.Concurrent;
using System.Diagnostics;
using Xunit;

namespace Agora.Tests.Live.Cluster;

/// <summary>Two schedulers of one framework, each a process of its own.</summary>
public sealed class StandbyTests
{
    private sealed class Scheduler : IDisposable
    {
        private readonly ConcurrentQueue<string> _said = new();

        public Scheduler(LiveCluster cluster, string command)
        {
            const string name = "Agora.Tests.StandbyProgram";
            var configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'));
            Process = Programs.Start(cluster.Home, Path.Combine(AppContext.BaseDirectory, "..", "..", name, configuration, name), $"{cluster.Master}", "service", command);
            Process.OutputDataReceived += (_, e) =>
            {
                if (e.Data is { } line)
                    _said.Enqueue(line);
            };
            Process.BeginOutputReadLine();
        }

        public Process Process { get; }
        public IReadOnlyCollection<string> Said => _said;

        public Task Says(string line) => Programs.Until($"a scheduler to say '{line}'", () => _said.Contains(line), () => string.Join('\n', _said));

        public void Dispose()
        {
            if (!Process.HasExited)
                Process.Kill();
            Process.Dispose();
        }
    }

    [Fact]
    public async Task The_scheduler_that_stands_by_takes_over_from_one_that_is_killed_and_the_task_goes_on()
    {
        await using var cluster = new LiveCluster();
        Assert.Equal(0, (await cluster.Up("--agents", "1", "--cpus", "4")).ExitCode);
        var go = Path.Combine(cluster.Home, "go");
        var command = $"for i in $(seq 5000); do [ -e '{go}' ] && exit 0; sleep 0.05; done; exit 9";
        using var first = new Scheduler(cluster, command);
        await first.Says("subscribed");
        await first.Says("steady Running");
        using var second = new Scheduler(cluster, command);
        await second.Says("StandingBy");
        Assert.Equal(1, (await cluster.Json("frameworks")).EnumerateArray().Single(f => f.GetProperty("id").GetString() == "service").GetProperty("standbys").GetInt32());

        first.Process.Kill();
        await second.Says("Takeover");
        // It asks for what there is, as it has launched nothing itself.
        await second.Says("steady Running");
        await File.WriteAllTextAsync(go, "", TestContext.Current.CancellationToken);
        await second.Says("steady Finished");
        Assert.DoesNotContain("subscribed", second.Said);

        // With the last scheduler its failover timeout runs, of a second.
        second.Process.Kill();
        await Programs.Until("the framework to end", () => cluster.Json("frameworks"), all => all.EnumerateArray()
            .Single(f => f.GetProperty("id").GetString() == "service").GetProperty("condition").GetString() == "Completed", all => all.ToString());
    }
}
