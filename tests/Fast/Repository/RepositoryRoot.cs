namespace Agora.Tests.Fast.Repository;

/// <summary>The repository's files, as the tests about it read them.</summary>
internal static class RepositoryRoot
{
    private static readonly string[] NotOurs = ["artifacts", "bin", "obj", "lib", ".git", "node_modules"];

    public static readonly string Path = Find();

    private static string Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(System.IO.Path.Combine(directory.FullName, "Agora.slnx")))
            directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException("Agora.slnx is nowhere above the tests");
    }

    public static string Of(string relative) => System.IO.Path.Combine(Path, relative);

    public static string Read(string relative) => File.ReadAllText(Of(relative));

    /// <summary>Paths from the root of all files of ours with the extension.</summary>
    public static IEnumerable<string> Files(string extension) => FilesIn(Path, extension)
        .Select(f => System.IO.Path.GetRelativePath(Path, f)).Order(StringComparer.Ordinal);

    private static IEnumerable<string> FilesIn(string directory, string extension) =>
        Directory.EnumerateFiles(directory, "*" + extension).Concat(Directory.EnumerateDirectories(directory)
            .Where(d => !NotOurs.Contains(System.IO.Path.GetFileName(d))).SelectMany(d => FilesIn(d, extension)));
}
