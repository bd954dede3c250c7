using System.Diagnostics;
using Agora.Tests.Live.Cluster;
using Xunit;

namespace Agora.Tests.Live.Torque;

/// <summary>
/// Whose jobs are run: a user made for the tests where they run as root, as a cluster's agents do, else who runs them.
/// </summary>
public sealed class TestUser : IAsyncLifetime
{
    private const UnixFileMode EveryoneEnters = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute |
        UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    public TestUser() : this(null)
    {
    }

    /// <param name="userId">To have; null takes one that is free.</param>
    internal TestUser(int? userId)
    {
        _userId = userId;
        Directory = System.IO.Directory.CreateTempSubdirectory("agora-torque-").FullName;
        File.SetUnixFileMode(Directory, EveryoneEnters);
    }

    private readonly int? _userId;

    /// <summary>True if jobs run as another user than the mom.</summary>
    public static bool IsAnother => Environment.IsPrivilegedProcess;

    /// <summary>For files; everybody may enter, and the user may write.</summary>
    public string Directory { get; }

    public string Name { get; private set; } = Environment.UserName;

    public string Home { get; private set; } = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    public async ValueTask InitializeAsync()
    {
        if (!IsAnother)
            return;
        Name = $"agora{Guid.NewGuid().ToString("N")[..8]}";
        Home = Path.Combine(Directory, "home");
        await Programs.Until("useradd to be let in", async () => await Programs.Run(Directory, "useradd", [.. _userId is { } id ? ["-u", $"{id}"] : (string[])[], "-m", "-d", Home, "-s", "/bin/bash", Name]),
            e => e.ExitCode == 0, e => e.ToString());
    }

    /// <summary>A new directory of the user's.</summary>
    public string NewDirectory()
    {
        var path = Path.Combine(Directory, Guid.NewGuid().ToString("N")[..8]);
        System.IO.Directory.CreateDirectory(path);
        Own(path);
        return path;
    }

    /// <summary>Makes a file or directory the user's.</summary>
    public void Own(string path)
    {
        if (!IsAnother)
            return;
        using var chown = Process.Start("chown", ["-h", $"{Name}:", path]);
        chown.WaitForExit();
        Assert.Equal(0, chown.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        if (IsAnother)
        {
            await Programs.Until("userdel to be let in", async () => await Programs.Run(Directory, "userdel", Name),
                e => e.ExitCode is 0 or 6, e => e.ToString());
        }
        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
