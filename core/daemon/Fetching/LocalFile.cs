using Agora.Daemon.Containers;
using Agora.Supervisor.Shared;
using Microsoft.Win32.SafeHandles;

namespace Agora.Daemon.Fetching;

/// <summary>
/// Opens a file of this machine with a user's rights: an agent that runs as root must not fetch for a user what the
/// user could not read.
/// </summary>
internal static class LocalFile
{
    /// <param name="user">Null for the agent's own rights.</param>
    /// <exception cref="FetchException">There is no such file, or the user may not read it.</exception>
    public static SafeFileHandle Open(string path, UserAccount? user)
    {
        var (fd, errno) = user is null ? Open(path) : OpenAs(path, user);
        if (fd >= 0)
            return new SafeFileHandle(fd, ownsHandle: true);
        var reader = user is null ? "the agent's user" : $"user '{user.Name}'";
        throw new FetchException(
            $"cannot fetch {path}: {Libc.ErrorText(errno)}; the file must be on the agent and readable by {reader}");
    }

    /// <summary>Linux keeps identities by thread, so a thread is spent on it and ends with the identity.</summary>
    private static (int Fd, int Errno) OpenAs(string path, UserAccount user)
    {
        var result = (Fd: -1, Errno: 0);
        var thread = new Thread(() =>
        {
            var refused = Credentials.Become(user.UserId, user.Groups);
            result = refused == 0 ? Open(path) : (-1, refused);
            Credentials.Return();
        });
        thread.Start();
        thread.Join();
        return result;
    }

    private static unsafe (int Fd, int Errno) Open(string path)
    {
        using var text = new NativeText();
        var fd = Libc.openat(Libc.AT_FDCWD, text.Of(path), Libc.O_RDONLY | Libc.O_NONBLOCK | Libc.O_CLOEXEC, 0);
        return (fd, fd < 0 ? Libc.Errno : 0);
    }
}
