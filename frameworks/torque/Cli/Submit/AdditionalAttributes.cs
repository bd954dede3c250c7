using System.Text.RegularExpressions;

namespace Agora.Torque.Cli.Submit;

/// <summary>Reads what <c>-W</c> is given: <c>depend=afterok:1:2,umask=022</c>.</summary>
internal static partial class AdditionalAttributes
{
    private static readonly string[] OfJobs =
    [
        "after", "afterok", "afternotok", "afterany", "before", "beforeok", "beforenotok", "beforeany",
        "afterstartarray", "afterokarray", "afternotokarray", "afteranyarray",
        "beforestartarray", "beforeokarray", "beforenotokarray", "beforeanyarray", "syncwith",
    ];

    private static readonly string[] OfCounts = ["on", "synccount"];

    [GeneratedRegex(@"^\d+(\[\d*\])?(\[\d+\])?(\.[A-Za-z0-9._-]+)?(@[A-Za-z0-9._:-]+)?$")]
    private static partial Regex Job();

    /// <summary>Pairs of name and value; a comma within a value is one that no new name follows.</summary>
    /// <returns>Null if it cannot be read.</returns>
    public static IReadOnlyList<KeyValuePair<string, string>>? Split(string text)
    {
        List<KeyValuePair<string, string>> pairs = [];
        foreach (var part in ShellWords.SplitList(text, ','))
        {
            var equal = part.IndexOf('=');
            // What the site's scheduler gets has its own commas and equal signs.
            if (pairs is [.., { Key: "x" } own])
                pairs[^1] = new("x", $"{own.Value},{part}");
            else if (equal > 0 && part.AsSpan(0, equal).IndexOfAny(':', '@') < 0)
                pairs.Add(new(part[..equal].Trim(), part[(equal + 1)..]));
            else if (equal == 0 || part.Length == 0)
                return null;
            else if (pairs.Count > 0)
                pairs[^1] = new(pairs[^1].Key, $"{pairs[^1].Value},{part}");
            else
                pairs.Add(new("x", part));
        }
        return pairs.Exists(p => p.Value.Length == 0) ? null : pairs;
    }

    /// <summary>The first dependency that there cannot be; null if all can.</summary>
    public static string? WrongDependency(string text)
    {
        foreach (var item in text.Split(','))
        {
            var words = item.Split(':');
            var right = words.Length > 1 &&
                (Array.IndexOf(OfCounts, words[0]) >= 0 && words.Length == 2 && int.TryParse(words[1], out var count) && count > 0 ||
                 Array.IndexOf(OfJobs, words[0]) >= 0 && IsJobList(words));
            if (!right)
                return item;
        }
        return null;
    }

    private static bool IsJobList(string[] words)
    {
        for (var i = 1; i < words.Length; i++)
        {
            if (!Job().IsMatch(words[i]))
                return false;
        }
        return true;
    }
}
