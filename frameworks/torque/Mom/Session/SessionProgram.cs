using Agora.Torque.Mom.Life;
using Agora.Torque.Mom.Native;

namespace Agora.Torque.Mom.Session;

/// <summary>
/// <c>agora-torque-mom session</c>: stands between the mom and one job, in one thread that sleeps in poll. What the job
/// starts, in sessions of its own or not, becomes a child of this process when its parent ends, so "no child left" is
/// "nothing of the job is left". Without its mom it ends all of the job and leaves the output in the spool.
/// </summary>
internal sealed unsafe class SessionProgram
{
    private const int SetChildSubreaper = 36, BlockSignals = 0, SignalInfoBytes = 128;
    private const int NoWait = 1, AllKinds = 0x40000000, UsageOfChildren = -1;
    private const nint Ignore = 1;

    /// <summary>
    /// SIGKILL is sent again as long as something is left: it may have been forking. Some rounds go without a pause,
    /// so that what forks fast is overtaken while it is small.
    /// </summary>
    private const int KillAgainMs = 20, KillRoundsMax = 10;

    /// <summary>What a prologue that runs with the mom's rights gets to see of the job's environment.</summary>
    private static readonly string[] SiteVariables = ["PBS_JOBID", "PBS_NODEFILE", "PBS_GPUFILE", "PBS_MICFILE", "PBS_NP", "PBS_NUM_NODES", "PBS_NUM_PPN"];
    private const string SitePath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private readonly SessionPlan _plan;
    private readonly JobFiles _files;
    private readonly int _signals;
    private Terminal? _terminal;
    private SessionCommand.Finish? _finish;
    private bool _momIsGone, _nothingLeft, _isKilling, _leaderIsTold, _isHungUp;
    private int _leader, _leaderStatus, _site, _siteStatus;
    private bool _leaderEnded;

    private SessionProgram(SessionPlan plan, int signals)
    {
        _plan = plan;
        _files = new JobFiles(plan);
        _signals = signals;
    }

    public static int Run()
    {
        // The mom starts this with SIGCHLD blocked in all threads; it is read, not handled.
        Libc.SignalSet wanted;
        Libc.sigemptyset(&wanted);
        Libc.sigaddset(&wanted, Libc.SIGCHLD);
        Libc.sigaddset(&wanted, Libc.SIGTERM);
        _ = Libc.pthread_sigmask(BlockSignals, &wanted, null);
        _ = Libc.signal(Libc.SIGPIPE, Ignore);
        _ = Libc.setsid();
        _ = Libc.umask(0);
        _ = Libc.prctl(SetChildSubreaper, 1, 0, 0, 0);
        Descriptors.SetCloseOnExec(ControlChannel.Descriptor);
        var signals = Libc.signalfd(-1, &wanted, Libc.O_NONBLOCK | Libc.O_CLOEXEC);
        if (ControlChannel.Read() is not { } frame)
            return 1;
        new SessionProgram(SessionWire.DecodePlan(frame), signals).RunJob();
        return 0;
    }

    private void RunJob()
    {
        var failure = _files.Make() ?? Reach() ?? RunPrologues() ?? StartLeader();
        if (failure is var (status, message))
        {
            Complain($"PBS: the job was not started: {message}\n");
            ControlChannel.Write(new SessionEvent.NotStarted(status, message));
        }
        Reap();
        while (!_nothingLeft)
            Step(_isKilling ? KillAgainMs : -1);
        // An epilogue is not what the leader has left behind.
        _leaderIsTold = true;
        Libc.ResourceUse use;
        _ = Libc.getrusage(UsageOfChildren, &use);
        ControlChannel.Write(new SessionEvent.TreeEnded(_leaderStatus, use.CpuMicroseconds, use.MaxRssKib << 10));
        while (_finish is null && !_momIsGone)
            Step(-1);
        var trouble = _finish is { } finish ? RunEpilogues(finish) : null;
        while (_terminal is { } terminal && !_isHungUp && terminal.Out.Move())
        {
        }
        _terminal?.Dispose();
        if (!_momIsGone && _files.Deliver() is { } undelivered)
            trouble = trouble is null ? undelivered : $"{trouble}; {undelivered}";
        _files.Remove();
        ControlChannel.Write(new SessionEvent.Done(trouble));
    }

    private (int, string)? Reach()
    {
        if (_plan.Interactive is not { } where)
            return null;
        try
        {
            _terminal = Terminal.Open(where);
            return null;
        }
        catch (IOException e)
        {
            return (ExitStatus.NotStarted, e.Message);
        }
    }

    private (int, string)? RunPrologues()
    {
        foreach (var prologue in _plan.Prologues)
        {
            if (RunSite(prologue, prologue.Arguments, out var code) is { } failure)
                return (ExitStatus.OfPrologue(code, _plan.Interactive is not null), failure);
        }
        return null;
    }

    private string? RunEpilogues(SessionCommand.Finish finish)
    {
        string? trouble = null;
        foreach (var epilogue in _plan.Epilogues)
        {
            var a = epilogue.Arguments;
            string[] arguments = [.. a.Take(4), $"{finish.Session}", a[4], finish.Used, a[5], a[6], $"{finish.ExitStatus}", .. a.Skip(7)];
            trouble = RunSite(epilogue, arguments, out _) ?? trouble;
        }
        return trouble;
    }

    /// <param name="code">The exit code; negative if it did not end by itself.</param>
    /// <returns>Null if it has ended well.</returns>
    private string? RunSite(SitePlan site, IReadOnlyList<string> arguments, out int code)
    {
        code = -1;
        const UnixFileMode othersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
        if ((File.GetUnixFileMode(site.Path) & othersWrite) != 0)
            return $"{site.Path} is not run, since others than its owner may write to it";
        var nothing = Descriptors.Open("/dev/null", Libc.O_RDONLY);
        // What runs with the mom's rights must not be led astray by variables that the job's owner has set.
        IReadOnlyList<string> environment = site.IsUsers ? _plan.Environment
            : [SitePath, .. _plan.Environment.Where(v => SiteVariables.Contains(v[..v.IndexOf('=')]))];
        var child = ChildProcess.Start(new ChildPlan(site.Path, [site.Path, .. arguments], environment,
            site.IsUsers ? _plan.Directory : "/", null, site.IsUsers ? _plan.UserId : -1, _plan.Groups, [], 0, nothing,
            _files.Output, _files.Error), out var failure);
        _ = Libc.close(nothing);
        if (child is not { } pid)
            return $"{site.Path}: {failure}";
        _site = pid;
        _siteStatus = -1;
        var deadline = Environment.TickCount64 + _plan.SiteSeconds * 1000L;
        while (_siteStatus < 0 && Environment.TickCount64 < deadline)
        {
            Reap();
            if (_siteStatus < 0)
                Step((int)(deadline - Environment.TickCount64));
        }
        _site = 0;
        if (_siteStatus < 0)
        {
            ProcessTree.Signal(Libc.getpid(), Libc.SIGKILL);
            return $"{site.Path} did not end within {_plan.SiteSeconds} s";
        }
        code = (_siteStatus & 0x7F) == 0 ? _siteStatus >> 8 & 0xFF : -1;
        return code switch
        {
            0 => null,
            > 0 => $"{site.Path} ended with {code}",
            _ => $"{site.Path} was ended by signal {_siteStatus & 0x7F}",
        };
    }

    private (int, string)? StartLeader()
    {
        var input = OpenInput();
        IReadOnlyList<string> environment = _plan.Environment;
        if (_terminal is { } terminal)
        {
            environment = [.. environment.Where(v => !v.StartsWith("TERM=", StringComparison.Ordinal)), $"TERM={terminal.Type}"];
            using var text = new NativeText();
            if (_plan.HasUser)
                _ = Libc.lchown(text.Of(terminal.Path), (uint)_plan.UserId, (uint)_plan.Groups[0]);
        }
        var child = ChildProcess.Start(new ChildPlan(_plan.Program, _plan.Command, environment, _plan.Directory, _plan.Root,
            _plan.UserId, _plan.Groups, _plan.Limits, _plan.Nice, input, _files.Output, _files.Error, _terminal?.Path), out var failure);
        _ = Libc.close(input);
        if (child is not { } pid)
            return (ExitStatus.NotStarted, $"{failure} on {_plan.Node}");
        _leader = pid;
        ControlChannel.Write(new SessionEvent.Started(pid));
        return null;
    }

    /// <summary>The text for the shell is put into a file without a name: it may be longer than a pipe holds.</summary>
    private int OpenInput()
    {
        if (_plan.Input is not { } text)
            return Descriptors.Open("/dev/null", Libc.O_RDONLY);
        var path = Path.Combine(_plan.JobDirectory, "stdin");
        var fd = Descriptors.Open(path, Libc.O_RDWR | Libc.O_CREAT | Libc.O_EXCL, 0x180);
        using var name = new NativeText();
        _ = Libc.unlink(name.Of(path));
        _ = Descriptors.WriteAll(fd, text);
        const long seek = 8, arm64Seek = 62;
        _ = Libc.syscall(System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture ==
            System.Runtime.InteropServices.Architecture.Arm64 ? arm64Seek : seek, fd, 0, 0, 0);
        return fd;
    }

    private void Step(int timeoutMs)
    {
        var sources = stackalloc Libc.PollFd[4];
        sources[0] = Watch(_signals);
        sources[1] = Watch(_momIsGone ? -1 : ControlChannel.Descriptor);
        sources[2] = _terminal?.Out.Watch ?? Watch(-1);
        sources[3] = _terminal?.In.Watch ?? Watch(-1);
        _ = Libc.poll(sources, 4, timeoutMs);
        if (sources[2].Returned != 0)
            _ = _terminal!.Out.Move();
        if (sources[3].Returned != 0)
            _ = _terminal!.In.Move();
        if (_terminal is { In.HasEnded: true } && !_isHungUp && !_leaderEnded)
            HangUp();
        if (sources[1].Returned != 0)
            Obey();
        if (sources[0].Returned != 0)
        {
            var info = stackalloc byte[SignalInfoBytes];
            while (Libc.read(_signals, info, SignalInfoBytes) == SignalInfoBytes)
            {
            }
            Reap();
        }
        if (_isKilling && !_nothingLeft)
            KillTree();
    }

    private static Libc.PollFd Watch(int fd) => new() { Fd = fd, Events = Libc.POLLIN };

    private void HangUp()
    {
        _isHungUp = true;
        _ = ProcessTree.Signal(Libc.getpid(), Libc.SIGHUP);
        _ = ProcessTree.Signal(Libc.getpid(), Libc.SIGCONT);
    }

    private void Obey()
    {
        if (ControlChannel.Read() is not { } frame)
        {
            _momIsGone = true;
            _isKilling = true;
            return;
        }
        switch (SessionWire.DecodeCommand(frame))
        {
            case SessionCommand.Signal(Libc.SIGKILL):
                _isKilling = _leader != 0;
                KillTree();
                break;
            case SessionCommand.Signal(var number):
                _ = ProcessTree.Signal(Libc.getpid(), number);
                break;
            case SessionCommand.Note(var text, var toError):
                if (_terminal is { } terminal)
                    terminal.Write(text);
                else
                    Descriptors.WriteLine(toError ? _files.Error : _files.Output, text);
                break;
            case SessionCommand.Finish finish:
                _finish = finish;
                break;
        }
    }

    private void Complain(string line)
    {
        if (_files.Error >= 0)
            Descriptors.WriteLine(_files.Error, line);
    }

    private void KillTree()
    {
        for (var round = 0; round < KillRoundsMax && ProcessTree.Signal(Libc.getpid(), Libc.SIGKILL) > 0; round++)
        {
        }
        Reap();
    }

    private void Reap()
    {
        // Between a prologue and the job there may be nothing for a while.
        _nothingLeft = false;
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
            if (pid == _leader)
            {
                _leaderEnded = true;
                _leaderStatus = status;
            }
            else if (pid == _site)
            {
                _siteStatus = status;
            }
        }
        if (!_leaderEnded || _nothingLeft || _leaderIsTold)
            return;
        _leaderIsTold = true;
        ControlChannel.Write(new SessionEvent.LeaderEnded(_leaderStatus));
    }
}
