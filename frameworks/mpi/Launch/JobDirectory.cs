using System.Net;
using System.Net.Sockets;
using Agora.Mpi.Scheduling;
using Agora.RemoteShell;

namespace Agora.Mpi.Launch;

/// <summary>
/// The files of one job that the library's <c>mpiexec</c> and the remote shell read; gone with the job.
/// </summary>
internal sealed class JobDirectory : IDisposable
{
    private readonly OwnedDirectory _directory = new();

    public JobDirectory(IReadOnlyList<GangHost> hosts, string token)
    {
        Directory.CreateDirectory(LibraryFiles);
        new RemoteHosts([.. hosts.Select(h => new RemoteHost(h.Name, h.Address, h.Port, token))]).Save(RemoteHosts);
        List<string> lines = [.. hosts.SelectMany(h => Enumerable.Repeat(h.Name, h.Slots))];
        File.WriteAllLines(Nodes, lines);
        File.WriteAllLines(OpenMpiNodes, ForOpenMpi(lines));
        File.WriteAllText(HydraOptions, $"-localhost {OwnAddress(hosts[0].Address)}\n");
    }

    public string RemoteHosts => _directory.File("hosts.json");

    /// <summary>A line for each slot, as Hydra reads it.</summary>
    public string Nodes => _directory.File("nodes");

    public string OpenMpiNodes => _directory.File("openmpi.hosts");

    /// <summary>Default options of Hydra's <c>mpiexec</c>: where its proxies find it.</summary>
    public string HydraOptions => _directory.File("hydra.conf");

    /// <summary>Where Open MPI's <c>mpiexec</c> keeps what it removes when it ends by itself.</summary>
    public string LibraryFiles => _directory.File("library");

    public bool HasLibraryFiles => Directory.EnumerateFileSystemEntries(LibraryFiles).Any();

    /// <summary>What the first of the job's remote shells that failed has said of it; null if none has.</summary>
    public string? RemoteShellFailure => File.Exists(FailuresBeside(RemoteHosts)) ? File.ReadLines(FailuresBeside(RemoteHosts)).FirstOrDefault() : null;

    /// <summary>The file that remote shells tell a failure in, a line each, by that of their hosts.</summary>
    public static string FailuresBeside(string remoteHosts) => remoteHosts + ".failures";

    /// <summary>
    /// The nodes as Open MPI wants them: it would take one that has a single line to have as many slots as it has cores.
    /// </summary>
    /// <param name="lines">One for each slot.</param>
    public static IEnumerable<string> ForOpenMpi(IEnumerable<string> lines) =>
        lines.GroupBy(l => l).Select(g => $"{g.Key} slots={g.Count()}");

    public void Dispose() => _directory.Dispose();

    /// <summary>This machine's address on the way to a host.</summary>
    private static string OwnAddress(string host)
    {
        using var socket = new Socket(SocketType.Dgram, ProtocolType.Udp);
        // Nothing is sent: the system only chooses the way.
        socket.Connect(host, 9);
        var address = ((IPEndPoint)socket.LocalEndPoint!).Address;
        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }
}
