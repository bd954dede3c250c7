namespace Agora.Hadoop.Jobs;

/// <summary>A file to ship: a local one to be uploaded, or one in a store, and what it is called in the tasks.</summary>
/// <param name="Unpack">It is an archive, and a directory of that name holds what is in it.</param>
public sealed record FileToShip(string Path, string Name, bool InStore, bool Unpack = false)
{
    private const string LocalScheme = "file://";

    /// <summary>The files of a comma list, each with <c>#name</c> if it is to be called otherwise.</summary>
    public static IEnumerable<FileToShip> List(string list, bool unpack)
    {
        foreach (var item in list.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var hash = item.IndexOf('#', StringComparison.Ordinal);
            var path = hash < 0 ? item : item[..hash];
            var name = hash < 0 ? System.IO.Path.GetFileName(path) : item[(hash + 1)..];
            var local = path.StartsWith(LocalScheme, StringComparison.Ordinal);
            yield return new FileToShip(local ? path[LocalScheme.Length..] : path, name,
                !local && path.Contains("://", StringComparison.Ordinal), unpack);
        }
    }
}
