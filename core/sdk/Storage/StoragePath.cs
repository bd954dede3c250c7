namespace Agora.Storage;

/// <summary>Slash-separated absolute paths, as stores use them.</summary>
public static class StoragePath
{
    public const string Root = "/";

    public static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>Null for the root.</summary>
    public static string? ParentOf(string path) =>
        path == Root ? null : path.LastIndexOf('/') is var slash and > 0 ? path[..slash] : Root;

    public static string Join(string directory, string name) =>
        directory == Root ? Root + name : $"{directory}/{name}";

    /// <summary>Makes a path absolute against a directory and takes out <c>.</c>, <c>..</c> and doubled slashes.</summary>
    public static string Resolve(string directory, string path)
    {
        var parts = new List<string>();
        var whole = path.StartsWith('/') ? path : $"{directory}/{path}";
        foreach (var part in whole.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                if (parts.Count > 0)
                    parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }
        return Root + string.Join('/', parts);
    }
}
