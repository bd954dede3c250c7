using System.Globalization;
using System.Text;
using Agora.Supervisor.Shared;

namespace Agora.Supervisor;

/// <summary>
/// One container from start to end, in one thread that sleeps in poll. Its laws:
/// <list type="bullet">
/// <item>Orphans become children of this process, so "no child left" (ECHILD) is "nothing of the container is
/// left".</item>
/// <item>When the main process ends or a kill is ordered, the rest gets SIGTERM, then, after a time, SIGKILL.</item>
/// <item><c>exit</c> is written when nothing is left and all output is in its files.</item>
/// </list>
/// </summary>
internal sealed unsafe class Supervision(LaunchFile launch)
{
    /// <summary>For what the main process leaves behind, and after a SIGTERM to the supervisor.</summary>
    private const int StragglerGraceMs = 500, TerminationGraceMs = 3000;

    /// <summary>
    /// SIGKILL is sent again as long as something is left: it may have been forking. Some rounds go without a pause,
    /// so that what forks fast is overtaken while it is small.
    /// </summary>
    private const int KillAgainMs = 20, KillRoundsMax = 10;

    private const int NoWait = 1, AllKinds = 0x40000000, UsageOfChildren = -1;
    private const int CommandBytesMax = 256, SignalInfoBytes = 128;

    private enum Phase
    {
        Running,
        Terminating,
        Killing,
    }

    private readonly StringBuilder _commands = new();
    private Phase _phase;
    private long _deadline = long.MaxValue;
    private int _control = OwnProcess.Control;
    private int _main;
    private bool _mainEnded, _nothingLeft, _killed;
    private int _mainStatus;
    private long _startedMs, _endedMs;

    public int Run()
    {
        if (launch.Enclosed is { } enclosed && Enclosure.Enter(enclosed) is { } refused)
            return Fail(refused);
        using var text = new NativeText();
        var sandbox = Libc.openat(Libc.AT_FDCWD, text.Of(launch.Directory), Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0);
        if (sandbox < 0)
            return Fail(new StartFailure(126,
                $"cannot open the sandbox {launch.Directory}: {Libc.ErrorText(Libc.Errno)}"));
        using var stdout = new Output(sandbox, ContainerFiles.Stdout, launch);
        using var stderr = new Output(sandbox, ContainerFiles.Stderr, launch);
        if (stdout.ChildEnd < 0 || stderr.ChildEnd < 0)
            return Fail(new StartFailure(126, $"cannot make the output files: {stdout.Trouble ?? stderr.Trouble}"));
        var signals = OwnProcess.OpenSignals();
        var nothing = Libc.openat(Libc.AT_FDCWD, text.Of("/dev/null"), Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
        _startedMs = NowMs();
        if (Command.Start(launch, nothing, stdout.ChildEnd, stderr.ChildEnd, out _main) is { } failure)
            return Fail(failure);
        Libc.close(nothing);
        stdout.CloseChildEnd();
        stderr.CloseChildEnd();
        TellStarted();

        while (!_nothingLeft)
            Step(signals, stdout, stderr);
        while (stdout.Move() || stderr.Move())
        {
        }
        return Finish($"{stdout.Trouble}{(stdout.Trouble is null ? "" : "; ")}{stderr.Trouble}");
    }

    private void Step(int signals, Output stdout, Output stderr)
    {
        var sources = stackalloc Libc.PollFd[4];
        sources[0] = Watch(signals);
        sources[1] = Watch(_control);
        sources[2] = Watch(stdout.Pipe);
        sources[3] = Watch(stderr.Pipe);
        var wait = _deadline == long.MaxValue
            ? -1
            : (int)Math.Clamp(_deadline - Environment.TickCount64, 0, int.MaxValue);
        Libc.poll(sources, 4, wait);
        if (sources[2].Returned != 0)
            stdout.Move();
        if (sources[3].Returned != 0)
            stderr.Move();
        if (sources[1].Returned != 0)
            ReadCommands();
        if (sources[0].Returned != 0)
            ReadSignals(signals);
        if (!_nothingLeft && Environment.TickCount64 >= _deadline)
            KillTree();
    }

    private static Libc.PollFd Watch(int fd) => new() { Fd = fd, Events = Libc.POLLIN, Returned = 0 };

    private void ReadSignals(int signals)
    {
        var info = stackalloc byte[SignalInfoBytes];
        while (Libc.read(signals, info, SignalInfoBytes) == SignalInfoBytes)
            if (*(int*)info == Libc.SIGTERM)
                Kill(TerminationGraceMs);
        Reap();
    }

    private void Reap()
    {
        while (true)
        {
            int status;
            var pid = Libc.wait4(-1, &status, NoWait | AllKinds, null);
            if (pid == 0)
                break;
            if (pid < 0)
            {
                _nothingLeft = Libc.Errno == Libc.ECHILD;
                break;
            }
            if (pid != _main)
                continue;
            _mainEnded = true;
            _mainStatus = status;
            _endedMs = NowMs();
        }
        if (_mainEnded && !_nothingLeft && _phase == Phase.Running)
            Terminate(StragglerGraceMs);
    }

    private void ReadCommands()
    {
        var bytes = stackalloc byte[CommandBytesMax];
        var got = Libc.read(_control, bytes, CommandBytesMax);
        if (got == 0 || (got < 0 && Libc.Errno != Libc.EAGAIN))
            _control = -1; // No pipe, or not held open for writing: nothing will ever come.
        for (var i = 0; i < got; i++)
        {
            if (bytes[i] != '\n')
            {
                if (_commands.Length < CommandBytesMax)
                    _commands.Append((char)bytes[i]);
                continue;
            }
            var words = _commands.ToString().Split(' ');
            _commands.Clear();
            if (words is ["kill", var grace] &&
                int.TryParse(grace, NumberStyles.None, CultureInfo.InvariantCulture, out var graceMs))
                Kill(graceMs);
        }
    }

    private void Kill(int graceMs)
    {
        _killed |= !_mainEnded;
        if (graceMs == 0)
            KillTree();
        else if (_phase == Phase.Running)
            Terminate(graceMs);
        else if (_phase == Phase.Terminating)
            _deadline = Math.Min(_deadline, Environment.TickCount64 + graceMs);
    }

    private void Terminate(int graceMs)
    {
        _phase = Phase.Terminating;
        _deadline = Environment.TickCount64 + graceMs;
        Signal(Libc.SIGTERM);
        Signal(Libc.SIGCONT); // A stopped process takes its SIGTERM only when it goes on.
    }

    private void KillTree()
    {
        _phase = Phase.Killing;
        for (var round = 0; round < KillRoundsMax && Signal(Libc.SIGKILL) > 0; round++)
        {
        }
        _deadline = Environment.TickCount64 + KillAgainMs;
    }

    /// <summary>
    /// The main process's group at once, then every other descendant. A descriptor of the process is taken before it
    /// is checked to be still the one seen, so a signal never reaches a stranger that got the number in between.
    /// </summary>
    /// <returns>How many were found alive.</returns>
    private int Signal(int signal)
    {
        var alive = 0;
        const long pidfdSendSignal = 424, pidfdOpen = 434;
        if (!_mainEnded)
            Libc.kill(-_main, signal);
        foreach (var process in new ProcTable().Descendants(Libc.getpid()))
        {
            if (process.IsZombie)
                continue;
            alive++;
            if (!_mainEnded && process.Group == _main)
                continue;
            var fd = (int)Libc.syscall(pidfdOpen, process.Pid, 0, 0, 0);
            if (fd < 0)
                continue;
            if (ProcStat.Read(process.Pid) is { } now && now.StartTicks == process.StartTicks)
                _ = Libc.syscall(pidfdSendSignal, fd, signal, 0, 0);
            Libc.close(fd);
        }
        return alive;
    }

    private void TellStarted()
    {
        var pids = launch.Enclosed is null ? new PidFile(ProcessName.Of(Libc.getpid()), ProcessName.Of(_main)) : Enclosure.Seen(_main);
        if (TextFile.Write(ContainerFiles.Pid, pids.Format()) is var errno and not 0)
            OwnProcess.Complain(".", $"cannot write {ContainerFiles.Pid}: {Libc.ErrorText(errno)}");
        fixed (byte* word = "started\n"u8)
            Libc.write(OwnProcess.Status, word, 8);
        Libc.close(OwnProcess.Status);
    }

    /// <summary>Writes that the command did not start.</summary>
    /// <returns>The supervisor's own exit code.</returns>
    public static int Fail(StartFailure failure)
    {
        var now = NowMs();
        return Write(new ExitFile(ExitKind.LaunchFailed, failure.Code, false, 0, 0, now, now, failure.Message));
    }

    private int Finish(string message)
    {
        Libc.ResourceUse use;
        Libc.getrusage(UsageOfChildren, &use);
        var signal = _mainStatus & 0x7F;
        return Write(new ExitFile(signal == 0 ? ExitKind.Exited : ExitKind.Signaled,
            signal == 0 ? _mainStatus >> 8 & 0xFF : signal, _killed, use.CpuMicroseconds, use.MaxRssKib << 10,
            _startedMs, _endedMs, message));
    }

    private static int Write(ExitFile exit)
    {
        if (TextFile.Write(ContainerFiles.Exit, exit.Format()) is var errno and not 0)
        {
            OwnProcess.Complain(".", $"cannot write {ContainerFiles.Exit}: {Libc.ErrorText(errno)}");
            return 1;
        }
        return 0;
    }

    private static long NowMs() => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
}
