using System.Text;
using System.Text.RegularExpressions;

namespace Agora.Storage;

/// <summary>Hadoop's path patterns: <c>* ? [abc] [a-z] [^a] {a,b}</c> and <c>\</c> before any of them.</summary>
public static class PathPattern
{
    public static bool HasWildcard(string path) => path.AsSpan().IndexOfAny("*?[{") >= 0;

    /// <summary>
    /// What matches, sorted by path. A pattern without wildcards that names nothing, or one without hits, gives an
    /// empty list.
    /// </summary>
    public static async Task<IReadOnlyList<FileStatus>> ExpandAsync(
        IFileSystem store, string pattern, CancellationToken stop = default)
    {
        var found = new SortedDictionary<string, FileStatus>(StringComparer.Ordinal);
        foreach (var path in Alternatives(pattern))
            foreach (var status in await ExpandOneAsync(store, path, stop))
                found[status.Path] = status;
        return [.. found.Values];
    }

    private static async Task<List<FileStatus>> ExpandOneAsync(
        IFileSystem store, string pattern, CancellationToken stop)
    {
        if (!HasWildcard(pattern))
            return await store.StatAsync(Unescape(pattern), stop) is { } one ? [one] : [];
        List<string> directories = [StoragePath.Root];
        List<FileStatus> matches = [];
        var parts = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < parts.Length; i++)
        {
            matches = [];
            foreach (var directory in directories)
                matches.AddRange(await MatchesAsync(store, directory, parts[i], stop));
            directories = [.. matches.Where(m => m.IsDirectory).Select(m => m.Path)];
        }
        return matches;
    }

    private static async Task<IEnumerable<FileStatus>> MatchesAsync(
        IFileSystem store, string directory, string part, CancellationToken stop)
    {
        if (!HasWildcard(part))
        {
            var status = await store.StatAsync(StoragePath.Join(directory, Unescape(part)), stop);
            return status is null ? [] : [status];
        }
        var regex = new Regex(ToRegex(part), RegexOptions.CultureInvariant | RegexOptions.Singleline);
        return (await store.ListAsync(directory, stop)).Where(s => regex.IsMatch(s.Name));
    }

    /// <summary>Whether one name fits a pattern, which may hold <c>{a,b}</c>.</summary>
    public static bool Matches(string pattern, string name, bool ignoreCase = false) =>
        Alternatives(pattern).Any(p => Regex.IsMatch(name, ToRegex(p), RegexOptions.CultureInvariant |
            RegexOptions.Singleline | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None)));

    /// <summary>Writes out <c>{a,b}</c>, which may hold slashes and other braces.</summary>
    public static IReadOnlyList<string> Alternatives(string pattern)
    {
        var open = pattern.IndexOf('{', StringComparison.Ordinal);
        if (open < 0)
            return [pattern];
        var depth = 0;
        var start = open + 1;
        List<string> choices = [];
        for (var i = open; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '\\': i++; break;
                case '{': depth++; break;
                case ',' when depth == 1:
                    choices.Add(pattern[start..i]);
                    start = i + 1;
                    break;
                case '}' when --depth == 0:
                    choices.Add(pattern[start..i]);
                    return [.. choices.SelectMany(c => Alternatives(pattern[..open] + c + pattern[(i + 1)..]))];
            }
        }
        return [pattern];
    }

    private static string ToRegex(string part)
    {
        var regex = new StringBuilder("^");
        for (var i = 0; i < part.Length; i++)
        {
            switch (part[i])
            {
                case '*': regex.Append(".*"); break;
                case '?': regex.Append('.'); break;
                case '[' when part.IndexOf(']', i + 1) is var close and > 0:
                    var set = part[(i + 1)..close].Replace("\\", "\\\\", StringComparison.Ordinal);
                    regex.Append('[').Append(set.StartsWith('!') ? "^" + set[1..] : set).Append(']');
                    i = close;
                    break;
                case '\\' when i + 1 < part.Length: regex.Append(Regex.Escape(part[++i].ToString())); break;
                default: regex.Append(Regex.Escape(part[i].ToString())); break;
            }
        }
        return regex.Append('$').ToString();
    }

    private static string Unescape(string path) => Regex.Replace(path, @"\\(.)", "$1");
}
