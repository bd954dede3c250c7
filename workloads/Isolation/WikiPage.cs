using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Agora.Workloads.Isolation;

/// <summary>Articles in a wiki's markup, made up from a number, and the pages that are made of them.</summary>
internal static partial class WikiPage
{
    /// <summary>How many articles there are; they are numbered from 0.</summary>
    public const int Count = 8;

    private const int Sections = 40, LinesOfSection = 6, WordsOfLine = 40, Vocabulary = 3_000;

    private static readonly string[] Syllables = ["ba", "con", "de", "fir", "gen", "hal", "in", "lo", "mar", "nu", "or", "pre", "ri", "sta", "ter", "un", "ve", "wi"];

    private static readonly string[] Words = MakeWords();

    /// <summary>What its authors wrote.</summary>
    public static string Article(int number)
    {
        var random = new Random(number);
        string Word() => Words[random.Next(Words.Length)];
        var text = new StringBuilder();
        for (var section = 0; section < Sections; section++)
        {
            text.Append($"== {Word()} {Word()} ==\n");
            for (var line = 0; line < LinesOfSection; line++)
            {
                if (line % 3 == 2)
                    text.Append("* ");
                for (var word = 0; word < WordsOfLine; word++)
                    text.Append(random.Next(12) switch
                    {
                        0 => $"'''{Word()}''' ",
                        1 => $"''{Word()}'' ",
                        2 => $"[[{Word()}|{Word()} & {Word()}]] ",
                        _ => Word() + " ",
                    });
                text.Append('\n');
            }
        }
        return text.ToString();
    }

    /// <summary>What readers see.</summary>
    public static string Html(string article)
    {
        var (body, contents) = (new StringBuilder(), new StringBuilder());
        foreach (var line in article.Split('\n'))
        {
            if (line.StartsWith("== ", StringComparison.Ordinal))
            {
                var title = WebUtility.HtmlEncode(line[3..^3]);
                contents.Append($"<li><a href=\"#{title}\">{title}</a></li>\n");
                body.Append($"<h2 id=\"{title}\">{title}</h2>\n");
            }
            else if (line.StartsWith("* ", StringComparison.Ordinal))
            {
                body.Append($"<ul><li>{Inline(line[2..])}</li></ul>\n");
            }
            else
            {
                body.Append($"<p>{Inline(line)}</p>\n");
            }
        }
        return $"<!DOCTYPE html>\n<html><body>\n<ol>\n{contents}</ol>\n{body}</body></html>\n";
    }

    private static string Inline(string text)
    {
        // Encoded, an apostrophe is &#39;.
        var html = Bold().Replace(WebUtility.HtmlEncode(text), "<b>$1</b>");
        return Link().Replace(Italic().Replace(html, "<i>$1</i>"), "<a href=\"/wiki/$1\">$2</a>");
    }

    private static string[] MakeWords()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, Vocabulary).Select(_ =>
            string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => Syllables[random.Next(Syllables.Length)])))];
    }

    [GeneratedRegex("(?:&#39;){3}(.*?)(?:&#39;){3}")]
    private static partial Regex Bold();

    [GeneratedRegex("(?:&#39;){2}(.*?)(?:&#39;){2}")]
    private static partial Regex Italic();

    [GeneratedRegex(@"\[\[([^|\]]*)\|([^\]]*)\]\]")]
    private static partial Regex Link();
}
