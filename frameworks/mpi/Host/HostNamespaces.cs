using System.Runtime.InteropServices;

namespace Agora.Mpi.Host;

/// <summary>
/// Makes an agent a host of its own to the programs on it, where the system allows: its own name, so that several nodes
/// on one machine are told apart, and its own <c>/dev/shm</c>, so that nothing of a job that was killed stays there.
/// </summary>
internal static partial class HostNamespaces
{
    private const string Marker = "AGORA_MPI_NAMESPACES";
    private const int NewMounts = 0x00020000, NewNames = 0x04000000;
    private const ulong MountPrivate = 1 << 18, MountRecursive = 1 << 14;
    private const string SharedMemory = "/dev/shm";

    /// <summary>True in a process that has been through <see cref="Enter"/> with success.</summary>
    public static bool AreOwn => Environment.GetEnvironmentVariable(Marker) == "1";

    /// <summary>
    /// Makes the namespaces and becomes the same program anew: they belong to the calling thread, and only a program
    /// that is started has all of its threads in them. Returns where that has been done already, or is not allowed.
    /// </summary>
    public static void Enter(string program, IReadOnlyList<string> arguments)
    {
        if (Environment.GetEnvironmentVariable(Marker) is not null || !Environment.IsPrivilegedProcess)
            return;
        var own = TryMake();
        List<string> variables = [$"{Marker}={(own ? "1" : "0")}"];
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
            variables.Add($"{variable.Key}={variable.Value}");
        // Returns only where it fails; then this process goes on as it is.
        _ = Execute(program, [program, .. arguments, null], [.. variables, null]);
    }

    private static bool TryMake()
    {
        if (Unshare(NewMounts | NewNames) != 0)
            return false;
        if (Environment.GetEnvironmentVariable(ExecutorEnvironment.Hostname) is { Length: > 0 } name)
            _ = SetHostName(name, (nuint)System.Text.Encoding.UTF8.GetByteCount(name));
        return Mount("none", "/", null, MountPrivate | MountRecursive, null) == 0 &&
            Mount("tmpfs", SharedMemory, "tmpfs", 0, "mode=1777") == 0;
    }

    [LibraryImport("libc", EntryPoint = "unshare")]
    private static partial int Unshare(int flags);

    [LibraryImport("libc", EntryPoint = "sethostname", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetHostName(string name, nuint length);

    [LibraryImport("libc", EntryPoint = "mount", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string? type, ulong flags, string? data);

    [LibraryImport("libc", EntryPoint = "execve", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string program, string?[] arguments, string?[] environment);
}
