using Agora.Mpi.Scheduling;

namespace Agora.Mpi.Launch;

/// <summary>
/// How a job ended, as its exit code and, where something failed, one line for people. Collects what is told while the
/// job runs; the first failure counts, since the others follow from it.
/// </summary>
internal sealed class JobEnd(MpiFlavour flavour)
{
    /// <summary>What Hydra answers for nearly every failure, and what a shell answers for a time limit of <c>mpiexec</c>.</summary>
    private const int HydraFailed = 255, SignalBase = 128;

    public const int TimedOut = 110;

    private readonly Dictionary<string, Dictionary<int, int>> _running = [];
    private (int Code, string Line)? _first;
    private bool _isFinal;

    /// <summary>True once the job has failed.</summary>
    public bool HasFailed => _first is not null;

    /// <summary>True if what is known may be the consequence of something that is still to be told: ranks are killed by what ends a job, too.</summary>
    public bool MayHaveCause => !_isFinal && _first is null or { Code: SignalBase + Native.SigKill or SignalBase + Native.SigTerm };

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
        _first ??= (status, report.Signal > 0
            ? $"rank {report.Rank} on {host} (pid {report.Pid}) was killed by signal {report.Signal} ({Signals.Name(report.Signal)})"
            : $"rank {report.Rank} on {host} (pid {report.Pid}) exited with code {status} before the job was done");
    }

    /// <summary>The library's own process on a node has ended.</summary>
    public void Command(string host, int code, bool clientLost)
    {
        if (clientLost)
            Final(1, $"the connection to {host} was lost");
        else if (code > SignalBase)
            Final(code, $"the library's process on {host} was killed by signal {code - SignalBase} ({Signals.Name(code - SignalBase)})");
        else if (_running.GetValueOrDefault(host) is { Count: > 0 } cut && _first is null)
            Final(1, $"ranks {string.Join(", ", cut.Keys.Order())} on {host} were ended before the job was done");
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
    /// <returns>The job's exit code, and what to say of it; null for nothing.</returns>
    public (int Code, string? Line) Sum(int library, bool wasEnded)
    {
        if (_first is not var (code, line))
            return (library, library > SignalBase && wasEnded ? "the job was ended" : null);
        if (_isFinal || wasEnded)
            return (code, line);
        // Hydra says 255, or with one host the signal's number, where a rank died by a signal.
        if (flavour == MpiFlavour.Mpich && (library == HydraFailed || (code > SignalBase && library == code - SignalBase)))
            return (code, line);
        return (library == 0 ? code : library, null);
    }
}
