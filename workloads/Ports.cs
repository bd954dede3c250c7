using System.Net;
using System.Net.Sockets;

namespace Agora.Workloads;

/// <summary>TCP ports of loopback.</summary>
internal static class Ports
{
    /// <summary>One that nobody listens on now.</summary>
    public static int Free()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
