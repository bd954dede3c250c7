namespace Agora.Security;

/// <summary>Files of lines of words: comments begin with '#', spaces and tabs divide words.</summary>
internal static class TextLines
{
    private static readonly char[] Spaces = [' ', '\t', '\r'];

    /// <summary>The words of each line that has any, with its number from 1 on.</summary>
    public static IEnumerable<(int Number, string[] Words)> Of(string text)
    {
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            var words = line.Split(Spaces, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 0 && words[0][0] != '#')
                yield return (number, words);
        }
    }
}
