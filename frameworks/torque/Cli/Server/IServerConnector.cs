namespace Agora.Torque.Cli.Server;

/// <summary>The way to the servers.</summary>
internal interface IServerConnector
{
    /// <param name="server">The name given behind <c>@</c>; null for the usual one.</param>
    /// <param name="patience">How long to go on trying where nobody answers.</param>
    /// <exception cref="ServerUnreachableException">There is no such server, or nobody answers.</exception>
    IServerLink Connect(string? server, TimeSpan patience);
}
