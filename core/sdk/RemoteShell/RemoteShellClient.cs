using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Agora.RemoteShell;

/// <summary>Runs a command on a host as if it were here: input, output, signals and exit code are this process's.</summary>
public static class RemoteShellClient
{
    private const int BufferBytes = 64 << 10;

    /// <param name="hasInput">False gives the command an input that is at its end.</param>
    /// <returns>The command's exit code, or 128 + signal.</returns>
    /// <exception cref="RemoteShellException">It was not run, or the host was lost before it ended.</exception>
    public static async Task<int> RunAsync(RemoteHost host, string commandLine, bool hasInput = true)
    {
        using var frames = await ConnectAsync(host);
        List<PosixSignalRegistration> signals = [];
        try
        {
            var environment = new Dictionary<string, string>();
            foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
                environment[(string)variable.Key] = (string?)variable.Value ?? "";
            var request = new RemoteRequest(host.Token, commandLine, Environment.CurrentDirectory, environment);
            await frames.WriteAsync(FrameKind.Request,
                JsonSerializer.SerializeToUtf8Bytes(request, RemoteShellJson.Default.RemoteRequest));
            PassOn(frames, signals);
            _ = hasInput ? SendInputAsync(frames) : SendAsync(() => frames.WriteAsync(FrameKind.Input, ReadOnlyMemory<byte>.Empty));
            return await ReceiveAsync(host, frames);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ObjectDisposedException)
        {
            throw new RemoteShellException($"the connection to {host.Name} ({host.Address}:{host.Port}) was lost: {e.Message}", e);
        }
        finally
        {
            signals.ForEach(s => s.Dispose());
        }
    }

    private static async Task<RemoteFrames> ConnectAsync(RemoteHost host)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(host.Address, host.Port);
            return new RemoteFrames(socket);
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new RemoteShellException($"{host.Name} ({host.Address}:{host.Port}) is not reached: {e.Message}", e);
        }
    }

    private static async Task<int> ReceiveAsync(RemoteHost host, RemoteFrames frames)
    {
        await using var output = Console.OpenStandardOutput();
        await using var error = Console.OpenStandardError();
        while (await frames.ReadAsync() is var (kind, bytes))
        {
            switch (kind)
            {
                case FrameKind.Output:
                    await output.WriteAsync(bytes);
                    break;
                case FrameKind.Error:
                    await error.WriteAsync(bytes);
                    break;
                case FrameKind.Exit:
                    return RemoteFrames.Number(bytes);
                case FrameKind.Refused:
                    throw new RemoteShellException($"{host.Name} does not run it: {Encoding.UTF8.GetString(bytes)}");
                default:
                    throw new InvalidDataException($"{kind} is not said by a server");
            }
        }
        throw new EndOfStreamException("it was closed before the command had ended");
    }

    private static void PassOn(RemoteFrames frames, List<PosixSignalRegistration> registrations)
    {
        foreach (var signal in (ReadOnlySpan<PosixSignal>)
            [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT, (PosixSignal)Libc.SigUsr1, (PosixSignal)Libc.SigUsr2])
        {
            registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                _ = SendAsync(() => frames.WriteAsync(FrameKind.Signal, Libc.Number(context.Signal)));
            }));
        }
    }

    private static Task SendInputAsync(RemoteFrames frames) => SendAsync(async () =>
    {
        var input = Console.OpenStandardInput();
        var buffer = new byte[BufferBytes];
        int read;
        do
        {
            read = await input.ReadAsync(buffer);
            await frames.WriteAsync(FrameKind.Input, buffer.AsMemory(0, read));
        }
        while (read > 0);
    });

    /// <summary>What cannot be sent any more is of no interest: how it ended is told by the receiving side.</summary>
    private static async Task SendAsync(Func<Task> send)
    {
        try
        {
            await send();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
        }
    }
}

/// <summary>A command was not run on its host, or nobody knows how it ended there.</summary>
public sealed class RemoteShellException(string message, Exception? inner = null) : Exception(message, inner);
