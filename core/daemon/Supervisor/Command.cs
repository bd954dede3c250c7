using System.Globalization;
using Agora.Supervisor.Shared;

namespace Agora.Supervisor;

/// <summary>Why a command did not start.</summary>
/// <param name="Code">127: there is no such program. 126: there is, but it cannot be run.</param>
internal sealed record StartFailure(int Code, string Message);

/// <summary>Starts the container's main process: in the sandbox, leading its own process group, as its user.</summary>
internal static unsafe class Command
{
    private const int NotFound = 127, NotRunnable = 126;
    private const string DefaultPath = "/usr/local/bin:/usr/bin:/bin";

    /// <summary>
    /// Any fork on the agent at the wrong moment holds a just written program open for writing until its exec; the
    /// system refuses to run it for that long.
    /// </summary>
    private const int BusyRetriesMax = 40;
    private const long BusyRetryNanoseconds = 5_000_000;

    public static StartFailure? Start(LaunchFile launch, int input, int output, int error, out int pid)
    {
        pid = 0;
        if (launch.Arguments is not [var program, ..])
            return new StartFailure(NotFound,
                "cannot start the container: its command is empty; give a program to run");
        foreach (var place in launch.Placements)
            if (Enter(place.Enter) is var refused and not 0)
                return new StartFailure(NotRunnable,
                    $"cannot start '{program}': {place.Enter}: {Libc.ErrorText(refused)}");
        const int noNewPrivileges = 38;
        if (launch.IsBound && Libc.prctl(noNewPrivileges, 1, 0, 0, 0) < 0)
            return new StartFailure(NotRunnable, $"cannot start '{program}' without new privileges: {Libc.ErrorText(Libc.Errno)}");
        var credentials = launch.UserId >= 0 ? Credentials.Become(launch.UserId, launch.Groups) : 0;
        var failure = credentials != 0
            ? new StartFailure(NotRunnable, $"cannot start '{program}': becoming user {launch.UserId}: " +
                $"{Libc.ErrorText(credentials)}; run the agent as root, or let it run tasks as its own user")
            : Spawn(launch, program, input, output, error, out pid);
        if (launch.UserId >= 0)
            Credentials.Return();
        foreach (var place in launch.Placements)
            Enter(place.Leave);
        return failure;
    }

    private static StartFailure? Spawn(LaunchFile launch, string program, int input, int output, int error, out int pid)
    {
        pid = 0;
        var path = launch.Environment.FirstOrDefault(e => e.StartsWith("PATH=", StringComparison.Ordinal))?[5..]
            ?? DefaultPath;
        var isPath = program.Contains('/', StringComparison.Ordinal);
        var worst = Libc.ENOENT;
        foreach (var candidate in isPath ? [program] : Candidates(program, path))
        {
            var file = candidate.StartsWith('/') ? candidate : launch.Directory + "/" + candidate;
            var errno = Access(file);
            for (var retry = 0; errno == 0; retry++)
            {
                errno = Shared.Spawn.Start(file, launch.Arguments, launch.Environment, launch.Directory,
                    ownGroup: true, blocked: [], input, output, error, out pid);
                if (errno == 0)
                    return null;
                if (errno != Libc.ETXTBSY || retry == BusyRetriesMax)
                    return Explain(program, file, errno);
                var pause = new Libc.Timespec { Seconds = 0, Nanoseconds = BusyRetryNanoseconds };
                Libc.nanosleep(&pause, null);
                errno = 0;
            }
            if (isPath)
                return Explain(program, file, errno);
            if (errno != Libc.ENOENT && errno != Libc.ENOTDIR)
                worst = errno;
        }
        return worst == Libc.ENOENT
            ? new StartFailure(NotFound, $"cannot start '{program}': not found in PATH ({path}); " +
                "give its full path, or set PATH in the command's environment")
            : new StartFailure(NotRunnable,
                $"cannot start '{program}': found in PATH ({path}), but: {Libc.ErrorText(worst)}; " +
                "make it executable for the task's user");
    }

    private static IEnumerable<string> Candidates(string program, string path) =>
        path.Split(':').Select(directory => directory.Length == 0 ? "./" + program : directory + "/" + program);

    private static StartFailure Explain(string program, string file, int errno)
    {
        var reason = $"cannot start '{program}': {Libc.ErrorText(errno)}";
        return errno switch
        {
            Libc.ENOENT or Libc.ENOTDIR when Access(file) == 0 => new StartFailure(NotFound,
                reason + "; the file is there, so its interpreter ('#!' line or loader) is not on this machine"),
            Libc.ENOENT or Libc.ENOTDIR => new StartFailure(NotFound,
                reason + $" ({file}); install it on the agent, or bring it along as an artifact"),
            Libc.EACCES => new StartFailure(NotRunnable,
                reason + $" ({file}); make it executable for the task's user, or mark the artifact executable"),
            Libc.ENOEXEC => new StartFailure(NotRunnable,
                reason + "; it is no program for this machine; begin a script with '#!' and its interpreter"),
            _ => new StartFailure(NotRunnable, reason),
        };
    }

    private static int Access(string file)
    {
        using var text = new NativeText();
        return Libc.faccessat(Libc.AT_FDCWD, text.Of(file), Libc.X_OK, Libc.AT_EACCESS) == 0 ? 0 : Libc.Errno;
    }

    /// <summary>Moves this process into a control group; a child is born where its parent is.</summary>
    private static int Enter(string procsFile)
    {
        using var text = new NativeText();
        var fd = Libc.openat(Libc.AT_FDCWD, text.Of(procsFile), Libc.O_WRONLY | Libc.O_CLOEXEC, 0);
        if (fd < 0)
            return Libc.Errno;
        var pid = Libc.getpid().ToString(CultureInfo.InvariantCulture);
        var errno = Libc.write(fd, text.Of(pid), pid.Length) < 0 ? Libc.Errno : 0;
        Libc.close(fd);
        return errno;
    }
}
