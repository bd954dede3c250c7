using Agora.Supervisor.Shared;

namespace Agora.Daemon.Containers;

/// <summary>The directories of a container.</summary>
internal static class Sandbox
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OthersRead = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupExecute |
        UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <exception cref="LaunchException">A sandbox that is to be given away must be new: it could hold links of its
    /// former owner.</exception>
    public static void Create(ContainerSpec spec, UserAccount? user)
    {
        if (user is not null && Path.Exists(spec.SandboxDirectory))
            throw new LaunchException($"the sandbox {spec.SandboxDirectory} is there already; an agent that " +
                "switches users makes each one anew");
        try
        {
            Directory.CreateDirectory(spec.SandboxDirectory, OthersRead);
        }
        catch (DirectoryNotFoundException)
        {
            // An empty directory above it was just being removed.
            Directory.CreateDirectory(spec.SandboxDirectory, OthersRead);
        }
        Directory.CreateDirectory(Path.Combine(spec.SandboxDirectory, ContainerEnvironment.TemporaryDirectory),
            OwnerOnly);
        Directory.CreateDirectory(spec.MetaDirectory, OwnerOnly);
    }

    /// <summary>
    /// What a container with mounts of its own has for /tmp. All its users may write there, and nobody outside gets there through
    /// the meta directory.
    /// </summary>
    /// <returns>Its path.</returns>
    public static string CreateTemporary(ContainerSpec spec)
    {
        var path = Directory.CreateDirectory(Path.Combine(spec.MetaDirectory, ContainerFiles.Temporary)).FullName;
        File.SetUnixFileMode(path, OthersRead | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite | UnixFileMode.StickyBit);
        return path;
    }

    /// <summary>Gives the sandbox with all that was fetched into it to a user. Links are left alone.</summary>
    /// <exception cref="LaunchException">Only root may give files away.</exception>
    public static void GiveTo(string sandbox, UserAccount user)
    {
        var all = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
        };
        Give(sandbox, user);
        foreach (var path in Directory.EnumerateFileSystemEntries(sandbox, "*", all))
            Give(path, user);
    }

    private static unsafe void Give(string path, UserAccount user)
    {
        using var text = new NativeText();
        if (Libc.lchown(text.Of(path), (uint)user.UserId, (uint)user.PrimaryGroup) < 0)
            throw new LaunchException($"cannot give {path} to user '{user.Name}': {Libc.ErrorText(Libc.Errno)}; " +
                "an agent that switches users runs as root");
    }
}
