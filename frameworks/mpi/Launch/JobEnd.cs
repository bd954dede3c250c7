using Agora.Mpi.Scheduling;

namespace Agora.Mpi.Launch;

/// <summary>
/// How a job ended, as its exit code and, where something failed, one line for people. Collects what is told while the
/// job runs; the first failure counts, since the others follow from it.
/// </summary>
internal sealed class JobEnd(MpiFlavour flavour)
{
    /// <summary>What Hydra answers for nearly every failure, and what a shell answers for a time limit of <c>mpiexec</c>.</summary>
    private const int HydraFailed = 255, SignalBase = 128, SignalMax = 64;

    public const int TimedOut = 110;

    private readonly Dictionary<string, Dictionary<int, int>> _running = [];
    private (int Code, string Line)? _first;

    /// <summary>What counts only where nothing else is known: an abort ends ranks without a word of theirs, too.</summary>
    private (int Code, string Line)? _cut;
    private bool _isFinal;

    /// <summary>True once the job has failed.</summary>
    public bool HasFailed => (_first ?? _cut) is not null;

    /// <summary>True if what is known may be the consequence of something that is still to be told: ranks are killed by what ends a job, too.</summary>
    public bool MayHaveCause => !_isFinal && (_first is null || IsOfAnEnding(_first.Value.Code));

    /// <summary>A rank was started or has ended.</summary>
    public void Rank(string host, RankReport report)
    {
        if (!_running.TryGetValue(host, out var pids))
            _running[host] = pids = [];
        if (report.Status is null)
            pids[report.Rank] = report.Pid;
        else
            pids.Remove(report.Rank);
        if (report.Status is not { } status || status == 0)
            return;
        if (_isFinal || (_first is { } first && (IsOfAnEnding(status) || !IsOfAnEnding(first.Code))))
            return;
        _first = (status, report.Signal > 0
            ? $"rank {report.Rank} on {host} (pid {report.Pid}) was killed by signal {report.Signal} ({Signals.Name(report.Signal)})"
            : $"rank {report.Rank} on {host} (pid {report.Pid}) exited with code {status} before the job was done");
    }

    /// <summary>The library's own process on a node has ended.</summary>
    public void Command(string host, int code, bool clientLost)
    {
        if (clientLost)
            Final(1, $"the connection to {host} was lost");
        else if (code is > SignalBase and <= SignalBase + SignalMax)
            Final(code, $"the library's process on {host} was killed by signal {code - SignalBase} ({Signals.Name(code - SignalBase)})");
        else if (_running.GetValueOrDefault(host) is { Count: > 0 } cut)
            _cut ??= (1, $"ranks {string.Join(", ", cut.Keys.Order())} on {host} were ended before the job was done");
    }

    /// <summary>Something that the library knows nothing of has ended the job; its own exit code says nothing then.</summary>
    public void Final(int code, string line)
    {
        if (!_isFinal)
            _first = (code, line);
        _isFinal = true;
    }

    /// <param name="library">Exit code of the library's <c>mpiexec</c>, or 128 + signal.</param>
    /// <param name="wasEnded">It was ended because it did not end by itself.</param>
    /// <param name="leftWork">It has left files behind that it removes when it ends by itself.</param>
    /// <returns>The job's exit code, and what to say of it; null for nothing.</returns>
    public (int Code, string? Line) Sum(int library, bool wasEnded, bool leftWork = false)
    {
        // Open MPI's answers the same for a rank that was killed; Hydra's does not, and has no files.
        if (!_isFinal && !wasEnded && library == SignalBase + Native.SigKill && (flavour == MpiFlavour.Mpich || leftWork))
            return (library, $"the library's own mpiexec was killed by signal {Native.SigKill} ({Signals.Name(Native.SigKill)})");
        if ((_first ?? _cut) is not var (code, line))
            return (library, library > SignalBase && wasEnded ? "the job was ended" : null);
        if (_isFinal || wasEnded)
            return (code, line);
        // Hydra says 255, or with one host the signal's number, where a rank died by a signal.
        if (flavour == MpiFlavour.Mpich && (library == HydraFailed || (code > SignalBase && library == code - SignalBase)))
            return (code, line);
        return (library == 0 ? code : library, null);
    }

    /// <summary>What ranks die of when a job is ended, whatever the reason.</summary>
    private static bool IsOfAnEnding(int status) => status is SignalBase + Native.SigKill or SignalBase + Native.SigTerm;
}
