using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Agora.Election;

namespace Agora.Workloads.Recovery;

/// <summary>An etcd of one member on free ports of loopback, with timings as in Debian's package.</summary>
internal sealed class EtcdProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30), Pause = TimeSpan.FromMilliseconds(20);

    private readonly Process _process;

    private EtcdProcess(Process process, int port) => (_process, Location) = (process, MasterLocation.Parse($"etcd://127.0.0.1:{port}/agora"));

    /// <summary>Where masters elect their leader, and are found.</summary>
    public MasterLocation Location { get; }

    /// <exception cref="WrongOutputException">etcd is not installed, or does not come up.</exception>
    public static async Task<EtcdProcess> StartAsync(string directory, CancellationToken cancellation)
    {
        var (port, peerPort) = (Ports.Free(), Ports.Free());
        var (client, peer) = ($"http://127.0.0.1:{port}", $"http://127.0.0.1:{peerPort}");
        var start = new ProcessStartInfo("etcd", ["--name", "one", "--data-dir", Path.Combine(directory, "etcd"), "--log-level", "error",
            "--listen-client-urls", client, "--advertise-client-urls", client, "--listen-peer-urls", peer,
            "--initial-advertise-peer-urls", peer, "--initial-cluster", $"one={peer}"]);
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new WrongOutputException($"etcd cannot be started ({e.Message}): install it (Debian's etcd-server)");
        }
        var etcd = new EtcdProcess(process, port);
        for (var waited = Stopwatch.StartNew(); !await TakesConnectionsAsync(port, cancellation); await Task.Delay(Pause, cancellation))
        {
            if (!process.HasExited && waited.Elapsed < Patience)
                continue;
            etcd.Dispose();
            throw new WrongOutputException("etcd does not come up");
        }
        return etcd;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static async Task<bool> TakesConnectionsAsync(int port, CancellationToken cancellation)
    {
        try
        {
            using var probe = new TcpClient();
            await probe.ConnectAsync(IPAddress.Loopback, port, cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
