using System.Diagnostics;
using System.Runtime.InteropServices;
using Agora.RemoteShell;

namespace Agora.Mpi.Launch;

/// <summary>
/// One run of an MPI program on nodes that a batch job has: the library's own <c>mpiexec</c>, which finds them by the
/// job's environment.
/// </summary>
/// <param name="library">The library's <c>mpiexec</c>.</param>
/// <param name="deadline">By <see cref="TimeProvider.GetTimestamp"/>; <see cref="long.MaxValue"/> for none.</param>
internal sealed class BatchMpiJob(MpiOptions options, MpiFlavour flavour, string library, BatchAllocation allocation, long deadline) : IDisposable
{
    /// <summary>Between SIGTERM and SIGKILL for the library's <c>mpiexec</c>.</summary>
    private static readonly TimeSpan EndGrace = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource<(int Code, string Line)> _cut = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PosixSignalRegistration> _signals = [];

    /// <summary>True if the job was ended from outside, so that running it again is not wanted.</summary>
    public bool WasInterrupted { get; private set; }

    /// <returns>The job's exit code.</returns>
    public async Task<int> RunAsync()
    {
        foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
        {
            _signals.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                var number = signal == PosixSignal.SIGINT ? 2 : signal == PosixSignal.SIGHUP ? 1 : 15;
                _cut.TrySetResult((128 + number, $"ended by signal {number} ({Signals.Name(number)})"));
            }));
        }
        var failures = JobDirectory.FailuresBeside(Environment.GetEnvironmentVariable(RemoteHosts.Variable)!);
        File.Delete(failures);
        using var directory = allocation.IsAll ? null : new OwnedDirectory();
        using var process = Start(directory);
        var (code, line) = await WatchAsync(process, failures);
        if (line is not null)
            await Console.Error.WriteLineAsync($"mpiexec: {line}");
        return code;
    }

    public void Dispose() => _signals.ForEach(s => s.Dispose());

    private Process Start(OwnedDirectory? directory)
    {
        var words = LibraryCommand.Build(allocation.Fill(options), flavour, library, rankProgram: []);
        var start = new ProcessStartInfo(words[0], words.Skip(1));
        if (directory is not null)
        {
            var nodes = directory.File("nodes");
            File.WriteAllLines(nodes, allocation.Lines);
            start.Environment["HYDRA_HOST_FILE"] = nodes;
            var openMpi = directory.File("openmpi.hosts");
            File.WriteAllLines(openMpi, JobDirectory.ForOpenMpi(allocation.Lines));
            start.Environment["OMPI_MCA_orte_default_hostfile"] = start.Environment["PRTE_MCA_prte_default_hostfile"] = openMpi;
        }
        return Process.Start(start)!;
    }

    private async Task<(int Code, string? Line)> WatchAsync(Process process, string failures)
    {
        var end = new JobEnd(flavour);
        var ended = process.WaitForExitAsync();
        var wasCut = await Task.WhenAny(ended, _cut.Task, TimeOverAsync()) != ended;
        if (wasCut)
        {
            WasInterrupted = true;
            var (code, line) = _cut.Task.IsCompletedSuccessfully ? await _cut.Task
                : (JobEnd.TimedOut, $"the time limit of {options.Timeout!.Value.TotalSeconds:0.###} s is over; the job was ended");
            end.Final(code, line);
            Native.Kill(process, Native.SigTerm);
            if (await Task.WhenAny(ended, Task.Delay(EndGrace)) != ended)
                Native.Kill(process, Native.SigKill);
            await ended;
        }
        else if (process.ExitCode != 0 && File.Exists(failures) && File.ReadLines(failures).FirstOrDefault() is { } lost)
        {
            end.Final(1, lost);
        }
        return end.Sum(process.ExitCode, wasCut);
    }

    private async Task TimeOverAsync()
    {
        var left = deadline == long.MaxValue ? Timeout.InfiniteTimeSpan
            : TimeProvider.System.GetElapsedTime(TimeProvider.System.GetTimestamp(), deadline);
        await Task.Delay(left > TimeSpan.Zero || left == Timeout.InfiniteTimeSpan ? left : TimeSpan.Zero);
    }
}
