using Agora.Torque.Mom.Native;

namespace Agora.Torque.Mom.Session;

/// <summary>What a child of the session program is to be.</summary>
/// <param name="UserId">-1 for the mom's own.</param>
/// <param name="Terminal">Path of the terminal it speaks to; null takes the three descriptors.</param>
internal sealed record ChildPlan(
    string Program, IReadOnlyList<string> Arguments, IReadOnlyList<string> Environment, string Directory, string? Root,
    int UserId, IReadOnlyList<int> Groups, IReadOnlyList<ProcessLimit> Limits, int Nice, int Input, int Output, int Error,
    string? Terminal = null);

/// <summary>
/// Starts children that are other users, in other places, with other limits, than this process. All that happens between
/// fork and exec are calls of the C library on memory that was made ready before: this process has one thread that runs,
/// and the child never runs anything of the runtime's.
/// </summary>
internal static unsafe class ChildProcess
{
    private const uint Umask = 0x3F; // 077
    private const int SetMask = 2, SignalsMax = 64, NoNewPrivileges = 38;
    private const long CloseRange = 436, CloseRangeOnExec = 4;
    private const ulong TakeTerminal = 0x540E;

    private static readonly string[] Steps =
        ["begin a session", "open the terminal", "set a limit", "change the root directory", "become the user", "enter the directory", "run the program"];

    private struct Prepared
    {
        public byte* Program, Directory, Root, Terminal;
        public byte** Arguments, Environment;
        public int UserId, GroupCount, LimitCount, Nice, Input, Output, Error, Failure;
        public int* Groups, Resources;
        public Libc.ResourceLimit* Limits;
    }

    /// <returns>The process id, or null and what went wrong.</returns>
    public static int? Start(ChildPlan plan, out string? failure)
    {
        using var text = new NativeText();
        int[] groups = [.. plan.Groups];
        int[] resources = [.. plan.Limits.Select(l => l.Resource)];
        Libc.ResourceLimit[] limits = [.. plan.Limits.Select(l => new Libc.ResourceLimit { Soft = l.Value, Hard = l.Value })];
        var ends = stackalloc int[2];
        if (Libc.pipe2(ends, Libc.O_CLOEXEC) < 0)
        {
            failure = $"cannot make a pipe: {Libc.ErrorText(Libc.Errno)}";
            return null;
        }
        int child;
        fixed (int* firstGroup = groups, firstResource = resources)
        fixed (Libc.ResourceLimit* firstLimit = limits)
        {
            var prepared = new Prepared
            {
                Program = text.Of(plan.Program),
                Arguments = text.Of(plan.Arguments),
                Environment = text.Of(plan.Environment),
                Directory = text.Of(plan.Directory),
                Root = plan.Root is null ? null : text.Of(plan.Root),
                Terminal = plan.Terminal is null ? null : text.Of(plan.Terminal),
                UserId = plan.UserId,
                Groups = firstGroup,
                GroupCount = groups.Length,
                Resources = firstResource,
                Limits = firstLimit,
                LimitCount = limits.Length,
                Nice = plan.Nice,
                Input = plan.Input,
                Output = plan.Output,
                Error = plan.Error,
                Failure = ends[1],
            };
            child = Libc.fork();
            if (child == 0)
                Become(&prepared);
        }
        var errno = Libc.Errno;
        _ = Libc.close(ends[1]);
        var said = stackalloc int[2];
        var got = child < 0 ? 0 : Libc.read(ends[0], (byte*)said, 2 * sizeof(int));
        _ = Libc.close(ends[0]);
        failure = child < 0 ? $"cannot make a process: {Libc.ErrorText(errno)}"
            : got > 0 ? $"cannot {Steps[said[0]]} ({Subject(plan, said[0])}): {Libc.ErrorText(said[1])}" : null;
        if (got > 0)
            _ = Libc.wait4(child, null, 0, null);
        return failure is null ? child : null;
    }

    private static string Subject(ChildPlan plan, int step) => step switch
    {
        1 => plan.Terminal ?? "",
        3 => plan.Root ?? "",
        4 => $"uid {plan.UserId}",
        5 => plan.Directory,
        6 => plan.Program,
        _ => plan.Program,
    };

    /// <summary>In the child. Does not return.</summary>
    private static void Become(Prepared* p)
    {
        for (var signal = 1; signal <= SignalsMax; signal++)
            _ = Libc.signal(signal, 0);
        Libc.SignalSet none;
        Libc.sigemptyset(&none);
        _ = Libc.pthread_sigmask(SetMask, &none, null);
        if (Libc.setsid() < 0)
            Fail(p, 0);
        if (p->Terminal != null)
        {
            var terminal = Libc.open(p->Terminal, Libc.O_RDWR, 0);
            if (terminal < 0 || Libc.ioctl(terminal, TakeTerminal, null) < 0)
                Fail(p, 1);
            p->Input = p->Output = p->Error = terminal;
        }
        _ = Libc.syscall(CloseRange, 3, uint.MaxValue, CloseRangeOnExec, 0);
        _ = Libc.dup2(p->Input, 0);
        _ = Libc.dup2(p->Output, 1);
        _ = Libc.dup2(p->Error, 2);
        if (p->Nice != 0)
            _ = Libc.setpriority(0, 0, p->Nice);
        for (var i = 0; i < p->LimitCount; i++)
        {
            if (Libc.setrlimit(p->Resources[i], &p->Limits[i]) < 0)
                Fail(p, 2);
        }
        _ = Libc.umask(Umask);
        if (p->Root != null)
        {
            // A root directory of the user's own making must not bring programs that make root of him.
            if (Libc.prctl(NoNewPrivileges, 1, 0, 0, 0) < 0 || Libc.chroot(p->Root) < 0)
                Fail(p, 3);
        }
        if (p->UserId >= 0 && Credentials.BecomeForGood(p->UserId, p->Groups, p->GroupCount) != 0)
            Fail(p, 4);
        if (Libc.chdir(p->Directory) < 0)
            Fail(p, 5);
        _ = Libc.execve(p->Program, p->Arguments, p->Environment);
        Fail(p, 6);
    }

    private static void Fail(Prepared* p, int step)
    {
        var said = stackalloc int[2];
        said[0] = step;
        said[1] = Libc.Errno;
        _ = Libc.write(p->Failure, (byte*)said, 2 * sizeof(int));
        Libc._exit(127);
    }
}
