using System.ComponentModel;
using System.Diagnostics;

namespace Agora.RemoteShell;

/// <summary>One command of a client, on the server's side.</summary>
internal sealed class RemoteCommand : IDisposable
{
    private const int BufferBytes = 64 << 10;

    private readonly string _commandLine;
    private readonly Process _session;

    private RemoteCommand(string commandLine, Process session)
    {
        _commandLine = commandLine;
        _session = session;
    }

    /// <summary>Process id of the session program.</summary>
    public int Session => _session.Id;

    /// <exception cref="Win32Exception">The session program cannot be started.</exception>
    public static RemoteCommand Start(IReadOnlyList<string> sessionProgram, RemoteRequest request,
        IReadOnlyDictionary<string, string> environment, RemoteUser? user)
    {
        var start = new ProcessStartInfo(sessionProgram[0], [.. sessionProgram.Skip(1), request.CommandLine])
        {
            WorkingDirectory = Directory.Exists(request.Directory) ? request.Directory : user?.Directory ?? Environment.CurrentDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in request.Environment.Concat(environment))
            start.Environment[name] = value;
        // From its very first instruction it is the user's: the environment is, too.
        if (user?.Name is { } account)
            start.UserName = account;
        try
        {
            return new RemoteCommand(request.CommandLine, Process.Start(start)!);
        }
        catch (Win32Exception) when (user is not null && start.WorkingDirectory != user.Directory)
        {
            // A directory that is here, and not for this user.
            start.WorkingDirectory = user.Directory;
            return new RemoteCommand(request.CommandLine, Process.Start(start)!);
        }
    }

    /// <summary>Carries input, output and signals until the command has ended or its client is gone.</summary>
    public async Task<RemoteCommandEnd> ServeAsync(RemoteFrames frames)
    {
        var client = ListenAsync(frames);
        var output = CopyAsync(_session.StandardOutput.BaseStream, FrameKind.Output, frames);
        var error = CopyAsync(_session.StandardError.BaseStream, FrameKind.Error, frames);
        var ended = Task.WhenAll(output, error, _session.WaitForExitAsync());
        if (await Task.WhenAny(client, ended) == client)
        {
            await EndAsync();
            await ended;
            return new RemoteCommandEnd(_commandLine, _session.ExitCode, ClientLost: true);
        }
        var clientLost = false;
        try
        {
            await frames.WriteAsync(FrameKind.Exit, _session.ExitCode);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            clientLost = true;
        }
        return new RemoteCommandEnd(_commandLine, _session.ExitCode, clientLost);
    }

    /// <summary>Ends the command and all it has started, and waits for that.</summary>
    public async Task EndAsync()
    {
        if (!_session.HasExited)
            _ = Libc.Kill(_session.Id, Libc.SigTerm);
        await _session.WaitForExitAsync();
    }

    public void Dispose() => _session.Dispose();

    /// <summary>Ends when the client does.</summary>
    private async Task ListenAsync(RemoteFrames frames)
    {
        var input = _session.StandardInput.BaseStream;
        try
        {
            while (await frames.ReadAsync() is var (kind, bytes))
            {
                if (kind == FrameKind.Signal && !_session.HasExited)
                    _ = Libc.Kill(_session.Id, RemoteFrames.Number(bytes));
                else if (kind == FrameKind.Input && bytes.Length == 0)
                    input.Close();
                else if (kind == FrameKind.Input)
                    await InputAsync(input, bytes);
            }
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ObjectDisposedException)
        {
            // The client is gone without a word.
        }
    }

    private static async Task InputAsync(Stream input, byte[] bytes)
    {
        try
        {
            await input.WriteAsync(bytes);
            await input.FlushAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The command reads no more; that is its own affair.
        }
    }

    /// <summary>Reads to the end even if nobody takes it, so that the command does not get stuck.</summary>
    private static async Task CopyAsync(Stream from, FrameKind kind, RemoteFrames frames)
    {
        var buffer = new byte[BufferBytes];
        var taken = true;
        while (await from.ReadAsync(buffer) is var read and > 0)
        {
            if (!taken)
                continue;
            try
            {
                await frames.WriteAsync(kind, buffer.AsMemory(0, read));
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                taken = false;
            }
        }
    }
}
