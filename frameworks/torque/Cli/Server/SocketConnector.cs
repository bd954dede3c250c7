using System.Net.Sockets;

namespace Agora.Torque.Cli.Server;

/// <summary>Finds a server's socket: in the state directory, or where <c>PBS_DEFAULT</c> says.</summary>
internal sealed class SocketConnector(Func<string, string?> variable, string host) : IServerConnector
{
    /// <summary>Between two tries.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>The directory with the socket, and what an administrator has configured.</summary>
    public string StateDirectory { get; } = Path.Combine(
        variable("AGORA_HOME") is { Length: > 0 } home ? Path.GetFullPath(home)
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".agora"), "torque");

    public IServerLink Connect(string? server, TimeSpan patience)
    {
        var path = Path.Combine(StateDirectory, "server.sock");
        var byDefault = variable("PBS_DEFAULT");
        if (byDefault?.StartsWith('/') == true)
            path = byDefault;
        else if (string.IsNullOrEmpty(server) && !string.IsNullOrEmpty(byDefault))
            server = byDefault;
        var own = OwnName();
        if (!string.IsNullOrEmpty(server) && !IsOwn(server, own))
            throw new ServerUnreachableException(server, isUnknown: true);
        var tried = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                socket.Connect(new UnixDomainSocketEndPoint(path));
                return new SocketLink(own, socket);
            }
            catch (SocketException)
            {
                socket.Dispose();
                if (tried.Elapsed >= patience)
                    throw new ServerUnreachableException(string.IsNullOrEmpty(server) ? own : server, isUnknown: false);
                Thread.Sleep(Pause);
            }
        }
    }

    /// <summary>What the server calls itself, where that is not this machine's name.</summary>
    private string OwnName()
    {
        var file = Path.Combine(StateDirectory, "server_name");
        return File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } name ? name : host;
    }

    private bool IsOwn(string server, string own)
    {
        // A port may be given, as in host:15001.
        var name = server.IndexOf(':') is var colon and >= 0 ? server[..colon] : server;
        return name.Equals(own, StringComparison.OrdinalIgnoreCase) || name.Equals(host, StringComparison.OrdinalIgnoreCase) ||
            name is "localhost" or "127.0.0.1" ||
            own.StartsWith(name + ".", StringComparison.OrdinalIgnoreCase) || name.StartsWith(own + ".", StringComparison.OrdinalIgnoreCase);
    }
}
