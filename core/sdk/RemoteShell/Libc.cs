using System.Runtime.InteropServices;

namespace Agora.RemoteShell;

/// <summary>What .NET does not offer of Linux.</summary>
internal static partial class Libc
{
    public const int SigKill = 9, SigUsr1 = 10, SigUsr2 = 12, SigTerm = 15, SigCont = 18;

    private const int SetChildSubreaper = 36;

    /// <summary>Orphans below this process become its children.</summary>
    public static void BecomeSubreaper() => _ = Control(SetChildSubreaper, 1, 0, 0, 0);

    /// <summary>True if this process has children, adopted ones and zombies too. One that has ended may be reaped by this.</summary>
    public static bool HasChildren()
    {
        const int noHang = 1, noChild = 10;
        return Wait(-1, 0, noHang) >= 0 || Marshal.GetLastPInvokeError() != noChild;
    }

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int Wait(int process, nint status, int options);

    [LibraryImport("libc", EntryPoint = "kill")]
    public static partial int Kill(int process, int signal);

    /// <summary>The kernel's number of a signal that .NET may have one of its own for.</summary>
    public static int Number(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGHUP => 1,
        PosixSignal.SIGINT => 2,
        PosixSignal.SIGQUIT => 3,
        PosixSignal.SIGTERM => SigTerm,
        _ => (int)signal,
    };

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Control(int option, nuint a, nuint b, nuint c, nuint d);
}
