using System.Globalization;
using System.Text;
using Agora.Supervisor.Shared;

namespace Agora.Daemon.Containers;

/// <summary>A container cannot be launched; the message is for users.</summary>
internal sealed class LaunchException(string message) : Exception(message);

/// <summary>
/// The agent's hand on one supervisor, its own child or one of a former agent process. All it holds is the writing end
/// of the control pipe: commands go in there, and when the supervisor ends, however it ends, the pipe has no reader
/// any more. That needs no pid, so a pid used again cannot deceive it.
/// </summary>
internal sealed class SupervisorProcess : IDisposable
{
    private const uint OwnerOnly = 0x180; // 0600
    private const int LogBytesMax = 2000;

    /// <summary>Between looks for the pid file of a supervisor that a former agent process has just started.</summary>
    private static readonly TimeSpan StartPollInterval = TimeSpan.FromMilliseconds(5);

    private readonly DescriptorWatcher _watcher;
    private readonly Task _ended;
    private readonly string _metaDirectory;
    private readonly Lock _lock = new();
    private readonly int _status;
    private int _control;

    /// <summary>Of our own child, which must be waited for; 0 if it was started by a former agent process.</summary>
    private readonly int _childPid;

    private SupervisorProcess(DescriptorWatcher watcher, string metaDirectory, int control, int status, int childPid)
    {
        _watcher = watcher;
        _metaDirectory = metaDirectory;
        _control = control;
        _status = status;
        _childPid = childPid;
        _ended = watcher.WhenReaderless(control);
    }

    /// <exception cref="LaunchException">The supervisor could not be started.</exception>
    public static unsafe SupervisorProcess Start(
        DescriptorWatcher watcher, string supervisorPath, string metaDirectory, LaunchFile launch)
    {
        using var text = new NativeText();
        var controlPath = text.Of(Path.Combine(metaDirectory, ContainerFiles.Control));
        int input = -1, nothing = -1, control = -1;
        var status = stackalloc int[2] { -1, -1 };
        var complete = false;
        try
        {
            var launchPath = Path.Combine(metaDirectory, ContainerFiles.Launch);
            if (TextFile.Write(launchPath, launch.Format()) is var refused and not 0)
                throw new LaunchException($"cannot write {launchPath}: {Libc.ErrorText(refused)}");
            Check(Libc.mkfifo(controlPath, OwnerOnly), $"make {metaDirectory}/{ContainerFiles.Control}");
            // Held for reading before the supervisor is there, so that from now on "no reader" means "it has ended".
            input = Check(Libc.openat(Libc.AT_FDCWD, controlPath, Libc.O_RDWR | Libc.O_NONBLOCK | Libc.O_CLOEXEC, 0),
                "open the control pipe");
            control = Check(OpenControl(metaDirectory), "open the control pipe");
            nothing = Check(Libc.openat(Libc.AT_FDCWD, text.Of("/dev/null"), Libc.O_WRONLY | Libc.O_CLOEXEC, 0),
                "open /dev/null");
            Check(Libc.pipe2(status, Libc.O_CLOEXEC), "make a pipe");
            var errno = Spawn.Start(supervisorPath, ["agora-supervisor", metaDirectory], [], directory: null,
                ownGroup: false, [Libc.SIGCHLD, Libc.SIGTERM], input, status[1], nothing, out var pid);
            if (errno != 0)
            {
                throw new LaunchException($"cannot start the supervisor {supervisorPath}: {Libc.ErrorText(errno)}; " +
                    "build it, or say where it is in AGORA_SUPERVISOR");
            }
            var supervisor = Watched(watcher, metaDirectory, control, status[0], pid);
            complete = true;
            return supervisor;
        }
        finally
        {
            Close(input);
            Close(nothing);
            Close(status[1]);
            if (!complete)
            {
                Close(status[0]);
                Close(control);
            }
        }
    }

    /// <summary>A container that cannot be watched is ended at once.</summary>
    private static SupervisorProcess Watched(
        DescriptorWatcher watcher, string metaDirectory, int control, int status, int pid)
    {
        try
        {
            return new SupervisorProcess(watcher, metaDirectory, control, status, pid);
        }
        catch
        {
            _ = Libc.kill(pid, Libc.SIGTERM);
            Reap(pid);
            throw;
        }
    }

    /// <returns>Null if the container in that directory has no supervisor any more.</returns>
    public static SupervisorProcess? Find(DescriptorWatcher watcher, string metaDirectory)
    {
        var control = OpenControl(metaDirectory);
        return control < 0 ? null : new SupervisorProcess(watcher, metaDirectory, control, status: -1, ChildPid(metaDirectory));
    }

    /// <summary>An agent that ended within this process has left its supervisors to it as children.</summary>
    private static int ChildPid(string metaDirectory) =>
        ReadPids(metaDirectory)?.Supervisor is { IsAlive: true } supervisor
            && ProcStat.Read(supervisor.Pid)?.ParentPid == Environment.ProcessId ? supervisor.Pid : 0;

    /// <returns>The processes, or null if the command was not started.</returns>
    public async Task<PidFile?> WhenStarted()
    {
        if (_status >= 0)
        {
            await _watcher.WhenReadable(_status);
            Close(_status);
            return Pids;
        }
        while (true)
        {
            var ended = _ended.IsCompleted;
            if (Pids is { } pids)
                return pids;
            if (ended)
                return null;
            await Task.Delay(StartPollInterval);
        }
    }

    /// <summary>As the supervisor wrote them; null before the start, and for good if the start failed.</summary>
    public PidFile? Pids => ReadPids(_metaDirectory);

    private static PidFile? ReadPids(string metaDirectory) =>
        TextFile.Read(Path.Combine(metaDirectory, ContainerFiles.Pid)) is { } text ? PidFile.Parse(text) : null;

    /// <returns>What the supervisor wrote last; null if it was cut off.</returns>
    public async Task<ExitFile?> WhenEnded()
    {
        await _ended;
        lock (_lock)
        {
            Close(_control);
            _control = -1;
        }
        if (_childPid != 0)
            Reap(_childPid);
        return ReadExit(_metaDirectory);
    }

    /// <returns>Null if the container has not ended, or nobody was there to write it.</returns>
    public static ExitFile? ReadExit(string metaDirectory) =>
        TextFile.Read(Path.Combine(metaDirectory, ContainerFiles.Exit)) is { } text ? ExitFile.Parse(text) : null;

    /// <summary>What the supervisor complained of; its end if there is much.</summary>
    public static string ReadLog(string metaDirectory)
    {
        var log = TextFile.Read(Path.Combine(metaDirectory, ContainerFiles.SupervisorLog))?.Trim() ?? "";
        return log.Length <= LogBytesMax ? log : log[^LogBytesMax..];
    }

    public unsafe void Kill(TimeSpan grace)
    {
        var milliseconds = (int)Math.Clamp(grace.TotalMilliseconds, 0, int.MaxValue);
        var command = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"kill {milliseconds}\n"));
        lock (_lock)
        {
            // A container that ends at this moment has no reader; then there is nothing to kill.
            fixed (byte* bytes = command)
                if (_control >= 0)
                    _ = Libc.write(_control, bytes, command.Length);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            Close(_control);
            _control = -1;
        }
    }

    private static unsafe int OpenControl(string metaDirectory)
    {
        using var text = new NativeText();
        return Libc.openat(Libc.AT_FDCWD, text.Of(Path.Combine(metaDirectory, ContainerFiles.Control)),
            Libc.O_WRONLY | Libc.O_NONBLOCK | Libc.O_CLOEXEC, 0);
    }

    /// <summary>Takes no time to speak of: a process closes its files at the very end.</summary>
    internal static unsafe void Reap(int pid)
    {
        int status;
        while (Libc.wait4(pid, &status, 0, null) < 0 && Libc.Errno == Libc.EINTR)
        {
            // Another child's end, or the runtime, has interrupted it.
        }
    }

    private static int Check(int result, string what) => result >= 0
        ? result
        : throw new LaunchException($"cannot {what}: {Libc.ErrorText(Libc.Errno)}");

    private static void Close(int fd)
    {
        if (fd >= 0)
            _ = Libc.close(fd);
    }
}
