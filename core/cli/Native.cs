using System.Runtime.InteropServices;

namespace Agora.Cli;

internal static partial class Native
{
    public const int SigTerm = 15, SigKill = 9;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    /// <summary>What .NET calls deleting takes the files first, which a control group does not allow.</summary>
    [LibraryImport("libc", EntryPoint = "rmdir", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    public static partial int RemoveDirectory(string path);
}
