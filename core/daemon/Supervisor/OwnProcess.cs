using System.Text;
using Agora.Supervisor.Shared;

namespace Agora.Supervisor;

/// <summary>What the supervisor makes of itself before it starts anything.</summary>
internal static unsafe class OwnProcess
{
    public const int Control = 0, Status = 1, StandardError = 2;

    private const int SetChildSubreaper = 36, BlockSignals = 0;
    private const int SetDescriptorFlags = 2, CloseOnExec = 1;
    private const nint Ignore = 1;
    private const long CloseRange = 436;
    private const uint OthersMayNotWrite = 0x12; // 022

    /// <summary>
    /// SIGCHLD tells of ended children, SIGTERM is taken as a kill command; both are read, not handled.
    /// </summary>
    private static readonly int[] Signals = [Libc.SIGCHLD, Libc.SIGTERM];

    /// <summary>
    /// A signal meant for the process goes to any thread that does not block it, and the runtime's threads are there
    /// before the program is. So the signals must be blocked when the process begins: an agent starts it that way;
    /// started otherwise, it blocks them and begins anew.
    /// </summary>
    public static void BlockSignalsFromTheStart(string metaDirectory)
    {
        Libc.SignalSet wanted, before;
        SetOf(&wanted);
        Libc.pthread_sigmask(BlockSignals, &wanted, &before);
        foreach (var signal in Signals)
        {
            if (Libc.sigismember(&before, signal) == 1)
                continue;
            using var text = new NativeText();
            Libc.execve(text.Of("/proc/self/exe"), text.Of(["agora-supervisor", metaDirectory]), text.Of([]));
        }
    }

    /// <returns>Null, or what is wrong.</returns>
    public static string? Prepare(string metaDirectory)
    {
        using var text = new NativeText();
        Libc.setsid(); // Refused where it leads a session already, which is as good.
        Libc.signal(Libc.SIGPIPE, Ignore);
        // What the agent's own parent forgot to close would be held open by every container.
        _ = Libc.syscall(CloseRange, StandardError + 1, uint.MaxValue, 0, 0);
        Libc.umask(OthersMayNotWrite);
        for (var fd = 0; fd <= 2; fd++)
            Libc.fcntl(fd, SetDescriptorFlags, CloseOnExec);
        if (Libc.prctl(SetChildSubreaper, 1, 0, 0, 0) < 0)
            return $"cannot adopt orphans (prctl): {Libc.ErrorText(Libc.Errno)}";
        if (Libc.chdir(text.Of(metaDirectory)) < 0)
            return $"cannot enter {metaDirectory}: {Libc.ErrorText(Libc.Errno)}";
        return null;
    }

    /// <returns>A descriptor from which the signals are read.</returns>
    public static int OpenSignals()
    {
        Libc.SignalSet wanted;
        SetOf(&wanted);
        return Libc.signalfd(-1, &wanted, Libc.O_NONBLOCK | Libc.O_CLOEXEC);
    }

    /// <summary>
    /// Into <c>supervisor.log</c>, made only now: a container should cost few files. The runtime's console would bring
    /// handlers of its own for signals.
    /// </summary>
    public static void Complain(string metaDirectory, string complaint)
    {
        const uint ownerOnly = 0x180; // 0600
        using var text = new NativeText();
        var fd = Libc.openat(Libc.AT_FDCWD, text.Of(metaDirectory + "/" + ContainerFiles.SupervisorLog),
            Libc.O_WRONLY | Libc.O_CREAT | Libc.O_APPEND | Libc.O_CLOEXEC, ownerOnly);
        Tell(fd < 0 ? StandardError : fd, complaint);
        if (fd >= 0)
            _ = Libc.close(fd);
    }

    public static void Tell(int fd, string line)
    {
        using var text = new NativeText();
        _ = Libc.write(fd, text.Of(line + "\n"), Encoding.UTF8.GetByteCount(line) + 1);
    }

    private static void SetOf(Libc.SignalSet* set)
    {
        Libc.sigemptyset(set);
        foreach (var signal in Signals)
            Libc.sigaddset(set, signal);
    }
}
