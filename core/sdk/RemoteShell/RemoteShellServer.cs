using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Agora.RemoteShell;

/// <summary>
/// Runs the commands that clients with the right token ask for, each below a process of its own that ends whatever the
/// command leaves behind. A command whose client is gone is ended at once: nobody is left who waits for it.
/// </summary>
public sealed class RemoteShellServer : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly string _token;
    private readonly IReadOnlyList<string> _sessionProgram;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly Action<RemoteCommandEnd> _ended;
    private readonly RemoteUser? _user;
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<RemoteCommand> _running = [];
    private readonly Task _accepting;
    private readonly Lazy<Task> _end;

    /// <param name="address">Where to listen; where that is no address of this machine, on all of its addresses.</param>
    /// <param name="sessionProgram">Program and arguments that call <see cref="RemoteSession.Run"/> with one more, the command line.</param>
    /// <param name="environment">What this host sets, whatever the client says.</param>
    /// <param name="ended">Told of each command that has ended; any thread.</param>
    /// <param name="user">Whom the commands run as; null for this process's own.</param>
    public RemoteShellServer(string address, string token, IReadOnlyList<string> sessionProgram,
        IReadOnlyDictionary<string, string> environment, Action<RemoteCommandEnd> ended, RemoteUser? user = null)
    {
        _user = user;
        _token = token;
        _sessionProgram = sessionProgram;
        _environment = environment;
        _ended = ended;
        _end = new Lazy<Task>(EndAsync);
        _listener = Listen(address);
        _accepting = AcceptAsync();
    }

    /// <summary>TCP port.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>No command is running.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_running)
                return _running.Count == 0;
        }
    }

    /// <summary>Process ids of the session programs that run; what they run is below them.</summary>
    public IReadOnlyList<int> Sessions
    {
        get
        {
            lock (_running)
                return [.. _running.Select(r => r.Session)];
        }
    }

    /// <summary>A token that cannot be guessed.</summary>
    public static string NewToken() => Convert.ToHexString(RandomNumberGenerator.GetBytes(16));

    /// <summary>Ends all commands and waits until nothing of them is left.</summary>
    public ValueTask DisposeAsync() => new(_end.Value);

    private async Task EndAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        RemoteCommand[] running;
        lock (_running)
            running = [.. _running];
        await Task.WhenAll(running.Select(r => r.EndAsync()));
        _stop.Dispose();
    }

    private static TcpListener Listen(string address)
    {
        if (IPAddress.TryParse(address, out var own))
        {
            try
            {
                var listener = new TcpListener(own, 0);
                listener.Start();
                return listener;
            }
            catch (SocketException)
            {
                // Not an address of this machine: clients reach it by another's, through a translation.
            }
        }
        var any = new TcpListener(IPAddress.IPv6Any, 0) { Server = { DualMode = true } };
        any.Start();
        return any;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptSocketAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using var frames = new RemoteFrames(socket);
        try
        {
            if (await frames.ReadAsync() is not (FrameKind.Request, var bytes) ||
                JsonSerializer.Deserialize(bytes, RemoteShellJson.Default.RemoteRequest) is not { } request)
                return;
            if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(request.Token), Encoding.UTF8.GetBytes(_token)))
            {
                await frames.WriteAsync(FrameKind.Refused, "the token is not this job's"u8.ToArray());
                return;
            }
            await RunAsync(frames, request);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or JsonException or ObjectDisposedException)
        {
            // Not one of ours, or gone: what it had started has been ended.
        }
    }

    private async Task RunAsync(RemoteFrames frames, RemoteRequest request)
    {
        RemoteCommand command;
        try
        {
            lock (_running)
            {
                if (_stop.IsCancellationRequested)
                    return;
                command = RemoteCommand.Start(_sessionProgram, request, _environment, _user);
                _running.Add(command);
            }
        }
        catch (Win32Exception e)
        {
            await frames.WriteAsync(FrameKind.Refused, Encoding.UTF8.GetBytes(e.Message));
            return;
        }
        RemoteCommandEnd end;
        try
        {
            end = await command.ServeAsync(frames);
        }
        finally
        {
            lock (_running)
                _running.Remove(command);
            command.Dispose();
        }
        _ended(end);
    }
}

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">Exit code, or 128 + signal.</param>
/// <param name="ClientLost">The client went away before, and the command was ended for that.</param>
public sealed record RemoteCommandEnd(string CommandLine, int ExitCode, bool ClientLost);

/// <summary>Whom a server's commands run as.</summary>
/// <param name="Name">Of the account, which the server's own process has to be allowed to become; null for the server's own.</param>
/// <param name="Directory">Where they run if not in the directory that was asked for.</param>
public sealed record RemoteUser(string? Name, string Directory);
