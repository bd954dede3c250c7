using System.Globalization;

namespace Agora.Torque.Cli.Submit;

/// <summary>What the options of <c>qsub</c> and <c>qalter</c> may be given.</summary>
internal static class OptionValues
{
    private const int NameLengthMax = 256, PriorityMin = -1024, PriorityMax = 1023;

    public static bool IsJobName(string text) =>
        text.Length is > 0 and <= NameLengthMax && text.AsSpan().IndexOfAnyInRange('\0', ' ') < 0 && !text.Contains('\x7f');

    public static bool IsAccount(string text) => text.Length > 0;

    public static bool IsJoin(string text) => text is "oe" or "eo" or "n";

    public static bool IsKeep(string text) => text is "o" or "e" or "oe" or "eo" or "n";

    public static bool IsMailPoints(string text) =>
        text is "n" or "p" || text.Length > 0 && text.AsSpan().IndexOfAnyExcept("abef") < 0;

    public static bool IsPriority(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var priority) &&
        priority is >= PriorityMin and <= PriorityMax;

    public static bool IsKillDelay(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds >= 1;

    public static bool IsSeconds(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    /// <summary><c>y</c> or <c>n</c>, as the attribute has it; null for anything else.</summary>
    public static string? Rerunable(string text) => text switch { "y" => "True", "n" => "False", _ => null };

    /// <summary>Types of holds: <c>u o s</c>, or <c>n</c> for none of them.</summary>
    public static bool IsHold(string text) => text == "n" || text.Length > 0 && text.AsSpan().IndexOfAnyExcept("uosp") < 0;

    public static bool IsUmask(string text)
    {
        if (text.Length is 0 or > 4)
            return false;
        return text.AsSpan().IndexOfAnyExceptInRange('0', '7') < 0;
    }

    public static bool IsCheckpoint(string text)
    {
        foreach (var part in text.Split(','))
        {
            var right = part is "none" or "enabled" or "disabled" or "shutdown" or "periodic" or "n" or "s" or "c" or "u" ||
                part.StartsWith("dir=", StringComparison.Ordinal) && part.Length > 4 ||
                part.Split('=') is ["c" or "interval" or "depth", var number] && IsSeconds(number);
            if (!right)
                return false;
        }
        return true;
    }

    /// <summary>Names, each with a host behind <c>@</c> or without, each host once.</summary>
    public static bool IsUserList(string text)
    {
        foreach (var part in text.Split(','))
        {
            var at = part.IndexOf('@');
            if (part.Trim().Length == 0 || at == 0 || at == part.Length - 1 || part.AsSpan().IndexOfAny(" \t") >= 0)
                return false;
        }
        return true;
    }

    /// <summary>Paths of shells, each with a host behind <c>@</c> or without.</summary>
    public static bool IsShellList(string text)
    {
        foreach (var part in text.Split(','))
        {
            if (!part.StartsWith('/') || part.EndsWith('@'))
                return false;
        }
        return true;
    }

    /// <summary>Queue and server of <c>queue</c>, <c>@server</c>, <c>queue@server</c>; null if it is none of them.</summary>
    public static (string? Queue, string? Server)? Destination(string text)
    {
        var at = text.IndexOf('@');
        var (queue, server) = at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);
        if (text.Length == 0 || server is "" || server?.Contains('@') == true || queue.AsSpan().IndexOfAny(" \t,:/") >= 0)
            return null;
        return (queue.Length > 0 ? queue : null, server);
    }

    /// <summary>
    /// Where output goes, as <c>host:/path</c>. A directory that is there gets a slash behind it, so that the usual name
    /// is taken within it.
    /// </summary>
    /// <returns>Null if it is no path.</returns>
    public static string? OutputPath(string text, string host, string directory)
    {
        var colon = text.IndexOf(':');
        var (on, path) = colon < 0 ? (host, text) : (text[..colon], text[(colon + 1)..]);
        if (path.Length == 0 || on.Length == 0 || on.Contains('/') && colon >= 0 || path.Contains('\n'))
            return null;
        // On another host nothing is known of the current directory but its name.
        if (!path.StartsWith('/') && !path.StartsWith("$HOME", StringComparison.Ordinal) && !path.StartsWith("${HOME}", StringComparison.Ordinal))
            path = $"{directory.TrimEnd('/')}/{(path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path)}";
        if (!path.EndsWith('/') && Directory.Exists(path))
            path += "/";
        return $"{on}:{path}";
    }

    /// <summary>Resources of <c>-l</c>: <c>nodes=2:ppn=4,walltime=1:00:00</c>.</summary>
    /// <returns>Null if a name or a value is missing.</returns>
    public static IReadOnlyList<KeyValuePair<string, string>>? Resources(string text)
    {
        List<KeyValuePair<string, string>> resources = [];
        foreach (var part in ShellWords.SplitList(text, ','))
        {
            var equal = part.IndexOf('=');
            if (equal <= 0 || equal == part.Length - 1 || part.AsSpan(0, equal).Trim().IndexOfAny(" \t:") >= 0)
                return null;
            resources.Add(new(part[..equal].Trim(), part[(equal + 1)..].Trim()));
        }
        return resources;
    }

    /// <summary>Variables of <c>-v</c>; those without a value have this process's.</summary>
    /// <returns>Null if a name is missing.</returns>
    public static IReadOnlyList<KeyValuePair<string, string>>? Variables(string text, Func<string, string?> current)
    {
        List<KeyValuePair<string, string>> variables = [];
        foreach (var part in ShellWords.SplitList(text, ','))
        {
            if (part.Length == 0)
                continue;
            var equal = part.IndexOf('=');
            if (equal == 0)
                return null;
            variables.Add(equal < 0 ? new(part, current(part) ?? "") : new(part[..equal].Trim(), part[(equal + 1)..]));
        }
        return variables.Count > 0 ? variables : null;
    }
}
