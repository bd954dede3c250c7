namespace Agora.Daemon.Files;

/// <summary>The path of a request, before anything is looked up.</summary>
internal static class VirtualPath
{
    /// <summary>Checks a path whose percent-encoding has been undone once; a trailing '/' is taken off.</summary>
    /// <returns>Null if it is sound, else what is wrong with it.</returns>
    public static string? Check(string raw, int lengthMax, out string path)
    {
        path = raw.EndsWith('/') ? raw[..^1] : raw;
        if (path.Length > lengthMax)
            return $"the path is longer than {lengthMax} characters";
        if (path.Contains('\0', StringComparison.Ordinal))
            return "the path holds NUL";
        foreach (var part in path.Split('/'))
        {
            if (part is "." or "..")
                return "the path holds '.' or '..'";
            if (part.Length == 0)
                return "the path has an empty part";
            // The server leaves an encoded '/' alone; no file's name can hold one.
            if (part.Contains("%2f", StringComparison.OrdinalIgnoreCase))
                return "the path holds an encoded '/'";
        }
        return null;
    }
}
