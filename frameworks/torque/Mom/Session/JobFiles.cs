using Agora.Torque.Mom.Life;
using Agora.Torque.Mom.Native;

namespace Agora.Torque.Mom.Session;

/// <summary>
/// The files of one job: made before it starts, its output carried to its place and the rest removed at its end. What is
/// the user's is opened with the user's rights.
/// </summary>
internal sealed unsafe class JobFiles(SessionPlan plan)
{
    private const uint Everyone = 0x1A4, OwnerOnly = 0x180, OwnerRuns = 0x1C0; // 0644, 0600, 0700
    private const int New = Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL;

    /// <summary>Descriptor of the output file; -1 until it is made.</summary>
    public int Output { get; private set; } = -1;

    /// <summary>The same as <see cref="Output"/> where they are one.</summary>
    public int Error { get; private set; } = -1;

    /// <returns>Null, or the status and what went wrong.</returns>
    public (int Status, string Message)? Make()
    {
        using var text = new NativeText();
        Remove();
        if (Libc.mkdir(text.Of(plan.JobDirectory), OwnerRuns) < 0)
            return (ExitStatus.TryAgain, $"cannot make {plan.JobDirectory}: {Libc.ErrorText(Libc.Errno)}");
        if (plan.HasUser)
            _ = Libc.lchown(text.Of(plan.JobDirectory), (uint)plan.UserId, (uint)plan.Groups[0]);
        foreach (var file in plan.Files)
        {
            var failure = file.IsUsers ? AsUser(() => Write(file)) : Write(file);
            if (failure != 0)
                return (ExitStatus.TryAgain, $"cannot write {file.Path}: {Libc.ErrorText(failure)}");
        }
        var output = Open(plan.Output);
        if (output < 0)
            return (ExitStatus.NoOutputFile, $"cannot open {plan.Output.Written} on {plan.Node}: {Libc.ErrorText(-output)}");
        Output = output;
        var error = plan.Error is { } apart ? Open(apart) : output;
        if (error < 0)
            return (ExitStatus.NoOutputFile, $"cannot open {plan.Error!.Written} on {plan.Node}: {Libc.ErrorText(-error)}");
        Error = error;
        return null;
    }

    /// <summary>Carries spooled output to where it belongs; what cannot be is kept, and told.</summary>
    /// <returns>Null if all went well.</returns>
    public string? Deliver()
    {
        List<string> troubles = [];
        if (Output >= 0 && Deliver(plan.Output, Output) is { } first)
            troubles.Add(first);
        if (plan.Error is { } error && Error >= 0 && Deliver(error, Error) is { } second)
            troubles.Add(second);
        return troubles.Count == 0 ? null : string.Join("; ", troubles);
    }

    /// <summary>Removes all but output.</summary>
    public void Remove()
    {
        using var text = new NativeText();
        foreach (var file in plan.Files)
            _ = Libc.unlink(text.Of(file.Path));
        if (Libc.rmdir(text.Of(plan.JobDirectory)) == 0 || Libc.Errno == Libc.ENOENT)
            return;
        // With the user's rights: a directory of his may turn into a link while it is emptied.
        AsUser(() =>
        {
            try
            {
                foreach (var entry in new DirectoryInfo(plan.JobDirectory).EnumerateFileSystemInfos())
                {
                    if (entry is DirectoryInfo directory && entry.LinkTarget is null)
                        directory.Delete(recursive: true);
                    else
                        entry.Delete();
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It stays until the spool is cleared.
            }
            return 0;
        });
        _ = Libc.rmdir(text.Of(plan.JobDirectory));
    }

    private static int Write(PlannedFile file)
    {
        using var text = new NativeText();
        var path = text.Of(file.Path);
        _ = Libc.unlink(path);
        var fd = Libc.open(path, New | Libc.O_CLOEXEC, file.IsProgram ? OwnerRuns : file.IsUsers ? OwnerOnly : Everyone);
        if (fd < 0)
            return Libc.Errno;
        var failure = Descriptors.WriteAll(fd, file.Content);
        _ = Libc.close(fd);
        return failure;
    }

    private int Open(OutputPlan output)
    {
        if (!output.IsSpooled)
            return AsUser(() => Descriptors.Open(output.Written, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_TRUNC | Libc.O_APPEND, output.Mode));
        using var text = new NativeText();
        _ = Libc.unlink(text.Of(output.Written));
        var fd = Descriptors.Open(output.Written, Libc.O_RDWR | Libc.O_CREAT | Libc.O_EXCL | Libc.O_APPEND, OwnerOnly);
        if (fd >= 0 && plan.HasUser)
            _ = Libc.fchown(fd, (uint)plan.UserId, (uint)plan.Groups[0]);
        return fd;
    }

    private string? Deliver(OutputPlan output, int fd)
    {
        if (!output.IsSpooled)
            return null;
        using var text = new NativeText();
        var target = output.Target;
        string? trouble = null;
        _ = AsUser(() =>
        {
            if (target.EndsWith('/') || Directory.Exists(target))
                target = Path.Combine(target, output.Name);
            trouble = Copy(fd, output, target);
            return 0;
        });
        if (trouble is null)
        {
            _ = Libc.unlink(text.Of(output.Written));
            return null;
        }
        var kept = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(output.Written))!, "undelivered", Path.GetFileName(output.Written));
        if (Libc.rename(text.Of(output.Written), text.Of(kept)) < 0)
            kept = output.Written;
        return $"cannot write {output.Host}:{target}: {trouble}; the output is kept on {plan.Node} in {kept}";
    }

    private string? Copy(int from, OutputPlan output, string target)
    {
        var to = Descriptors.Open(target, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_TRUNC, output.Mode);
        if (to < 0)
        {
            return -to == Libc.ENOENT && output.Host != plan.Node
                ? $"there is no such directory on {plan.Node}, which shares no such files with {output.Host}" : Libc.ErrorText(-to);
        }
        const int chunkBytes = 1 << 30;
        long offset = 0;
        nint moved;
        while ((moved = Libc.sendfile(to, from, &offset, chunkBytes)) > 0)
        {
        }
        var failure = moved < 0 ? Libc.Errno : 0;
        if (Libc.close(to) < 0 && failure == 0)
            failure = Libc.Errno;
        return failure == 0 ? null : Libc.ErrorText(failure);
    }

    /// <returns>What the action returns, or an error number negated.</returns>
    private int AsUser(Func<int> action)
    {
        if (!plan.HasUser)
            return action();
        if (Credentials.Become(plan.UserId, [.. plan.Groups]) is var refused and not 0)
            return -refused;
        try
        {
            return action();
        }
        finally
        {
            Credentials.Return();
        }
    }
}
