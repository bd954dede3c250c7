namespace Agora.Supervisor.Shared;

/// <summary>
/// posix_spawn. The child gets descriptors 0 to 2 as given and no other, provided that every descriptor of the parent
/// is close-on-exec; all signals have their default disposition.
/// </summary>
internal static unsafe class Spawn
{
    /// <summary>At least the size of the C library's opaque structures (336 and 80 bytes in glibc and musl).</summary>
    private const int OpaqueBytes = 512;

    private const short SetProcessGroup = 2, SetSignalDefaults = 4, SetSignalMask = 8;

    /// <summary>Starts a program.</summary>
    /// <param name="directory">The child's working directory; null leaves the parent's.</param>
    /// <param name="ownGroup">The child leads a new process group.</param>
    /// <param name="blocked">Signals blocked in the child.</param>
    /// <returns>0, or the error number of the step that failed, exec included.</returns>
    public static int Start(string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment,
        string? directory, bool ownGroup, ReadOnlySpan<int> blocked, int input, int output, int error, out int pid)
    {
        using var text = new NativeText();
        var actions = stackalloc byte[OpaqueBytes];
        var attributes = stackalloc byte[OpaqueBytes];
        Libc.posix_spawn_file_actions_init(actions);
        Libc.posix_spawnattr_init(attributes);
        try
        {
            Libc.posix_spawn_file_actions_adddup2(actions, input, 0);
            Libc.posix_spawn_file_actions_adddup2(actions, output, 1);
            Libc.posix_spawn_file_actions_adddup2(actions, error, 2);
            if (directory is not null)
                Libc.posix_spawn_file_actions_addchdir_np(actions, text.Of(directory));

            Libc.SignalSet mask, all;
            Libc.sigemptyset(&mask);
            foreach (var signal in blocked)
                Libc.sigaddset(&mask, signal);
            for (var i = 0; i < Libc.SignalSet.Words; i++)
                all.Bits[i] = ulong.MaxValue; // sigfillset leaves out two that glibc would then set to be ignored.
            Libc.posix_spawnattr_setsigmask(attributes, &mask);
            Libc.posix_spawnattr_setsigdefault(attributes, &all);
            var flags = SetSignalDefaults | SetSignalMask | (ownGroup ? SetProcessGroup : 0);
            Libc.posix_spawnattr_setflags(attributes, (short)flags);

            int child;
            var failure = Libc.posix_spawn(&child, text.Of(path), actions, attributes, text.Of(arguments),
                text.Of(environment));
            pid = failure == 0 ? child : 0;
            return failure;
        }
        finally
        {
            Libc.posix_spawn_file_actions_destroy(actions);
            Libc.posix_spawnattr_destroy(attributes);
        }
    }
}
