using System.Text;

namespace Agora.Torque.Cli.Submit;

/// <summary>Words and quotes as a shell has them, without its variables.</summary>
internal static class ShellWords
{
    /// <summary>Words of a line. A quote that is not closed reaches to the end.</summary>
    public static IReadOnlyList<string> Split(string line)
    {
        List<string> words = [];
        var word = new StringBuilder();
        var (isWord, quote) = (false, '\0');
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (quote != 0 ? c == quote : c is '"' or '\'')
            {
                (isWord, quote) = (true, quote == 0 ? c : '\0');
            }
            else if (c == '\\' && quote != '\'' && i + 1 < line.Length && (quote == 0 || line[i + 1] is '"' or '\\'))
            {
                word.Append(line[++i]);
                isWord = true;
            }
            else if (quote == 0 && (c is ' ' or '\t'))
            {
                if (isWord)
                    words.Add(word.ToString());
                word.Clear();
                isWord = false;
            }
            else
            {
                word.Append(c);
                isWord = true;
            }
        }
        if (isWord)
            words.Add(word.ToString());
        return words;
    }

    /// <summary>One word that a shell reads as the text.</summary>
    public static string Quote(string text) => $"'{text.Replace("'", "'\\''")}'";

    /// <summary>
    /// Splits at a separator outside of quotes. A backslash keeps the separator behind it and goes; quotes around a whole
    /// part, or around all of the value in <c>NAME="value"</c>, go too.
    /// </summary>
    public static IReadOnlyList<string> SplitList(string text, char separator)
    {
        List<string> parts = [];
        var part = new StringBuilder();
        var quote = '\0';
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\\' && i + 1 < text.Length && text[i + 1] == separator)
            {
                part.Append(text[++i]);
                continue;
            }
            if (quote != 0 ? c == quote : c is '"' or '\'')
                quote = quote == 0 ? c : '\0';
            if (quote == 0 && c == separator)
            {
                parts.Add(Unquote(part.ToString()));
                part.Clear();
            }
            else
            {
                part.Append(c);
            }
        }
        parts.Add(Unquote(part.ToString()));
        return parts;
    }

    private static string Unquote(string part)
    {
        var equal = part.IndexOf('=');
        var from = part.Length > 0 && part[0] is '"' or '\'' ? 0 : equal + 1;
        if (part.Length - from < 2 || part[from] is not ('"' or '\'') || part.IndexOf(part[from], from + 1) != part.Length - 1)
            return part;
        return string.Concat(part.AsSpan(0, from), part.AsSpan(from + 1, part.Length - from - 2));
    }
}
