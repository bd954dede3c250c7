using Agora.Web.Reports;
using Microsoft.Win32.SafeHandles;

namespace Agora.Daemon.Files;

/// <summary>The directory of <c>agora master --reports</c>; it may come to be while the master runs.</summary>
internal sealed class ReportFiles(string place) : IReportFiles
{
    /// <summary>Of a path within, and of the entries of one directory.</summary>
    private const int PathLengthMax = 1_024, EntriesMax = 1_000;

    public string Place { get; } = Path.GetFullPath(place);

    public IReadOnlyList<ReportFile> List(string path)
    {
        using var directory = TryOpen(path);
        if (directory is null || RootedDirectory.Facts(directory).Kind != FileKind.Directory)
            return [];
        List<ReportFile> found = [];
        // Through the open descriptor, so that it is surely the directory that was checked.
        foreach (var entry in Directory.EnumerateFileSystemEntries($"/proc/self/fd/{directory.DangerousGetHandle()}", "*", new EnumerationOptions { AttributesToSkip = 0 }).Take(EntriesMax))
        {
            var name = Path.GetFileName(entry);
            if (RootedDirectory.Facts(directory, name) is { Kind: not FileKind.Other } facts)
                found.Add(new ReportFile(name, facts.Kind == FileKind.Directory, facts.Kind == FileKind.Directory ? 0 : facts.Length, facts.Modified));
        }
        return found;
    }

    public Stream? Open(string path)
    {
        var file = TryOpen(path);
        if (file is null)
            return null;
        if (RootedDirectory.Facts(file).Kind == FileKind.File)
            return new FileStream(file, FileAccess.Read);
        file.Dispose();
        return null;
    }

    private SafeFileHandle? TryOpen(string path)
    {
        if (path.Length > 0 && VirtualPath.Check(path, PathLengthMax, out path) is not null)
            return null;
        try
        {
            using var root = new RootedDirectory(Place);
            return root.TryOpen(path.Length == 0 ? "." : path, out _);
        }
        catch (IOException)
        {
            return null; // Nothing has been written there yet.
        }
    }
}
