using Agora.Torque.Cli.Server;

namespace Agora.Torque.Cli;

/// <summary>What a command has of the world around it.</summary>
internal sealed class CommandContext
{
    /// <summary>The name it was called by; its messages begin with it.</summary>
    public required string Command { get; init; }

    public required TextWriter Out { get; init; }

    public required TextWriter Error { get; init; }

    /// <summary>Standard input, opened when it is wanted.</summary>
    public required Func<Stream> OpenInput { get; init; }

    /// <summary>An environment variable; null where it is not set.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>All of the environment.</summary>
    public required Func<IEnumerable<KeyValuePair<string, string>>> Variables { get; init; }

    /// <summary>Where relative paths begin, as the shell calls it.</summary>
    public required string Directory { get; init; }

    /// <summary>This machine.</summary>
    public required string Host { get; init; }

    public required string User { get; init; }

    public required DateTimeOffset Now { get; init; }

    public required IServerConnector Servers { get; init; }

    /// <summary>How often a command that cannot connect says so: <c>qstat</c> of the original tries three times.</summary>
    public int ConnectTries { get; init; } = 1;

    /// <param name="server">The part behind <c>@</c>; null or empty for the usual server.</param>
    /// <param name="retrySeconds">How long to go on trying.</param>
    /// <exception cref="ServerUnreachableException">It has been said on standard error why.</exception>
    public IServerLink Connect(string? server = null, int retrySeconds = 0)
    {
        try
        {
            return Servers.Connect(string.IsNullOrEmpty(server) ? null : server, TimeSpan.FromSeconds(retrySeconds));
        }
        catch (ServerUnreachableException e)
        {
            for (var i = 0; i < ConnectTries; i++)
                Error.Write(e.Explanation);
            throw;
        }
    }

    /// <summary>Says it on standard error, with the command's name before it.</summary>
    public void Say(string message) => Error.WriteLine($"{Command}: {message}");

    /// <summary>What has been written and not yet shown is shown.</summary>
    public void Flush()
    {
        Out.Flush();
        Error.Flush();
    }
}
