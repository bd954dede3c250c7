namespace Agora.Torque.Cli.Server;

/// <summary>No server was reached.</summary>
/// <param name="server">As it was named.</param>
/// <param name="isUnknown">There is no server of that name; else nobody answers.</param>
internal sealed class ServerUnreachableException(string server, bool isUnknown) : Exception
{
    private const int Refused = 111, UnknownHost = 15010;

    public string Server { get; } = server;

    /// <summary>The system's number, or PBS's.</summary>
    public int Number => isUnknown ? UnknownHost : Refused;

    /// <summary>What <see cref="Number"/> means.</summary>
    public string Reason => isUnknown ? "Access from host not allowed, or unknown host" : "Connection refused";

    public int ExitCode => Number % 256;

    public override string Message => $"cannot connect to server {Server} (errno={Number}) {Reason}";

    /// <summary>What is said before the command's own line, for each try.</summary>
    public string Explanation => isUnknown
        ? $"Can not resolve name for server {Server}. (rc = -2 - )\nCannot resolve specified server host '{Server}'.\n"
        : $"\nUnable to communicate with {Server}(127.0.0.1)\nCannot connect to specified server host '{Server}'.\n";
}
