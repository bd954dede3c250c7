using Agora.Sdk;
using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Web;

/// <summary>A cluster on which something goes on, and a browser to look at it.</summary>
public sealed class DashboardCluster : BrowsedCluster
{
    private readonly List<LiveFramework> _frameworks = [];

    /// <summary>Its tasks write a line each half second.</summary>
    internal LiveFramework Writer { get; private set; } = null!;

    /// <summary>Has one task that failed, and wants more than there is.</summary>
    internal LiveFramework Waiter { get; private set; } = null!;

    /// <summary>Has the report of an experiment, <c>model</c>, from a benchmark that was run here.</summary>
    internal string Reports => Path.Combine(Home, "reports");

    protected override string[] Options => ["--agents", "4", "--reports", Reports];

    protected override async Task BeginAsync()
    {
        var bench = await Agora("bench", "model", "--simulated", "--quick", "--out", Path.Combine(Reports, "model"));
        Assert.True(bench.ExitCode == 0, bench.ToString());

        var (writing, failing) = (0, 0);
        Writer = Add("telemetry", [], (offers, calls) =>
        {
            foreach (var offer in offers)
            {
                if (writing < 5 && offer.Resources.Contains(Resources.Of(1, 256)))
                    calls.Add(new SchedulerCall.Accept([offer.Id], [LiveFramework.Task($"writer-{++writing}", offer.AgentId, Resources.Of(1, 256),
                        "mkdir -p deep/er; echo inside >deep/er/file.txt; i=0; while :; do i=$((i+1)); echo line $i; echo oops $i >&2; sleep 0.5; done")]));
                else
                    calls.Add(new SchedulerCall.Decline([offer.Id], "all its writers run"));
            }
        });
        await Programs.Until("five writers", () => Writer.Updates.Count(u => u.State == TaskState.Running) == 5, () => string.Join('\n', Writer.Heard));
        Waiter = Add("reports", [new Hint([], Resources.Of(1, 512), 9, DateTimeOffset.UtcNow + TimeSpan.FromHours(1))], (offers, calls) =>
        {
            foreach (var offer in offers)
            {
                if (failing == 0)
                    calls.Add(new SchedulerCall.Accept([offer.Id], [LiveFramework.Task($"broken-{++failing}", offer.AgentId, Resources.Of(0.5m, 64), "echo it breaks >&2; exit 3")]));
                else
                    calls.Add(new SchedulerCall.Decline([offer.Id], $"its data is not on {offer.Hostname}; waits 2.1 s of 5 s for another"));
            }
        });
        await Waiter.HearsOf("broken-1", TaskState.Failed);
        Waiter.Call(new SchedulerCall.Publish("office", new FrameworkPage("office", "Reports").Fact("Running", 0).Fact("Failed", 1)
            .Note("report 2 waits for node9, where its data is").Table("Reports", ["Report", "State", "Done", "Since"],
                [[1, PageCell.State("Failed"), PageCell.Progress(0.4, "2 of 5"), PageCell.Time(DateTimeOffset.UtcNow)], [2, PageCell.State("Waiting"), PageCell.Progress(0, "0 of 5"), ""]]).ToJson()));
    }

    private LiveFramework Add(string name, IReadOnlyList<Hint> hints, Action<IReadOnlyList<Offer>, ICollection<SchedulerCall>> offered)
    {
        var framework = new LiveFramework(this, new FrameworkInfo(null, name, User: "root", Role: name == "reports" ? "office" : "default"), hints, offered: offered);
        _frameworks.Add(framework);
        return framework;
    }

    protected override async Task EndAsync()
    {
        foreach (var framework in _frameworks)
            await framework.DisposeAsync();
    }
}
