using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Agora.Election;
using Agora.Sdk;
using Agora.Workloads.Live.Macro;

namespace Agora.Workloads.Recovery;

/// <summary>
/// The cluster that is to suffer: two masters, an etcd, four agents with networks of their own where that can be had, and the four
/// frameworks, all started again by the cluster's keeper when they end.
/// </summary>
internal sealed class ChaosSite : IAsyncDisposable
{
    public const int Nodes = 4, Masters = 2;

    private const int TasksAtOnce = 2;
    private static readonly string Options =
        $"--masters {Masters} --election etcd --keep --agents {Nodes} --cpus {TasksAtOnce} --mem 4096 --services hadoop-store,torque-server";

    private static readonly TimeSpan ServicePatience = TimeSpan.FromSeconds(30), Pause = TimeSpan.FromMilliseconds(50);

    private readonly BenchDirectory _data;
    private readonly BenchCluster _cluster;

    private ChaosSite(BenchDirectory data, BenchCluster cluster, bool hasLinks)
    {
        (_data, _cluster, HasLinks) = (data, cluster, hasLinks);
        var description = Description();
        Location = MasterLocation.Parse((string)description["master"]!);
        MasterAccess.Remember(Location, MasterAccess.OfState(Path.Combine(_cluster.Directory, "state")));
        Links = [.. description["links"]!.AsObject().OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => (l.Key, (string)l.Value!))];
    }

    /// <summary>Whether nodes have links that can be cut.</summary>
    public bool HasLinks { get; }

    /// <summary>By node, the machine's end of its link.</summary>
    public IReadOnlyList<(string Node, string Link)> Links { get; }

    public MasterLocation Location { get; }

    /// <summary>Whatever names it belongs to the run.</summary>
    public string Root => _data.Directory;

    /// <summary>Where commands run, and leave their results.</summary>
    public string Directory => _cluster.Directory;

    /// <summary>For the logs of all processes.</summary>
    public string Logs => Path.Combine(_cluster.Directory, "state", "logs");

    /// <summary>Temporary files of everything in the run, so that what is left of them is seen.</summary>
    public static string UseTemporary(BenchDirectory data)
    {
        var directory = System.IO.Directory.CreateDirectory(Path.Combine(data.Directory, "tmp")).FullName;
        Environment.SetEnvironmentVariable("TMPDIR", directory);
        return directory;
    }

    public static async Task<ChaosSite> StartAsync(BenchDirectory data, MacroMix mix, CancellationToken cancellation)
    {
        var (cluster, hasLinks) = await StartClusterAsync(cancellation);
        try
        {
            var site = new ChaosSite(data, cluster, hasLinks);
            await Task.Run(() => site.Prepare(mix), cancellation);
            return site;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public ProcessStartInfo StartOf(string line) => _cluster.StartOf(line);

    /// <exception cref="WrongOutputException">It failed.</exception>
    public string Shell(string line) => _cluster.Shell(line);

    /// <summary>All URLs that something listens at.</summary>
    public IReadOnlyList<Uri> Addresses() =>
        [.. Description()["services"]!.AsObject().Select(s => new Uri((string)s.Value!)), .. Location is MasterLocation.InEtcd etcd ? etcd.Endpoints : []];

    /// <summary>Ends the cluster.</summary>
    public Task EndAsync() => _cluster.EndAsync();

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private static async Task<(BenchCluster Cluster, bool HasLinks)> StartClusterAsync(CancellationToken cancellation)
    {
        try
        {
            return (await BenchCluster.StartAsync(Options + " --networks", cancellation), true);
        }
        catch (WrongOutputException e) when (e.Message.Contains("networks of their own", StringComparison.Ordinal))
        {
            return (await BenchCluster.StartAsync(Options, cancellation), false);
        }
    }

    private void Prepare(MacroMix mix)
    {
        string[] hadoops = [MacroMix.Facebook, MacroMix.Large];
        PutInput(mix.WarmUpFile, 1);
        for (var i = 0; i < hadoops.Length; i++)
        {
            AddJobTracker(hadoops[i], i);
            foreach (var (file, blocks) in mix.InputsOf(hadoops[i]))
                PutInput(file, blocks);
        }
        foreach (var hadoop in hadoops)
            Shell(MacroMix.WarmUp(hadoop, TasksAtOnce * Nodes));
    }

    /// <summary>A JobTracker of its own for each of the two mixes, of which the keeper learns by the cluster's description.</summary>
    private void AddJobTracker(string role, int number)
    {
        var description = Description();
        var (state, port) = (Path.Combine(_cluster.Directory, "state"), Ports.Free());
        var store = (string)description["services"]!["hadoop-store"]!;
        // They share a store, so their job ids must differ.
        var identifier = DateTime.Now.AddMinutes(number).ToString("yyyyMMddHHmm", System.Globalization.CultureInfo.InvariantCulture);
        string[] command = [Path.Combine((string)description["commands"]!, "agora-hadoop"), "jobtracker", "--master", Location.ToString(), "--store", store,
            "--role", role, "--state", Path.Combine(state, role), "--identifier", identifier, "--port", $"{port}"];
        // A process that there is not, which the keeper starts again.
        description["processes"]!.AsArray().Add(new JsonObject
        {
            ["name"] = $"jobtracker-{role}",
            ["pid"] = 0,
            ["startTicks"] = 0,
            ["command"] = new JsonArray([.. command.Select(w => JsonValue.Create(w))]),
        });
        Write(description, state);
        description["services"]!["hadoop-jobtracker"] = $"http://127.0.0.1:{port}";
        Write(description, System.IO.Directory.CreateDirectory(Path.Combine(_cluster.Directory, role)).FullName);
        AwaitService(port);
    }

    private JsonNode Description() => JsonNode.Parse(File.ReadAllText(Path.Combine(_cluster.Directory, "state", "cluster.json")))!;

    private static void Write(JsonNode description, string directory)
    {
        var file = Path.Combine(directory, "cluster.json");
        File.WriteAllText(file + ".bench", description.ToJsonString());
        File.Move(file + ".bench", file, overwrite: true);
    }

    private static void AwaitService(int port)
    {
        var waited = Stopwatch.StartNew();
        while (!Answers(new Uri($"http://127.0.0.1:{port}")))
        {
            if (waited.Elapsed > ServicePatience)
                throw new WrongOutputException($"the JobTracker at port {port} did not come up");
            Thread.Sleep(Pause);
        }
    }

    public static bool Answers(Uri address)
    {
        try
        {
            using var probe = new TcpClient();
            probe.Connect(address.Host, address.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void PutInput(string file, int blocks)
    {
        // The store takes block sizes in multiples of 512. Two copies: a node may be away.
        const int granularity = 512;
        var size = (new FileInfo(file).Length / blocks / granularity + 1) * granularity;
        Shell($"hadoop fs -D dfs.block.size={size} -D dfs.replication=2 -put {file} /{Path.GetFileName(file)}");
    }
}
