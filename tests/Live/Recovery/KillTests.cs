using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Recovery;

/// <summary>
/// <c>kill -9</c> of each kind of process, alone and in pairs, while a job of each kind runs. Over etcd all of them; over ZooKeeper and
/// with a master that is alone those for which it makes a difference: the masters, and what comes back to them.
/// </summary>
public sealed class KillTests(KillClusters clusters) : IClassFixture<KillClusters>
{
    private static readonly string[] Alone =
    [
        "leader", "standby", "election", "agent", "supervisor", "task-tracker", "mom", "mpi-host", "spark-executor", "job-tracker",
        "batch-server", "store", "mpiexec", "spark-driver",
    ];

    /// <summary>Pairs of which the one is needed for the other's return, or keeps what the other would need.</summary>
    private static readonly string[] Pairs =
    [
        "leader agent", "leader job-tracker", "leader batch-server", "leader election", "leader spark-executor", "agent task-tracker",
        "agent mom", "store job-tracker",
    ];

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var victims in Alone.Concat(Pairs))
                cases.Add("etcd", victims);
            foreach (var victims in (string[])["leader", "election", "leader agent"])
                cases.Add("zookeeper", victims);
            foreach (var victims in (string[])["leader", "agent", "leader agent", "leader job-tracker"])
                cases.Add("alone", victims);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Whatever_is_killed_jobs_end_right_or_for_the_stated_reason_and_nothing_of_them_is_left(string election, string victims)
    {
        var cluster = await clusters.OfAsync(election);
        var jobs = new JobSet(cluster, $"kill-{victims.Replace(' ', '-')}");
        await jobs.StartAsync();
        await Victims.KillAsync(cluster, jobs, victims.Split(' '));
        await cluster.AllBackAsync(masters: election == "alone" ? 1 : 2);
        jobs.LetGo();
        await jobs.AssertEndsAsync(victims switch
        {
            // The command is killed with it.
            "supervisor" => new Dictionary<string, int> { ["task"] = 137 },
            "mpi-host" => new Dictionary<string, int> { ["mpi"] = 1 },
            "mpiexec" => new Dictionary<string, int> { ["mpi"] = 137 },
            "spark-driver" => new Dictionary<string, int> { ["spark"] = 137 },
            _ => new Dictionary<string, int>(),
        });
        await jobs.AssertGoneAsync();
    }
}

/// <summary>A cluster for each kind of election, started when it is first needed.</summary>
public sealed class KillClusters : IAsyncLifetime
{
    private readonly Dictionary<string, KeptCluster> _clusters = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    internal async Task<KeptCluster> OfAsync(string election)
    {
        if (_clusters.TryGetValue(election, out var running))
            return running;
        // One at a time: each has all services.
        await DisposeAsync();
        var cluster = new KeptCluster([.. election == "alone" ? (string[])[] : ["--masters", "2", "--election", election],
            "--keep", "--agents", "2", "--cpus", "4", "--mem", "4096"], hasServices: true);
        await cluster.InitializeAsync();
        _clusters[election] = cluster;
        var compiled = await Programs.Run(cluster.Home, "mpicc.openmpi", "-o", Path.Combine(cluster.Home, "gate"), Path.Combine(AppContext.BaseDirectory, "Recovery", "gate.c"));
        Assert.True(compiled.ExitCode == 0, compiled.ToString());
        var input = Path.Combine(cluster.Home, "in");
        await File.WriteAllLinesAsync(input, Enumerable.Range(0, 8).Select(i => $"line {i % 4 + 1}"), TestContext.Current.CancellationToken);
        var put = await Programs.Run(cluster.Home, Path.Combine(Programs.Bin, "hadoop"), "fs", "-put", input, "/in");
        Assert.True(put.ExitCode == 0, put.ToString());
        return cluster;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var cluster in _clusters.Values)
        {
            await cluster.DownAsync();
            await Programs.Until("nothing to be left", () => cluster.Processes().Count == 0, () => string.Join('\n', cluster.Processes()));
            Directory.Delete(cluster.Home, recursive: true);
        }
        _clusters.Clear();
    }
}
