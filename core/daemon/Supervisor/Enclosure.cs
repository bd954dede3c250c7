using System.Globalization;
using Agora.Supervisor.Shared;

namespace Agora.Supervisor;

/// <summary>
/// A container in namespaces of its own. The supervisor that the agent has started stays outside, as a process cannot change its own
/// pid; a second one inside is the first process there, so that nothing of the container outlives it, and does all the work.
/// </summary>
internal static unsafe class Enclosure
{
    /// <summary>What the second one is started with, behind the meta directory.</summary>
    public const string Inside = "inside";

    private const int NewMounts = 0x20000, NewProcesses = 0x20000000, NoWait = 1, NotRunnable = 126;
    private const int SignalInfoBytes = 128, PathOnly = 0x200000;
    private const ulong Bind = 0x1000, Recursive = 0x4000, Slave = 0x80000, NoPrograms = 0x2 | 0x4 | 0x8;
    private const uint EveryoneReads = 0x1ED; // 0755

    /// <summary>The machine's /proc, where processes have the numbers that the agent knows.</summary>
    private static int _processes = -1;

    /// <summary>Starts the one inside and waits for it.</summary>
    public static int RunOutside(string metaDirectory)
    {
        if (Libc.unshare(NewProcesses) < 0)
            return Supervision.Fail(Refused("a namespace of processes"));
        var errno = Spawn.Start("/proc/self/exe", ["agora-supervisor", metaDirectory, Inside], [], directory: null, ownGroup: false,
            [Libc.SIGCHLD, Libc.SIGTERM], OwnProcess.Control, OwnProcess.Status, OwnProcess.StandardError, out var inside);
        if (errno != 0)
            return Supervision.Fail(new StartFailure(NotRunnable, $"cannot start a second supervisor: {Libc.ErrorText(errno)}"));
        // Whoever holds these is the one that lives.
        _ = Libc.close(OwnProcess.Control);
        _ = Libc.close(OwnProcess.Status);
        var signals = new Libc.PollFd { Fd = OwnProcess.OpenSignals(), Events = Libc.POLLIN, Returned = 0 };
        var info = stackalloc byte[SignalInfoBytes];
        while (true)
        {
            int status;
            if (Libc.wait4(inside, &status, NoWait, null) != 0)
                return 0;
            _ = Libc.poll(&signals, 1, -1);
            while (Libc.read(signals.Fd, info, SignalInfoBytes) == SignalInfoBytes)
                if (*(int*)info == Libc.SIGTERM)
                    _ = Libc.kill(inside, Libc.SIGTERM);
        }
    }

    /// <summary>Gives this process, the one inside, mounts of its own.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public static StartFailure? Enter(Enclosed enclosed)
    {
        using var text = new NativeText();
        const int setName = 15;
        _ = Libc.prctl(setName, (nuint)text.Of("agora-supervisor"), 0, 0, 0);
        _processes = Libc.openat(Libc.AT_FDCWD, text.Of("/proc"), Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0);
        if (_processes < 0 || Libc.unshare(NewMounts) < 0)
            return Refused("a namespace of mounts");
        // What the machine mounts later is seen here too, but not the other way.
        if (Libc.mount(text.Of("none"), text.Of("/"), null, Recursive | Slave, null) < 0)
            return Refused("mounts of its own");
        // Opened before anything is hidden: they may all be in what is.
        var temporary = OpenPlace(enclosed.Temporary);
        List<(string Path, int Fd)> visible = [.. enclosed.Visible.Where(v => Enclosed.Hidden.Any(h => v.StartsWith(h + "/", StringComparison.Ordinal)))
            .Select(v => (v, OpenPlace(v)))];
        foreach (var hidden in Enclosed.Hidden)
            if (Directory.Exists(hidden) && Libc.mount(text.Of(Place(temporary)), text.Of(hidden), null, Bind, null) < 0)
                return Refused($"{hidden} of its own");
        _ = Libc.close(temporary);
        foreach (var (path, fd) in visible)
        {
            for (var end = path.IndexOf('/', 1); end > 0; end = path.IndexOf('/', end + 1))
                _ = Libc.mkdirat(Libc.AT_FDCWD, text.Of(path[..end]), EveryoneReads);
            _ = Libc.mkdirat(Libc.AT_FDCWD, text.Of(path), EveryoneReads);
            if (Libc.mount(text.Of(Place(fd)), text.Of(path), null, Bind | Recursive, null) < 0)
                return Refused($"{path} in its own /tmp");
            _ = Libc.close(fd);
        }
        return Libc.mount(text.Of("proc"), text.Of("/proc"), text.Of("proc"), NoPrograms, null) < 0 ? Refused("a /proc of its own") : null;
    }

    /// <summary>This process and its child, the main process, as the agent sees them.</summary>
    public static PidFile Seen(int main)
    {
        var machine = Place(_processes);
        var own = Number(TextFile.Read($"{machine}/self/stat")) ?? 0;
        // The oldest child: nothing has been waited for yet.
        var child = Number(TextFile.Read($"{machine}/self/task/{own.ToString(CultureInfo.InvariantCulture)}/children")) ?? own;
        return new PidFile(ProcessName.Of(Libc.getpid()) with { Pid = own }, ProcessName.Of(main) with { Pid = child });
    }

    private static int OpenPlace(string path)
    {
        using var text = new NativeText();
        return Libc.openat(Libc.AT_FDCWD, text.Of(path), PathOnly | Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0);
    }

    private static string Place(int fd) => "/proc/self/fd/" + fd.ToString(CultureInfo.InvariantCulture);

    private static int? Number(string? text) =>
        int.TryParse(text?.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static StartFailure Refused(string what)
    {
        var why = Libc.ErrorText(Libc.Errno);
        return new StartFailure(NotRunnable, $"cannot have {what}: {why}; run the agent as root where namespaces can be made, or without --isolation namespaces");
    }
}
