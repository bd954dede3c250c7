using System.Buffers.Text;

namespace Agora.Torque.Mom.Native;

/// <summary>One process as /proc/(pid)/stat tells it.</summary>
/// <param name="StartTicks">When it started, in clock ticks since boot: with the pid it names a process for good.</param>
/// <param name="CpuTicks">User and system time of its own.</param>
/// <param name="ReapedCpuTicks">The same of ended children that it waited for, and of theirs.</param>
internal readonly record struct ProcStat(
    int Pid, char State, int ParentPid, int Session, long StartTicks, long CpuTicks, long ReapedCpuTicks, long VirtualBytes,
    long RssPages)
{
    /// <summary>The line is some 350 bytes; the largest possible fits.</summary>
    private const int LineBytesMax = 2048;

    private const int ClockTicks = 2, PageSize = 30;

    public static readonly long TicksPerSecond = Libc.sysconf(ClockTicks);
    public static readonly long PageBytes = Libc.sysconf(PageSize);

    public bool IsZombie => State is 'Z' or 'X';

    /// <summary>Null if there is no such process.</summary>
    public static unsafe ProcStat? Read(int pid)
    {
        Span<byte> path = stackalloc byte[32];
        "/proc/"u8.CopyTo(path);
        Utf8Formatter.TryFormat(pid, path[6..], out var digits);
        "/stat\0"u8.CopyTo(path[(6 + digits)..]);
        Span<byte> line = stackalloc byte[LineBytesMax];
        nint length;
        fixed (byte* file = path, buffer = line)
        {
            var fd = Libc.open(file, Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
            if (fd < 0)
                return null;
            length = Libc.read(fd, buffer, LineBytesMax);
            _ = Libc.close(fd);
        }
        return length > 0 ? Parse(pid, line[..(int)length]) : null;
    }

    /// <summary>The fields after the program's name, which is in parentheses and may hold anything.</summary>
    private static ProcStat? Parse(int pid, ReadOnlySpan<byte> line)
    {
        var name = line.LastIndexOf((byte)')');
        if (name < 0 || name + 2 >= line.Length)
            return null;
        var rest = line[(name + 2)..];
        Span<long> fields = stackalloc long[25];
        var state = (char)rest[0];
        var field = 3;
        while (field < 24 && rest.IndexOf((byte)' ') is var space and >= 0)
        {
            rest = rest[(space + 1)..];
            field++;
            if (!Utf8Parser.TryParse(rest, out fields[field], out int _))
                return null;
        }
        return field < 24 ? null : new ProcStat(pid, state, (int)fields[4], (int)fields[6], fields[22],
            fields[14] + fields[15], fields[16] + fields[17], fields[23], fields[24]);
    }
}

/// <summary>All processes of the machine, read one after the other: near to one moment, not at one.</summary>
internal sealed class ProcTable
{
    /// <summary>Of d_name in struct dirent.</summary>
    private const int NameOffset = 19;

    private readonly Dictionary<int, List<ProcStat>> _children = [];
    private readonly Dictionary<int, ProcStat> _all = [];

    public ProcTable()
    {
        foreach (var pid in Pids())
        {
            if (ProcStat.Read(pid) is not { } process)
                continue;
            _all[pid] = process;
            if (!_children.TryGetValue(process.ParentPid, out var siblings))
                _children.Add(process.ParentPid, siblings = []);
            siblings.Add(process);
        }
    }

    /// <summary>In no order.</summary>
    public IEnumerable<ProcStat> All => _all.Values;

    /// <summary>Null if there was no such process.</summary>
    public ProcStat? Find(int pid) => _all.TryGetValue(pid, out var found) ? found : null;

    /// <summary>Children, their children and so on; zombies included, the process itself not.</summary>
    public List<ProcStat> Descendants(int pid)
    {
        var found = new List<ProcStat>();
        Add(pid, found);
        for (var i = 0; i < found.Count; i++)
            Add(found[i].Pid, found);
        return found;
    }

    private void Add(int parent, List<ProcStat> found)
    {
        if (_children.TryGetValue(parent, out var children))
            found.AddRange(children);
    }

    private static unsafe List<int> Pids()
    {
        var pids = new List<int>();
        nint directory;
        fixed (byte* path = "/proc\0"u8)
            directory = Libc.opendir(path);
        if (directory == 0)
            return pids;
        while (Libc.readdir(directory) is var entry && entry != null)
        {
            var digit = entry + NameOffset;
            var pid = 0;
            for (; *digit is >= (byte)'0' and <= (byte)'9'; digit++)
                pid = pid * 10 + (*digit - '0');
            if (*digit == 0)
                pids.Add(pid);
        }
        Libc.closedir(directory);
        return pids;
    }
}

/// <summary>Signals to trees of processes.</summary>
internal static class ProcessTree
{
    /// <summary>
    /// To every descendant, parents before children. A descriptor of the process is taken before it is checked to be
    /// still the one seen, so a signal never reaches a stranger that got the number in between.
    /// </summary>
    /// <returns>How many were found alive.</returns>
    public static int Signal(int root, int signal) => Send(new ProcTable().Descendants(root), signal);

    /// <summary>To every process of a session, wherever its parents have gone.</summary>
    /// <returns>How many were found alive.</returns>
    public static int SignalSession(int session, int signal) => Send(new ProcTable().All.Where(p => p.Session == session), signal);

    private static int Send(IEnumerable<ProcStat> processes, int signal)
    {
        var alive = 0;
        const long pidfdSendSignal = 424, pidfdOpen = 434;
        foreach (var process in processes)
        {
            if (process.IsZombie)
                continue;
            alive++;
            var fd = (int)Libc.syscall(pidfdOpen, process.Pid, 0, 0, 0);
            if (fd < 0)
                continue;
            if (ProcStat.Read(process.Pid) is { } now && now.StartTicks == process.StartTicks)
                _ = Libc.syscall(pidfdSendSignal, fd, signal, 0, 0);
            _ = Libc.close(fd);
        }
        return alive;
    }
}
