using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Agora.Mpi.Launch;

internal static partial class Native
{
    public const int SigKill = 9, SigTerm = 15;

    /// <summary>Signals a child; one that has ended is left alone.</summary>
    public static void Kill(Process child, int signal)
    {
        if (!child.HasExited)
            Kill(child.Id, signal);
    }

    public static void Kill(int process, int signal) => _ = Send(process, signal);

    /// <summary>Becomes another program, with this one's environment. Returns only where that fails.</summary>
    public static void Become(string program, IReadOnlyList<string> arguments) => _ = Execute(program, [.. arguments, null]);

    [LibraryImport("libc", EntryPoint = "execv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string program, string?[] arguments);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Send(int process, int signal);
}
