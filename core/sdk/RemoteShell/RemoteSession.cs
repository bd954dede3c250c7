using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Agora.RemoteShell;

/// <summary>
/// The process between a server and a command: whatever the command starts, in sessions of its own or not, stays below
/// it and ends with it. Its input, output and exit code are the command's.
/// </summary>
public static class RemoteSession
{
    /// <summary>Between the request to end and SIGKILL for what the command leaves behind.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(300), Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Runs a command line by <c>/bin/sh -c</c>. SIGTERM ends all of it; other signals reach the command.</summary>
    /// <returns>The exit code, or 128 + signal.</returns>
    public static int Run(string commandLine)
    {
        Libc.BecomeSubreaper();
        Process? running = null;
        using var isStarted = new ManualResetEventSlim();
        // Before the command is there: it may have said that it is ready, and a signal for it be on its way, at once.
        using var ending = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            isStarted.Wait();
            EndAll();
        });
        List<PosixSignalRegistration> passed = [];
        foreach (var signal in (ReadOnlySpan<PosixSignal>)
            [PosixSignal.SIGINT, PosixSignal.SIGHUP, PosixSignal.SIGQUIT, (PosixSignal)Libc.SigUsr1, (PosixSignal)Libc.SigUsr2])
        {
            passed.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                isStarted.Wait();
                _ = Libc.Kill(running!.Id, Libc.Number(context.Signal));
            }));
        }
        // A shell that has one simple command becomes it.
        using var command = running = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", commandLine]))!;
        isStarted.Set();
        command.WaitForExit();
        // Nearly always nothing is left, and looking through all processes takes longer than the rest of this.
        if (Libc.HasChildren())
            EndAll();
        passed.ForEach(p => p.Dispose());
        return command.ExitCode;
    }

    private static void EndAll()
    {
        var self = Environment.ProcessId;
        var asked = Stopwatch.StartNew();
        var alive = ProcessTree.SignalDescendants(self, Libc.SigTerm);
        ProcessTree.SignalDescendants(self, Libc.SigCont);
        while (alive > 0 && asked.Elapsed < Grace)
        {
            Thread.Sleep(Pause);
            alive = ProcessTree.Descendants(self).Count;
        }
        // Again and again: it may have been forking.
        while (ProcessTree.SignalDescendants(self, Libc.SigKill) > 0)
            Thread.Sleep(Pause);
    }
}
