using System.Text;

namespace Agora.Torque.Mom.Native;

/// <summary>
/// Makes a node that is not the only one of its machine a host of its own to what runs on it, where the system allows:
/// with its name, and with its own <c>/dev/shm</c>. A node that has the machine's name has the machine to itself.
/// </summary>
internal static unsafe class NodeNamespaces
{
    private const string Marker = "AGORA_TORQUE_NAMESPACES";
    private const int NewMounts = 0x00020000, NewNames = 0x04000000;

    /// <summary>Mounts made outside are still seen here: home directories may be mounted as they are looked into.</summary>
    private const ulong MountSlave = 1 << 19, MountRecursive = 1 << 14;
    private const string SharedMemory = "/dev/shm";
    private const int Detach = 2;

    /// <summary>True in a process that has been through <see cref="Enter"/> with success.</summary>
    public static bool AreMade => Environment.GetEnvironmentVariable(Marker) == "1";

    /// <summary>True where no other node of this machine shares the name and <c>/dev/shm</c>.</summary>
    public static bool AreOwn => AreMade || IsWholeMachine;

    private static bool IsWholeMachine =>
        Environment.GetEnvironmentVariable(ExecutorEnvironment.Hostname) is not { Length: > 0 } name || name == Environment.MachineName;

    /// <summary>
    /// Makes the namespaces and becomes the same program anew: they belong to the calling thread, and only a program
    /// that is started has all of its threads in them. Returns where that has been done already, or is not allowed.
    /// </summary>
    public static void Enter(string program)
    {
        if (Environment.GetEnvironmentVariable(Marker) is not null || !Environment.IsPrivilegedProcess || IsWholeMachine)
            return;
        using var text = new NativeText();
        List<string> variables = [$"{Marker}={(TryMake(text) ? "1" : "0")}"];
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
            variables.Add($"{variable.Key}={variable.Value}");
        // Returns only where it fails; then this process goes on as it is.
        _ = Libc.execve(text.Of(program), text.Of([program]), text.Of(variables));
    }

    /// <summary>Mounts a new file system in memory, in the mom's own namespace of mounts.</summary>
    /// <returns>0 or the error number.</returns>
    public static int MountMemory(string directory)
    {
        using var text = new NativeText();
        return Libc.mount(text.Of("tmpfs"), text.Of(directory), text.Of("tmpfs"), 0, text.Of("mode=0755,size=10%")) == 0 ? 0 : Libc.Errno;
    }

    public static void Unmount(string directory)
    {
        using var text = new NativeText();
        _ = Libc.umount2(text.Of(directory), Detach);
    }

    private static bool TryMake(NativeText text)
    {
        if (Libc.unshare(NewMounts | NewNames) != 0)
            return false;
        var name = Environment.GetEnvironmentVariable(ExecutorEnvironment.Hostname)!;
        _ = Libc.sethostname(text.Of(name), (nuint)Encoding.UTF8.GetByteCount(name));
        return Libc.mount(text.Of("none"), text.Of("/"), null, MountSlave | MountRecursive, null) == 0 &&
            Libc.mount(text.Of("tmpfs"), text.Of(SharedMemory), text.Of("tmpfs"), 0, text.Of("mode=1777")) == 0;
    }
}
