namespace Agora.Torque.Cli.Submit;

/// <summary>
/// Finds the options that a script carries for <c>qsub</c>. The scan ends at the first line that a shell would do
/// something with; what looks like a directive behind it is a comment.
/// </summary>
internal static class DirectiveScan
{
    public const string UsualPrefix = "#PBS";

    /// <param name="prefix">Of <c>-C</c> or <c>PBS_DPREFIX</c>; with an empty one nothing is looked for.</param>
    /// <returns>What follows the prefix, each with its continuation lines, in order.</returns>
    public static IReadOnlyList<string> Find(string script, string prefix)
    {
        List<string> found = [];
        if (prefix.Length == 0)
            return found;
        var lines = script.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i];
            var text = line.AsSpan().TrimStart(" \t");
            if (i == 0 && line.StartsWith("#!", StringComparison.Ordinal))
                continue;
            if (text.StartsWith(prefix, StringComparison.Ordinal))
            {
                var directive = text[prefix.Length..].ToString();
                while (directive.EndsWith('\\') && i + 1 < lines.Length)
                    directive = string.Concat(directive.AsSpan(0, directive.Length - 1), lines[++i]);
                found.Add(directive);
            }
            else if (!text.IsEmpty && text[0] != '#' && line[0] != ':')
            {
                break;
            }
        }
        return found;
    }
}
