using System.Net.Sockets;
using Agora.Torque.Jobs;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Server.Service;

/// <summary>The Unix domain socket that commands come to. Who they are the kernel tells.</summary>
internal sealed class CommandSocket : IAsyncDisposable
{
    private const int Backlog = 1024;

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly ServerLoop _loop;
    private readonly Action<string> _log;
    private readonly Action _terminate;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    /// <param name="path">Of the socket; one that a former life left is replaced.</param>
    /// <param name="terminate">An administrator wants the server to end.</param>
    public CommandSocket(string path, ServerLoop loop, Action terminate, Action<string> log)
    {
        (_loop, _terminate, _log) = (loop, terminate, log);
        File.Delete(path);
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        // Every user of this machine may ask; what each may do is decided by who it is.
        File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32("666", 8));
        _listener.Listen(Backlog);
        _accepting = Task.Run(AcceptAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptAsync(_stop.Token));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                if (_stop.IsCancellationRequested)
                    return;
                _log($"a command could not be let in: {e.Message}");
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var _ = socket;
        try
        {
            var caller = Accounts.Of(socket);
            await using var stream = new NetworkStream(socket);
            while (await Frames.ReadAsync(stream, PbsJson.Default.Request, _stop.Token) is { } request)
            {
                var reply = await _loop.AskAsync(caller, request);
                await Frames.WriteAsync(stream, reply, PbsJson.Default.Reply, _stop.Token);
                if (request is Request.Terminate && reply.Error == PbsError.None)
                    _terminate();
            }
        }
        catch (InvalidDataException e)
        {
            _log($"a command was not understood: {e.Message}");
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or InvalidOperationException)
        {
            // The command is gone, or this server is about to be: nobody waits for the answer.
        }
    }
}
