using System.Buffers.Binary;
using System.Net.Sockets;
using Agora.Torque.Mom.Native;

namespace Agora.Torque.Mom.Session;

/// <summary>The mom's side of a job's session program.</summary>
internal sealed class SessionProcess
{
    /// <summary>At least the size of the C library's opaque structures (336 and 80 bytes in glibc and musl).</summary>
    private const int OpaqueBytes = 512;

    private const short SetSignalDefaults = 4, SetSignalMask = 8;
    private const int UnixDomain = 1, Stream = 1;

    private readonly Socket _socket;

    private SessionProcess(int pid, Socket socket) => (Pid, _socket) = (pid, socket);

    public int Pid { get; }

    /// <param name="program">Path of this program.</param>
    /// <exception cref="IOException">It cannot be started.</exception>
    public static unsafe SessionProcess Start(string program, SessionPlan plan)
    {
        var ends = stackalloc int[2];
        if (Libc.socketpair(UnixDomain, Stream | Libc.O_CLOEXEC, 0, ends) < 0)
            throw new IOException($"cannot make a socket: {Libc.ErrorText(Libc.Errno)}");
        var failure = Spawn(program, ends[1], out var pid);
        _ = Libc.close(ends[1]);
        var socket = new Socket(new SafeSocketHandle(ends[0], ownsHandle: true));
        if (failure != 0)
        {
            socket.Dispose();
            throw new IOException($"cannot start {program}: {Libc.ErrorText(failure)}");
        }
        var process = new SessionProcess(pid, socket);
        process.Send(SessionWire.Encode(plan));
        return process;
    }

    /// <summary>A program that is gone is told nothing; its end is seen by <see cref="ReadAsync"/>.</summary>
    public void Tell(SessionCommand command) => Send(SessionWire.Encode(command));

    /// <summary>Calls back for all that the program says, until it has ended.</summary>
    public async Task ReadAsync(Action<SessionEvent> said)
    {
        await Task.Yield();
        using var stream = new NetworkStream(_socket, ownsSocket: true);
        var header = new byte[SessionWire.HeaderBytes];
        try
        {
            while (await stream.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false) == header.Length)
            {
                var body = new byte[BinaryPrimitives.ReadInt32LittleEndian(header)];
                await stream.ReadExactlyAsync(body);
                said(SessionWire.DecodeEvent(body));
            }
        }
        catch (IOException)
        {
            // Killed.
        }
        Reap(Pid);
    }

    /// <summary>What is in the way of its end is a moment's work: it has closed its connection.</summary>
    private static unsafe void Reap(int pid) => _ = Libc.wait4(pid, null, 0, null);

    private void Send(byte[] frame)
    {
        try
        {
            for (var at = 0; at < frame.Length;)
                at += _socket.Send(frame.AsSpan(at));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }

    /// <summary>With the signals blocked that it reads, from its first moment on, and without any environment.</summary>
    private static unsafe int Spawn(string program, int control, out int pid)
    {
        using var text = new NativeText();
        var actions = stackalloc byte[OpaqueBytes];
        var attributes = stackalloc byte[OpaqueBytes];
        Libc.posix_spawn_file_actions_init(actions);
        Libc.posix_spawnattr_init(attributes);
        try
        {
            Libc.posix_spawn_file_actions_adddup2(actions, control, 0);
            Libc.posix_spawn_file_actions_adddup2(actions, 1, 1);
            Libc.posix_spawn_file_actions_adddup2(actions, 2, 2);
            Libc.SignalSet mask, all;
            Libc.sigemptyset(&mask);
            Libc.sigaddset(&mask, Libc.SIGCHLD);
            Libc.sigaddset(&mask, Libc.SIGTERM);
            for (var i = 0; i < Libc.SignalSet.Words; i++)
                all.Bits[i] = ulong.MaxValue; // sigfillset leaves out two that glibc would then set to be ignored.
            Libc.posix_spawnattr_setsigmask(attributes, &mask);
            Libc.posix_spawnattr_setsigdefault(attributes, &all);
            Libc.posix_spawnattr_setflags(attributes, SetSignalDefaults | SetSignalMask);
            int child;
            var failure = Libc.posix_spawn(&child, text.Of(program), actions, attributes, text.Of([program, "session"]), text.Of([]));
            pid = failure == 0 ? child : 0;
            return failure;
        }
        finally
        {
            Libc.posix_spawn_file_actions_destroy(actions);
            Libc.posix_spawnattr_destroy(attributes);
        }
    }
}
