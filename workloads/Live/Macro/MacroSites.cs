using System.Text.Json.Nodes;

namespace Agora.Workloads.Live.Macro;

/// <summary>Where each framework of the mix runs: all on one cluster, or each on a cluster of its own.</summary>
internal sealed class MacroSites : IAsyncDisposable
{
    public const int Nodes = 4;

    /// <summary>What a node offers: two tasks at once, and room for the executors beside them.</summary>
    private static readonly string Node = $"--cpus {TasksAtOnce} --mem 4096";

    private const int TasksAtOnce = 2;

    private readonly Dictionary<string, BenchCluster> _sites = [];
    private readonly List<BenchCluster> _clusters = [];

    public IEnumerable<Uri> Masters => _clusters.Select(c => c.Master);

    public BenchCluster Of(string framework) => _sites[framework];

    /// <param name="isShared">One cluster for all; else as many nodes, each a cluster of one framework.</param>
    public static async Task<MacroSites> StartAsync(bool isShared, Quota quota, MacroMix mix, CancellationToken cancellation)
    {
        var sites = new MacroSites();
        try
        {
            if (isShared)
            {
                await sites.StartAsync(MacroMix.Frameworks, Nodes, quota, mix, cancellation);
            }
            else
            {
                // The first alone: it finds out whether nodes can be held back.
                await sites.StartAsync([MacroMix.Frameworks[0]], 1, quota, mix, cancellation);
                await Task.WhenAll(MacroMix.Frameworks.Skip(1).Select(f => sites.StartAsync([f], 1, quota, mix, cancellation)));
            }
            foreach (var cluster in sites._clusters)
                quota.Hold(cluster);
            return sites;
        }
        catch
        {
            await sites.DisposeAsync();
            throw;
        }
    }

    private async Task StartAsync(IReadOnlyList<string> frameworks, int nodes, Quota quota, MacroMix mix, CancellationToken cancellation)
    {
        List<string> services = [];
        var hadoops = frameworks.Where(f => f is MacroMix.Facebook or MacroMix.Large).ToList();
        if (hadoops.Count > 0)
            services.Add("hadoop-store");
        var cluster = await quota.StartAsync($"--agents {nodes} {Node} " +
            (services.Count == 0 ? "--no-services" : $"--services {string.Join(',', services)}"), cancellation);
        lock (_sites)
        {
            _clusters.Add(cluster);
            foreach (var framework in frameworks)
                _sites[framework] = cluster;
        }
        await Task.Run(() =>
        {
            if (hadoops.Count > 0)
                PutInput(cluster, mix.WarmUpFile, 1);
            foreach (var hadoop in hadoops)
            {
                StartJobTracker(cluster, hadoop);
                foreach (var (file, blocks) in mix.InputsOf(hadoop))
                    PutInput(cluster, file, blocks);
            }
            // One after the other, so that each finds all nodes free.
            foreach (var hadoop in hadoops)
                cluster.Shell(MacroMix.WarmUp(hadoop, TasksAtOnce * nodes));
            if (frameworks.Contains(MacroMix.Torque))
                StartBatchServer(cluster);
        }, cancellation);
    }

    /// <summary>
    /// A JobTracker of its own for each of the two mixes, found by the commands through a description of its own. The two share
    /// a store, so their job ids must differ.
    /// </summary>
    private static void StartJobTracker(BenchCluster cluster, string role)
    {
        var state = StateOf(cluster);
        var description = JsonNode.Parse(File.ReadAllText(Path.Combine(state, "cluster.json")))!;
        var store = (string)description["services"]!["hadoop-store"]!;
        description["services"]!["hadoop-jobtracker"] =
            StartService(cluster, role, $"agora-hadoop jobtracker --master {cluster.Master} --store {store} --role {role} --state {state}/{role} " +
                $"--identifier {DateTime.Now.AddMinutes(MacroMix.Frameworks.ToList().IndexOf(role)):yyyyMMddHHmm}");
        var home = Directory.CreateDirectory(Path.Combine(cluster.Directory, role)).FullName;
        File.WriteAllText(Path.Combine(home, "cluster.json"), description.ToJsonString());
    }

    /// <summary>
    /// One that keeps slots without work for a second: jobs here are as much shorter than usual ones as that is than its usual
    /// five seconds.
    /// </summary>
    private static void StartBatchServer(BenchCluster cluster) => StartService(cluster, MacroMix.Torque,
        $"agora-torque-server --master {cluster.Master} --state {StateOf(cluster)}/torque --port 0 --acl-roots root --linger 1");

    /// <summary>It ends with the cluster, as its command names the cluster's state directory.</summary>
    /// <returns>Its URL.</returns>
    private static string StartService(BenchCluster cluster, string name, string command) => cluster.Shell(
        $"setsid {command} >{name}.ready 2>{name}.log </dev/null & until grep '^ready ' {name}.ready; do kill -0 $! || exit 1; sleep 0.05; done")
        ["ready ".Length..].Trim();

    private static string StateOf(BenchCluster cluster) => Path.Combine(cluster.Directory, "state");

    private static void PutInput(BenchCluster cluster, string file, int blocks)
    {
        // The store takes block sizes in multiples of 512.
        const int granularity = 512;
        var size = (new FileInfo(file).Length / blocks / granularity + 1) * granularity;
        cluster.Shell($"hadoop fs -D dfs.block.size={size} -put {file} /{Path.GetFileName(file)}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var cluster in _clusters)
            await cluster.DisposeAsync();
    }
}
