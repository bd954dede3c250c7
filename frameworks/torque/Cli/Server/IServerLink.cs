using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Server;

/// <summary>A connection to a server.</summary>
internal interface IServerLink : IDisposable
{
    /// <summary>What the server was called when it was looked for.</summary>
    string Name { get; }

    /// <exception cref="CommandFailure">The server went away.</exception>
    Reply Ask(Request request);
}
