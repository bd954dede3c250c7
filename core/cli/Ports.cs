using System.Net;
using System.Net.Sockets;

namespace Agora.Cli;

/// <summary>TCP ports of this machine.</summary>
internal static class Ports
{
    /// <summary>One that nobody listens on now.</summary>
    public static int Free(string address)
    {
        using var probe = new TcpListener(IPAddress.Parse(address), 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public static bool IsTaken(string address, int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Parse(address), port);
            probe.Start();
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
