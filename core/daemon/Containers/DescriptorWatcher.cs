using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Agora.Supervisor.Shared;

namespace Agora.Daemon.Containers;

/// <summary>
/// Waits for many descriptors with one thread (epoll). A wait is for one event; the descriptor must stay open until it
/// is over, and is not looked at afterwards.
/// </summary>
internal sealed unsafe partial class DescriptorWatcher : IDisposable
{
    private const int CloseOnExec = Libc.O_CLOEXEC, Add = 1, Remove = 2;
    private const uint Readable = 0x1;

    /// <summary>Events taken from the kernel in one call.</summary>
    private const int BatchMax = 64;

    /// <summary>struct epoll_event is packed on x64 and nowhere else.</summary>
    private static readonly bool Packed = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int EventBytes = Packed ? 12 : 16, DataOffset = Packed ? 4 : 8;

    private readonly ConcurrentDictionary<int, TaskCompletionSource> _waits = new();
    private readonly int _epoll, _stop;
    private readonly Thread _thread;

    public DescriptorWatcher()
    {
        _epoll = Check(epoll_create1(CloseOnExec), "epoll_create1");
        _stop = Check(eventfd(0, CloseOnExec), "eventfd");
        Control(Add, _stop, Readable);
        _thread = new Thread(Loop) { IsBackground = true, Name = "descriptor watcher" };
        _thread.Start();
    }

    /// <summary>Over when there is something to read, or never will be.</summary>
    public Task WhenReadable(int fd) => Wait(fd, Readable);

    /// <summary>For the writing end of a pipe: over when nobody holds it open for reading any more.</summary>
    public Task WhenReaderless(int fd) => Wait(fd, 0); // EPOLLERR needs no asking.

    public void Dispose()
    {
        ulong one = 1;
        _ = Libc.write(_stop, (byte*)&one, sizeof(ulong));
        _thread.Join();
        _ = Libc.close(_stop);
        _ = Libc.close(_epoll);
        foreach (var wait in _waits.Values)
            wait.TrySetCanceled();
    }

    private Task Wait(int fd, uint events)
    {
        var wait = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_waits.TryAdd(fd, wait))
            throw new InvalidOperationException($"descriptor {fd} is waited for already");
        Control(Add, fd, events);
        return wait.Task;
    }

    private void Loop()
    {
        var batch = stackalloc byte[BatchMax * EventBytes];
        while (true)
        {
            var count = epoll_wait(_epoll, batch, BatchMax, -1);
            for (var i = 0; i < count; i++)
            {
                var fd = *(int*)(batch + i * EventBytes + DataOffset);
                if (fd == _stop)
                    return;
                // First out of epoll, then told: the waiter closes the descriptor, and its number may be used again.
                Control(Remove, fd, 0);
                if (_waits.TryRemove(fd, out var wait))
                    wait.TrySetResult();
            }
        }
    }

    private void Control(int operation, int fd, uint events)
    {
        var description = stackalloc byte[EventBytes];
        *(uint*)description = events;
        *(ulong*)(description + DataOffset) = (uint)fd;
        Check(epoll_ctl(_epoll, operation, fd, description), "epoll_ctl");
    }

    private static int Check(int result, string call) => result >= 0
        ? result
        : throw new Win32Exception(Libc.Errno, $"{call}: {Libc.ErrorText(Libc.Errno)}");

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(int epoll, int operation, int fd, byte* description);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_wait(int epoll, byte* events, int count, int timeoutMs);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);
}
