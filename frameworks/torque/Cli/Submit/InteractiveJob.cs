using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Agora.Torque.Cli.Server;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Submit;

/// <summary>
/// <c>qsub -I</c>: the job's first node calls back, shows the secret it was given, and from then on this terminal is the
/// job's.
/// </summary>
internal static class InteractiveJob
{
    private const int BufferBytes = 16 << 10, SecretBytes = 16, LineBytesMax = 256;

    /// <summary>Between two looks whether the job is still there, and for the secret to be shown, in microseconds.</summary>
    private const int LookMicroseconds = 10_000_000, SecretMilliseconds = 10_000;

    /// <exception cref="CommandFailure">The server does not take it, or it was deleted before it began.</exception>
    public static int Run(CommandContext context, IServerLink link, Request.Submit request)
    {
        using var listener = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
        listener.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        listener.Listen();
        var secret = Convert.ToHexString(RandomNumberGenerator.GetBytes(SecretBytes));
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        var id = QsubCommand.Submit(link, request with
        {
            Attributes = [.. request.Attributes, new JobAttribute("interactive", null, $"{context.Host}:{port} {secret}")],
        });
        context.Out.WriteLine($"qsub: waiting for job {id} to start");
        context.Flush();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true;
            AskWhetherToEnd(context, id);
        });
        using var node = WaitForNode(link, listener, id, secret);
        interrupt.Dispose();
        context.Out.WriteLine($"qsub: job {id} ready\n");
        context.Flush();
        Carry(context, node);
        context.Out.WriteLine($"\nqsub: job {id} completed");
        return 0;
    }

    private static Socket WaitForNode(IServerLink link, Socket listener, string id, string secret)
    {
        while (true)
        {
            if (listener.Poll(LookMicroseconds, SelectMode.SelectRead))
            {
                var node = listener.Accept();
                if (ShowsSecret(node, secret))
                    return node;
                node.Dispose();
                continue;
            }
            var reply = link.Ask(new Request.Status(StatusOf.Jobs, [id], ["job_state"]));
            if (reply.IsError() || reply.Records is [var job, ..] && job["job_state"] == "C")
                throw new CommandFailure(1, "qsub: job apparently deleted");
        }
    }

    private static bool ShowsSecret(Socket node, string secret)
    {
        node.ReceiveTimeout = SecretMilliseconds;
        var shown = new byte[LineBytesMax];
        var length = 0;
        try
        {
            while (length < shown.Length && node.Receive(shown, length, 1, SocketFlags.None) == 1 && shown[length] != '\n')
                length++;
        }
        catch (SocketException)
        {
            return false;
        }
        node.ReceiveTimeout = 0;
        return CryptographicOperations.FixedTimeEquals(shown.AsSpan(0, length), Encoding.ASCII.GetBytes(secret));
    }

    private static void Carry(CommandContext context, Socket node)
    {
        var (rows, columns) = Terminal.Size;
        node.NoDelay = true;
        node.Send(Encoding.UTF8.GetBytes($"{context.Variable("TERM") ?? "dumb"} {rows} {columns}\n"));
        using var terminal = new Terminal();
        var keys = new Thread(() => Copy(context.OpenInput().Read, bytes => node.Send(bytes))) { IsBackground = true };
        keys.Start();
        using var output = new OutputStream(1);
        Copy(node.Receive, output.Write);
    }

    private delegate int Reading(Span<byte> buffer);

    private delegate void Writing(ReadOnlySpan<byte> bytes);

    /// <summary>Until one side has no more.</summary>
    private static void Copy(Reading read, Writing write)
    {
        Span<byte> buffer = new byte[BufferBytes];
        try
        {
            while (read(buffer) is var length and > 0)
                write(buffer[..length]);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // The job has ended, or the terminal is gone.
        }
    }

    private static void AskWhetherToEnd(CommandContext context, string id)
    {
        context.Error.Write("Give the job up and end (y|[n])? ");
        context.Error.Flush();
        using var input = context.OpenInput();
        if (input.ReadByte() is not ('y' or 'Y'))
            return;
        using (var link = context.Connect())
            context.Report(link.Ask(new Request.Delete(id)), id);
        context.Error.WriteLine($"Job {id} is being deleted");
        context.Flush();
        Environment.Exit(1);
    }
}
