using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Agora.Election;
using Agora.Mpi.Scheduling;
using Agora.Sdk;

namespace Agora.Mpi.Launch;

/// <summary>
/// One run of an MPI program: slots from the cluster, then the library's own <c>mpiexec</c> on them. Its input and output
/// are this process's, so nothing that ranks print passes through here.
/// </summary>
internal sealed class MpiJob : IDisposable
{
    /// <summary>What is told while the job runs; more than this many ranks cannot fail in one moment.</summary>
    private const int InboxMax = 1_000_000;

    /// <summary>How long the others may go on after a rank has failed. Hydra waits for ever for ranks on other hosts.</summary>
    private static readonly TimeSpan FailureGrace = TimeSpan.FromSeconds(1);

    /// <summary>Between SIGTERM and SIGKILL for the library's <c>mpiexec</c>.</summary>
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(1);

    /// <summary>How long a report from a node may be behind the end of the library's <c>mpiexec</c>.</summary>
    private static readonly TimeSpan ReportPatience = TimeSpan.FromMilliseconds(300);

    /// <summary>The same where it was ended by a remote shell that has lost its host: agent and master find that out more slowly.</summary>
    private static readonly TimeSpan LossPatience = TimeSpan.FromSeconds(3);

    private readonly MpiOptions _options;
    private readonly MpiFlavour _flavour;
    private readonly GangRequest _request;
    private readonly Programs _programs;
    private readonly Channel<JobEvent> _inbox = Channel.CreateBounded<JobEvent>(new BoundedChannelOptions(InboxMax) { SingleReader = true });
    private readonly GangScheduler _scheduler;
    private readonly SchedulerDriver _driver;
    private readonly WaitingReport _waiting;
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly JobEnd _end;
    private readonly long _deadline;

    /// <param name="deadline">By <see cref="TimeProvider.GetTimestamp"/>; <see cref="long.MaxValue"/> for none.</param>
    public MpiJob(MpiOptions options, MpiFlavour flavour, GangRequest request, Programs programs, MasterLocation master, long deadline)
    {
        (_options, _flavour, _request, _programs, _deadline) = (options, flavour, request, programs, deadline);
        _end = new JobEnd(flavour);
        _scheduler = new GangScheduler(request, Random.Shared, e => Tell(new JobEvent.Gang(e)));
        _driver = new SchedulerDriver(_scheduler, master, TimeProvider.System);
        _waiting = new WaitingReport(master, _scheduler, _driver, request, mustFit: options.Wait is null);
        foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
        {
            _signals.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                Tell(new JobEvent.Interrupted(signal == PosixSignal.SIGINT ? 2 : signal == PosixSignal.SIGHUP ? 1 : 15));
            }));
        }
    }

    /// <summary>Programs that a job is made of, besides the user's.</summary>
    /// <param name="Library">The library's <c>mpiexec</c>.</param>
    /// <param name="RemoteShell">Called as <c>rsh</c> is.</param>
    /// <param name="Rank">What stands before each program of MPICH's.</param>
    internal sealed record Programs(string Library, string RemoteShell, IReadOnlyList<string> Rank);

    private abstract record JobEvent
    {
        public sealed record Gang(GangEvent Event) : JobEvent;
        public sealed record Interrupted(int Signal) : JobEvent;
        public sealed record LibraryEnded(int ExitCode) : JobEvent;
        public sealed record Failed(Exception Exception) : JobEvent;
        public sealed record GraceOver : JobEvent;
        public sealed record TimeOver : JobEvent;
    }

    /// <summary>True if the job was ended from outside, so that running it again is not wanted.</summary>
    public bool WasInterrupted { get; private set; }

    /// <returns>The job's exit code.</returns>
    /// <exception cref="MpiFailure">It could not be started.</exception>
    public async Task<int> RunAsync()
    {
        using var over = new CancellationTokenSource();
        _ = DriveAsync();
        await using var shown = new PagePublisher(_driver.Post, TimeProvider.System, _scheduler.Page);
        _ = After(TimeLeft(), new JobEvent.TimeOver(), over.Token);
        var saying = _waiting.RunAsync(e => Tell(new JobEvent.Failed(e)), over.Token);
        try
        {
            if (await GatherAsync() is not { } hosts)
                return _end.Sum(0, wasEnded: true).Code;
            using var directory = new JobDirectory(hosts, _request.Token);
            using var library = StartLibrary(directory, hosts);
            var (code, line) = await WatchAsync(library, directory, over.Token);
            if (line is not null)
                await Console.Error.WriteLineAsync($"mpiexec: {line}");
            return code;
        }
        finally
        {
            await over.CancelAsync();
            await saying;
            await StopAsync();
        }
    }

    public void Dispose() => _signals.ForEach(s => s.Dispose());

    private async Task<IReadOnlyList<GangHost>?> GatherAsync()
    {
        while (true)
        {
            switch (await _inbox.Reader.ReadAsync())
            {
                case JobEvent.Gang(GangEvent.Ready(var hosts)):
                    return hosts;
                case JobEvent.Gang(GangEvent.TimedOut(var most)):
                    throw await _waiting.TimedOutAsync(most);
                case JobEvent.Gang(GangEvent.Refused(var reason)):
                    throw new MpiFailure("the master does not take this job", reason, "see 'mpiexec --help' for --role and --master");
                case JobEvent.Gang(GangEvent.HostLost(var host, var reason)):
                    throw new MpiFailure($"the job could not be started on {host}", reason,
                        $"see what its agent says ('agora logs'), and that {_request.HostCommand[0]} is there");
                case JobEvent.Failed(var exception):
                    throw exception;
                case JobEvent.TimeOver:
                    throw await _waiting.TimedOutAsync(await _waiting.HaveAsync());
                case JobEvent.Interrupted(var signal):
                    WasInterrupted = true;
                    _end.Final(128 + signal, "interrupted while it waited for slots");
                    return null;
            }
        }
    }

    private Process StartLibrary(JobDirectory directory, IReadOnlyList<GangHost> hosts)
    {
        var words = LibraryCommand.Build(_options, _flavour, _programs.Library, _programs.Rank);
        var start = new ProcessStartInfo(words[0], words.Skip(1));
        foreach (var (name, value) in LibraryEnvironment.Build(directory, hosts, _programs.RemoteShell, Environment.IsPrivilegedProcess))
            start.Environment[name] = value;
        // For its own files alone: its ranks have the environments of their nodes. Hydra would hand it on.
        if (_flavour == MpiFlavour.OpenMpi)
            start.Environment["TMPDIR"] = directory.LibraryFiles;
        var process = Process.Start(start)!;
        _ = WaitAsync();
        return process;

        async Task WaitAsync()
        {
            await process.WaitForExitAsync();
            Tell(new JobEvent.LibraryEnded(process.ExitCode));
        }
    }

    private async Task<(int Code, string? Line)> WatchAsync(Process library, JobDirectory directory, CancellationToken over)
    {
        var (ending, graceRuns) = (false, false);
        void Fail(int code, string line)
        {
            _end.Final(code, line);
            Native.Kill(library, ending ? Native.SigKill : Native.SigTerm);
            if (!ending)
                _ = After(EndGrace, new JobEvent.GraceOver(), over);
            ending = graceRuns = true;
        }

        while (true)
        {
            switch (await _inbox.Reader.ReadAsync(over))
            {
                case JobEvent.LibraryEnded(var code):
                    // What was seen of it on the nodes may still be on its way.
                    var lost = directory.RemoteShellFailure;
                    while (code != 0 && !ending && _end.MayHaveCause && await NextAsync(lost is null ? ReportPatience : LossPatience))
                    {
                    }
                    if (lost is not null && !ending && _end.MayHaveCause)
                        _end.Final(1, lost);
                    return _end.Sum(code, ending, directory.HasLibraryFiles);
                case JobEvent.Gang(GangEvent.HostLost(var host, var reason)):
                    Fail(1, $"{host} was lost: {reason}");
                    break;
                case JobEvent.Gang(var told):
                    Note(told);
                    break;
                case JobEvent.Interrupted(var signal):
                    WasInterrupted = true;
                    Fail(128 + signal, $"ended by signal {signal} ({Signals.Name(signal)})");
                    break;
                case JobEvent.TimeOver:
                    WasInterrupted = true;
                    Fail(JobEnd.TimedOut, $"the time limit of {_options.Timeout!.Value.TotalSeconds:0.###} s is over; the job was ended");
                    break;
                case JobEvent.GraceOver:
                    // It has had its time, and a second one of talking to processes that are gone helps nobody.
                    ending = true;
                    Native.Kill(library, Native.SigKill);
                    break;
                case JobEvent.Failed(var exception):
                    Fail(1, exception.Message);
                    break;
            }
            if (_end.HasFailed && !graceRuns)
            {
                graceRuns = true;
                _ = After(FailureGrace, new JobEvent.GraceOver(), over);
            }
        }
    }

    private void Note(GangEvent told)
    {
        switch (told)
        {
            case GangEvent.Rank(var host, var report):
                _end.Rank(host, report);
                break;
            case GangEvent.CommandEnded(var host, var code, var clientLost):
                _end.Command(host, code, clientLost);
                break;
            case GangEvent.HostLost(var host, var reason):
                _end.Final(1, $"{host} was lost: {reason}");
                break;
        }
    }

    /// <summary>Waits a moment for something more to be told.</summary>
    /// <returns>False if nothing was.</returns>
    private async Task<bool> NextAsync(TimeSpan wait)
    {
        using var patience = new CancellationTokenSource(wait);
        try
        {
            if (await _inbox.Reader.ReadAsync(patience.Token) is JobEvent.Gang(var told))
                Note(told);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task DriveAsync()
    {
        try
        {
            await _driver.RunAsync();
        }
        catch (Exception e)
        {
            Tell(new JobEvent.Failed(e));
        }
    }

    private async Task StopAsync()
    {
        try
        {
            if (_scheduler.FrameworkId is not null)
                await _driver.StopAsync(teardown: true);
        }
        catch (TimeoutException)
        {
            // No master is there to be told; the framework ends with this connection.
        }
    }

    private TimeSpan? TimeLeft()
    {
        if (_deadline == long.MaxValue)
            return null;
        var left = TimeProvider.System.GetElapsedTime(TimeProvider.System.GetTimestamp(), _deadline);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private async Task After(TimeSpan? time, JobEvent e, CancellationToken cancellation)
    {
        if (time is not { } wait)
            return;
        try
        {
            await Task.Delay(wait, cancellation);
            Tell(e);
        }
        catch (OperationCanceledException)
        {
        }
    }

    private void Tell(JobEvent e) => _inbox.Writer.TryWrite(e);
}
