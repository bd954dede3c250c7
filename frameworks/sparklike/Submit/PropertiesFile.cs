namespace Agora.Spark.Submit;

/// <summary>
/// A file of defaults such as <c>spark-defaults.conf</c>: a line a property, key and value apart by blanks, '=' or ':';
/// lines that begin with '#' or '!' are comments.
/// </summary>
internal static class PropertiesFile
{
    /// <exception cref="SubmitException">The file cannot be read.</exception>
    public static Dictionary<string, string> Read(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SubmitException($"the properties file {path} cannot be read: {e.Message}");
        }
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in lines.Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] is not ('#' or '!')))
        {
            var end = line.AsSpan().IndexOfAny(" \t=:");
            var key = end < 0 ? line : line[..end];
            var value = end < 0 ? "" : line[end..].TrimStart();
            properties[key] = value.StartsWith('=') || value.StartsWith(':') ? value[1..].Trim() : value;
        }
        return properties;
    }
}
