using System.Text.RegularExpressions;

namespace Agora.Tests.Live.Documents;

/// <summary>
/// Whether a document shows what comes. A word with a digit in it stands for any word with a digit in it, blanks for any number of
/// blanks, and '…' for anything: for words of a line, or for whole lines.
/// </summary>
internal static partial class ShownOutput
{
    private const string Any = "…";

    public static bool IsThatOf(IReadOnlyList<string> shown, string output)
    {
        if (shown.Count == 0)
            return true;
        // A line of '…' alone takes its own end along, so that it may also stand for no line.
        var pattern = string.Concat(shown.Select(l => l.Trim() == Any ? @"(?:[^\n]*\n)*" : LineOf(l) + @"[ \t]*\n"));
        return Regex.IsMatch(output.EndsWith('\n') ? output : output + "\n", @"\A" + pattern + @"\z", RegexOptions.None, TimeSpan.FromSeconds(5));
    }

    private static string LineOf(string line) => @"[ \t]*" + string.Join(@"[ \t]+", line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(WordOf));

    private static string WordOf(string word) => Digit().IsMatch(word) ? @"\S*\d\S*"
        : string.Join(@"[^\n]*", word.Split(Any).Select(Regex.Escape));

    [GeneratedRegex(@"\d")]
    private static partial Regex Digit();
}
