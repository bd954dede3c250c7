using System.Net.Sockets;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Server;

internal sealed class SocketLink(string name, Socket socket) : IServerLink
{
    /// <summary>The original's exit code for a connection that broke off.</summary>
    private const int EndOfFile = 67;

    private readonly NetworkStream _stream = new(socket, ownsSocket: true);

    public string Name => name;

    public Reply Ask(Request request)
    {
        try
        {
            Frames.Write(_stream, request, PbsJson.Default.Request);
            if (Frames.Read(_stream, PbsJson.Default.Reply) is { } reply)
                return reply;
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
        }
        throw new CommandFailure(EndOfFile, $"the batch server {name} broke off the connection: End of File");
    }

    public void Dispose() => _stream.Dispose();
}
