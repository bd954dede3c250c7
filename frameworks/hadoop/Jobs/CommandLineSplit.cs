using System.Text;

namespace Agora.Hadoop.Jobs;

/// <summary>
/// Splits a streaming command into words as Hadoop does, which is not as a shell does: blanks separate, <c>'…'</c> and
/// <c>"…"</c> group, a quote also ends the word before it, nothing is escaped, and empty words vanish.
/// </summary>
public static class CommandLineSplit
{
    public static IReadOnlyList<string> Words(string command)
    {
        List<string> words = [];
        var word = new StringBuilder();
        char? quote = null;
        foreach (var c in command)
        {
            if (quote is null ? c is not (' ' or '\'' or '"') : c != quote)
            {
                word.Append(c);
                continue;
            }
            if (word.Length > 0)
                words.Add(word.ToString());
            word.Clear();
            quote = quote is not null || c == ' ' ? null : c;
        }
        if (word.Length > 0)
            words.Add(word.ToString());
        return words;
    }
}
