using Agora.Torque.Mom.Launch;
using Agora.Torque.Mom.Native;

namespace Agora.Torque.Mom;

/// <summary>
/// The mom's directories. A node that is taken again at once has its next mom before the last one is quite gone: who came
/// last owns them, and only the owner clears them away.
/// </summary>
internal sealed class Spool
{
    private const string OwnerFile = "owner", LockFile = "lock";

    /// <summary>For the moments in which another mom takes or leaves its directories.</summary>
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(5), LockRetry = TimeSpan.FromMilliseconds(5);

    private const UnixFileMode EveryoneEnters = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute |
        UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>The names under which programs look for a way to other nodes.</summary>
    private static readonly string[] ShellNames = ["ssh", "rsh", "pbs_tmrsh"];

    private readonly MomNode _node;
    private readonly string _token = Guid.NewGuid().ToString("N");

    private Spool(MomNode node) => _node = node;

    private string Owner => Path.Combine(_node.Spool, OwnerFile);

    /// <summary>Makes what is missing. Output that a mom before this one has left is kept as undelivered.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static Spool Take(MomNode node)
    {
        var spool = new Spool(node);
        Make(new DirectoryInfo(Path.GetDirectoryName(node.Spool)!));
        using (Lock(node))
            spool.Prepare();
        return spool;
    }

    /// <summary>Removes all that is empty, which is all of it unless output is kept; nothing if the next mom is here.</summary>
    public void Leave()
    {
        try
        {
            using (Lock(_node))
            {
                if (File.Exists(Owner) && File.ReadAllText(Owner) == _token)
                    Clear();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another mom shares the place above, or it is gone.
        }
    }

    private void Prepare()
    {
        var node = _node;
        var spool = new DirectoryInfo(node.Spool);
        Make(spool);
        foreach (var path in (ReadOnlySpan<string>)[node.Aux, node.Output, node.Undelivered, node.Jobs, node.Shells])
            Make(new DirectoryInfo(path));
        if (node.HasOwnMounts)
            PrepareMemory();
        if (!node.IsHostOfItsOwn)
        {
            Make(new DirectoryInfo(node.Scratch));
            File.SetUnixFileMode(node.Scratch, EveryoneEnters | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite | UnixFileMode.StickyBit);
        }
        foreach (var output in Directory.EnumerateFiles(node.Output))
            File.Move(output, Path.Combine(node.Undelivered, Path.GetFileName(output)), overwrite: true);
        foreach (var name in ShellNames)
        {
            var link = Path.Combine(node.Shells, name);
            File.Delete(link);
            File.CreateSymbolicLink(link, node.RemoteShell);
        }
        File.WriteAllText(Owner, _token);
    }

    private void PrepareMemory()
    {
        Make(new DirectoryInfo(_node.Memory));
        if (NodeNamespaces.MountMemory(_node.Memory) is var failure and not 0)
            throw new IOException($"{_node.Memory} cannot be mounted: {Libc.ErrorText(failure)}");
        Make(new DirectoryInfo(Path.Combine(_node.Memory, "aux")));
        Make(new DirectoryInfo(Path.Combine(_node.Memory, "jobs")));
    }

    private void Clear()
    {
        var node = _node;
        File.Delete(Owner);
        foreach (var name in ShellNames)
            File.Delete(Path.Combine(node.Shells, name));
        if (Directory.Exists(node.Scratch))
            Directory.Delete(node.Scratch, recursive: true);
        if (node.HasOwnMounts)
        {
            NodeNamespaces.Unmount(node.Memory);
            Directory.Delete(node.Memory);
        }
        foreach (var path in (ReadOnlySpan<string>)[node.Aux, node.Output, node.Jobs, node.Shells, node.Undelivered, node.Spool])
        {
            if (!Directory.EnumerateFileSystemEntries(path).Any())
                Directory.Delete(path);
        }
    }

    /// <summary>Keeps other moms of this machine from their directories until it is disposed of.</summary>
    private static FileStream Lock(MomNode node)
    {
        // Above what a mom removes, and shared by all of one framework.
        var path = Path.Combine(Path.GetDirectoryName(node.Spool)!, LockFile);
        for (var waited = TimeSpan.Zero; ; waited += LockRetry)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e is not DirectoryNotFoundException && waited < LockPatience)
            {
                Thread.Sleep(LockRetry);
            }
        }
    }

    private static void Make(DirectoryInfo directory)
    {
        if (directory.Exists)
            return;
        if (directory.Parent is { Exists: false } parent)
            Make(parent);
        directory.Create();
        directory.UnixFileMode = EveryoneEnters;
    }
}
