using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Agora.Cli;

/// <summary>
/// A network namespace for each node of the embedded cluster, all on one bridge with the machine: a node whose link is set down
/// is cut off from everything but itself. To what runs there a node is a host: it has its own name, knows those of the others, and shares
/// memory with none.
/// </summary>
internal sealed class NodeNetworks
{
    /// <summary>Networks 10.78.0.0/24 to 10.78.255.0/24 are tried.</summary>
    private const string Prefix = "10.78";

    private const string Spaces = "/run/netns";

    /// <summary>What tells programs the addresses of names.</summary>
    private const string Hosts = "/etc/hosts";

    /// <summary>Becomes a host: its name, the file of all names, and what is to run there are given.</summary>
    private const string BecomeHost =
        $"hostname \"$0\" && mount -t tmpfs -o mode=1777 tmpfs /dev/shm && mount --bind \"$1\" {Hosts} && shift && exec \"$@\"";

    private readonly int _net;

    private NodeNetworks(int net) => _net = net;

    /// <summary>The machine's on the bridge.</summary>
    public string Address => $"{Prefix}.{_net}.1";

    /// <summary>Short, as names of links have at most 15 characters; the same for all clusters of one state directory.</summary>
    private static string Bridge { get; } = "ag" + Convert.ToHexString(
        SHA256.HashData(Encoding.UTF8.GetBytes(Installation.StateDirectory)), 0, 4).ToLowerInvariant();

    private static string HostsFile => Path.Combine(Installation.StateDirectory, "hosts");

    /// <summary>Makes the bridge.</summary>
    /// <param name="nodes">All their names, in order.</param>
    /// <exception cref="Failure">This machine or this user cannot have one.</exception>
    public static NodeNetworks Make(IEnumerable<string> nodes)
    {
        Remove();
        var taken = Ip("-o", "-4", "address");
        var net = Enumerable.Range(0, 256).First(n => !taken.Contains($" {Prefix}.{n}.", StringComparison.Ordinal));
        var networks = new NodeNetworks(net);
        Ip("link", "add", Bridge, "type", "bridge");
        Ip("address", "add", $"{networks.Address}/24", "dev", Bridge);
        Ip("link", "set", Bridge, "up");
        Directory.CreateDirectory(Installation.StateDirectory);
        File.WriteAllLines(HostsFile, [.. File.ReadLines(Hosts), .. nodes.Select((name, i) => $"{networks.AddressOf(i + 1)} {name}")]);
        return networks;
    }

    /// <param name="number">From 1.</param>
    /// <param name="name">The node's.</param>
    /// <returns>Its address, the machine's end of its link, and the words before a command that is to run in it.</returns>
    /// <exception cref="Failure">It cannot be made.</exception>
    public (string Address, string Link, IReadOnlyList<string> Enter) Add(int number, string name)
    {
        var (space, link, address) = ($"{Bridge}n{number}", $"{Bridge}l{number}", AddressOf(number));
        Ip("netns", "add", space);
        Ip("link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", space);
        Ip("link", "set", link, "master", Bridge, "up");
        Ip("-n", space, "address", "add", $"{address}/24", "dev", "eth0");
        Ip("-n", space, "link", "set", "eth0", "up");
        Ip("-n", space, "link", "set", "lo", "up");
        // 'ip netns exec' would hide the control groups.
        return (address, link, ["nsenter", $"--net={Spaces}/{space}", "unshare", "--uts", "--mount", "--propagation", "slave",
            "sh", "-c", BecomeHost, name, HostsFile]);
    }

    private string AddressOf(int number) => $"{Prefix}.{_net}.{number + 1}";

    /// <summary>Removes all that this state directory's clusters have left.</summary>
    public static void Remove()
    {
        if (!Directory.Exists(Spaces))
            return;
        // A namespace takes its links with it, but only some time after it has been deleted.
        foreach (var link in Directory.EnumerateFileSystemEntries("/sys/class/net", Bridge + "l*"))
            Ip("link", "delete", Path.GetFileName(link));
        foreach (var space in Directory.EnumerateFileSystemEntries(Spaces, Bridge + "n*"))
            Ip("netns", "delete", Path.GetFileName(space));
        if (Directory.Exists($"/sys/class/net/{Bridge}"))
            Ip("link", "delete", Bridge);
    }

    private static string Ip(params string[] arguments)
    {
        try
        {
            using var ip = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var error = ip.StandardError.ReadToEndAsync();
            var output = ip.StandardOutput.ReadToEnd();
            ip.WaitForExit();
            return ip.ExitCode == 0 ? output : throw Impossible($"'ip {string.Join(' ', arguments)}': {error.Result.Trim()}");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw Impossible($"'ip' cannot be run: {e.Message}");
        }
    }

    private static Failure Impossible(string why) => new("the nodes cannot have networks of their own", why,
        "be root where network namespaces can be made (Debian's iproute2), or leave --networks out");
}
