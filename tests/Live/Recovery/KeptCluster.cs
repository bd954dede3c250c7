using System.Globalization;
using System.Text.Json;
using Agora.Supervisor.Shared;
using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Recovery;

/// <summary>A cluster with options of its own.</summary>
internal sealed class KeptCluster(IReadOnlyList<string> options, bool hasServices = false) : LiveCluster
{
    private IReadOnlyList<string> _links = [];

    protected override string[] Options => [.. options];

    protected override bool HasServices => hasServices;

    /// <summary>Of its nodes' networks, as they were when they were first asked for.</summary>
    public IReadOnlyList<string> Links => _links.Count > 0 ? _links : _links =
        [.. Description().RootElement.GetProperty("links").EnumerateObject().Select(l => l.Value.GetString()!)];

    public async Task<Uri> LeaderAsync() => new((await Json("status")).GetProperty("masters").EnumerateArray()
        .Single(m => m.GetProperty("leads").GetBoolean()).GetProperty("url").GetString()!);

    /// <summary>A master's name.</summary>
    public string MasterAt(Uri url) => url.Port == Port ? "master1" : "master2";

    /// <summary>The name in the cluster's description of what leads, stands by, and so on, just now.</summary>
    public async Task<string> NameOfAsync(string kind)
    {
        var leader = options.Contains("--masters") && kind is "leader" or "standby" ? MasterAt(await LeaderAsync()) : "master";
        return kind switch
        {
            "leader" => leader,
            "standby" => leader == "master1" ? "master2" : "master1",
            "election" => options.Contains("zookeeper") ? "zookeeper" : "etcd",
            "agent" => "node1",
            "job-tracker" => "hadoop-jobtracker",
            "batch-server" => "torque-server",
            "store" => "hadoop-store",
            _ => throw new ArgumentException(kind, nameof(kind)),
        };
    }

    /// <summary>Waits until each process that there was is there again, all masters are known and all agents active.</summary>
    public async Task AllBackAsync(int masters)
    {
        var agents = int.Parse(options[options.ToList().IndexOf("--agents") + 1], CultureInfo.InvariantCulture);
        await Programs.Until("all processes to run", () => Ended().Count == 0, () => $"without {string.Join(", ", Ended())}");
        await Programs.Until("all masters and agents to be back", () => Agora("status", "--json"),
            s => s.ExitCode == 0 && JsonDocument.Parse(s.Text).RootElement is var status && status.GetProperty("masters").GetArrayLength() == masters
                && status.GetProperty("agentsActive").GetInt32() == agents && status.GetProperty("agents").GetInt32() == agents,
            s => s.ToString());
    }

    private List<string> Ended()
    {
        using var description = Description();
        return [.. description.RootElement.GetProperty("processes").EnumerateArray()
            .Where(p => ProcStat.Read(p.GetProperty("pid").GetInt32()) is not { IsZombie: false }).Select(p => p.GetProperty("name").GetString()!)];
    }

    public async Task DownAsync()
    {
        var down = await Agora("down");
        Assert.True(down.ExitCode == 0, down.ToString());
    }

    private JsonDocument Description() => JsonDocument.Parse(File.ReadAllText(Path.Combine(Home, "cluster.json")));
}
