using System.Net.Sockets;

namespace Agora.Cli;

/// <summary>What the masters of the embedded cluster elect their leader by: an etcd or a ZooKeeper of one member.</summary>
/// <param name="kind">One of <see cref="Kinds"/>; also the name of its process.</param>
/// <param name="address">Where it listens.</param>
internal sealed class ElectionService(string kind, string address)
{
    public const string Etcd = "etcd", ZooKeeper = "zookeeper";

    private const string ZooKeeperJar = "/usr/share/java/zookeeper.jar";

    private static readonly TimeSpan ReadyPatience = TimeSpan.FromSeconds(30), Pause = TimeSpan.FromMilliseconds(20);

    private readonly int _port = Ports.Free(address), _peerPort = Ports.Free(address);

    public static IReadOnlyList<string> Kinds { get; } = [Etcd, ZooKeeper];

    public string Name => kind;

    /// <summary>As masters, agents and commands take it.</summary>
    public string Location => $"{(kind == Etcd ? "etcd" : "zk")}://{address}:{_port}/agora";

    /// <summary>Writes what it needs into its directory.</summary>
    /// <returns>How it is started.</returns>
    /// <exception cref="Failure">It is not installed.</exception>
    public IReadOnlyList<string> Prepare(string directory)
    {
        Directory.CreateDirectory(directory);
        return kind == Etcd ? EtcdCommand(directory) : ZooKeeperCommand(directory);
    }

    /// <summary>Waits until it takes connections.</summary>
    /// <exception cref="Failure">It has ended, or takes none in time.</exception>
    public async Task ReadyAsync(ClusterProcess process, string log, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(ReadyPatience);
        try
        {
            while (!await TakesConnectionsAsync(patience.Token))
            {
                if (!process.IsRunning)
                    throw new Failure($"{kind} did not come up", File.ReadLines(log).LastOrDefault() ?? "it ended without a word", $"see {log}");
                await Task.Delay(Pause, patience.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new Failure($"{kind} did not come up", $"it takes no connections after {ReadyPatience.TotalSeconds:0} s", $"see {log}");
        }
    }

    private List<string> EtcdCommand(string directory)
    {
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(d => Path.Combine(d, Etcd)).FirstOrDefault(File.Exists)
            ?? throw new Failure("etcd could not be started", "there is no program 'etcd' on the PATH", "install it (Debian's etcd-server), or use --election zookeeper");
        var (client, peer) = ($"http://{address}:{_port}", $"http://{address}:{_peerPort}");
        return [program, "--name", "one", "--data-dir", Path.Combine(directory, "data"), "--log-level", "error",
            "--listen-client-urls", client, "--advertise-client-urls", client,
            "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", $"one={peer}",
            // It grants no lease shorter than one and a half of the latter, in ms.
            "--heartbeat-interval", "50", "--election-timeout", "500"];
    }

    private List<string> ZooKeeperCommand(string directory)
    {
        if (!File.Exists(ZooKeeperJar))
            throw new Failure("zookeeper could not be started", $"{ZooKeeperJar} does not exist", "install Debian's zookeeper and libzookeeper-mt2, or use --election etcd");
        var settings = Path.Combine(directory, "zoo.cfg");
        File.WriteAllText(settings, $"""
            tickTime=200
            minSessionTimeout=400
            dataDir={directory}/data
            clientPort={_port}
            clientPortAddress={address}
            admin.enableServer=false

            """);
        return ["java", "-Xmx64m", "-cp", ZooKeeperJar, "org.apache.zookeeper.server.quorum.QuorumPeerMain", settings];
    }

    private async Task<bool> TakesConnectionsAsync(CancellationToken cancellation)
    {
        try
        {
            using var probe = new TcpClient();
            await probe.ConnectAsync(address, _port, cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
