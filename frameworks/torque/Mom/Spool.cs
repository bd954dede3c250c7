using Agora.Torque.Mom.Launch;

namespace Agora.Torque.Mom;

/// <summary>The mom's directories.</summary>
internal static class Spool
{
    private const UnixFileMode EveryoneEnters = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute |
        UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    /// <summary>The names under which programs look for a way to other nodes.</summary>
    private static readonly string[] ShellNames = ["ssh", "rsh", "pbs_tmrsh"];

    /// <summary>Makes what is missing. Output that a mom before this one has left is kept as undelivered.</summary>
    public static void Prepare(MomNode node)
    {
        var spool = new DirectoryInfo(node.Spool);
        Make(spool);
        foreach (var path in (ReadOnlySpan<string>)[node.Aux, node.Output, node.Undelivered, node.Jobs, node.Shells])
            Make(new DirectoryInfo(path));
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
    }

    /// <summary>Removes all that is empty, which is all of it unless output is kept.</summary>
    public static void Clear(MomNode node)
    {
        try
        {
            foreach (var name in ShellNames)
                File.Delete(Path.Combine(node.Shells, name));
            if (Directory.Exists(node.Scratch))
                Directory.Delete(node.Scratch, recursive: true);
            foreach (var path in (ReadOnlySpan<string>)[node.Aux, node.Output, node.Jobs, node.Shells, node.Undelivered, node.Spool, Path.GetDirectoryName(node.Spool)!])
            {
                if (!Directory.EnumerateFileSystemEntries(path).Any())
                    Directory.Delete(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another mom shares the place above, or it is gone.
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
