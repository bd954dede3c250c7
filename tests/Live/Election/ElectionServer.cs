using System.Diagnostics;
using Agora.Election;
using Agora.Tests.Live.Cluster;

namespace Agora.Tests.Live.Election;

/// <summary>A real etcd or ZooKeeper, of one member, with a port and a directory of its own.</summary>
internal sealed class ElectionServer : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("agora-election-").FullName;
    private readonly string _kind;
    private readonly int _port = Programs.FreePort(), _peerPort = Programs.FreePort();
    private Process _process;

    /// <param name="kind"><c>etcd</c> or <c>zk</c>.</param>
    public ElectionServer(string kind)
    {
        _kind = kind;
        _process = Launch();
    }

    public MasterLocation Location => MasterLocation.Parse($"{_kind}://127.0.0.1:{_port}/test/agora");

    public ILeaderElection Candidate(Action<string> log) => Location switch
    {
        MasterLocation.InEtcd etcd => new Agora.Election.Etcd.EtcdElection(etcd, TimeSpan.FromSeconds(1), TimeProvider.System, log),
        MasterLocation.InZooKeeper zooKeeper => new Agora.Election.ZooKeeper.ZooKeeperElection(zooKeeper, TimeSpan.FromSeconds(1), TimeProvider.System, log),
        var other => throw new InvalidOperationException(other.ToString()),
    };

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>With what it had on disk.</summary>
    public void Restart() => _process = Launch();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private Process Launch()
    {
        var start = _kind == "etcd" ? Etcd() : ZooKeeper();
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private ProcessStartInfo Etcd()
    {
        var (client, peer) = ($"http://127.0.0.1:{_port}", $"http://127.0.0.1:{_peerPort}");
        return new ProcessStartInfo("etcd", [
            "--name", "one", "--data-dir", Path.Combine(_directory, "data"), "--log-level", "error",
            "--listen-client-urls", client, "--advertise-client-urls", client,
            "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", $"one={peer}",
            // Short, so that a lease of 1 s is granted as one.
            "--heartbeat-interval", "20", "--election-timeout", "200"]);
    }

    private ProcessStartInfo ZooKeeper()
    {
        var settings = Path.Combine(_directory, "zoo.cfg");
        File.WriteAllText(settings, $"""
            tickTime=200
            minSessionTimeout=400
            dataDir={_directory}/data
            clientPort={_port}
            clientPortAddress=127.0.0.1
            admin.enableServer=false

            """);
        return new ProcessStartInfo("java",
            ["-Xmx64m", "-cp", "/usr/share/java/zookeeper.jar", "org.apache.zookeeper.server.quorum.QuorumPeerMain", settings]);
    }
}
