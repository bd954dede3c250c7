using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Agora.Mpi.Scheduling;

namespace Agora.Mpi.Host;

/// <summary>
/// Stands between Hydra's proxy and one rank: starts the rank's program, reports how it ended, and ends the same way.
/// Hydra itself forgets which rank failed how as soon as there are several hosts.
/// </summary>
internal static partial class RankProgram
{
    private const int SignalBase = 128, UserSignal1 = 10, UserSignal2 = 12;

    /// <returns>The program's exit code.</returns>
    public static int Run(IReadOnlyList<string> command)
    {
        // Signals come to the whole group, so the rank has them by itself; this process must only outlive them.
        List<PosixSignalRegistration> outlived = [];
        foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGHUP, PosixSignal.SIGINT, PosixSignal.SIGQUIT,
            PosixSignal.SIGTERM, PosixSignal.SIGTSTP, (PosixSignal)UserSignal1, (PosixSignal)UserSignal2])
            outlived.Add(PosixSignalRegistration.Create(signal, context => context.Cancel = true));
        var rank = int.TryParse(Environment.GetEnvironmentVariable("PMI_RANK"), CultureInfo.InvariantCulture, out var number) ? number : 0;
        Process program;
        try
        {
            program = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)))!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            const int notFound = 2;
            Console.Error.WriteLine($"mpiexec: cannot run {command[0]} on {Environment.MachineName}: {e.Message}");
            return e.NativeErrorCode == notFound ? 127 : 126;
        }
        RankReports.Say(new RankReport(rank, program.Id));
        program.WaitForExit();
        var status = program.ExitCode;
        // .NET tells a signal as 128 + its number, as a shell does; an exit code as large is taken for one, as by a shell.
        var by = status > SignalBase && status < SignalBase + 65 ? status - SignalBase : 0;
        RankReports.Say(new RankReport(rank, program.Id, status, by));
        outlived.ForEach(o => o.Dispose());
        if (by != 0)
            Die(by);
        return status;
    }

    /// <summary>Ends this process by a signal.</summary>
    private static void Die(int signal)
    {
        // A second core file of the same end helps nobody.
        _ = SetLimit(CoreSize, [0, 0]);
        _ = Default(signal, 0);
        _ = Kill(Environment.ProcessId, signal);
        Thread.Sleep(Timeout.Infinite);
    }

    private const int CoreSize = 4;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Default(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, ulong[] limits);
}
