using System.Text.RegularExpressions;

namespace Agora.Tests.Live.Documents;

/// <summary>
/// A document as what its reader does: the commands of its <c>console</c> blocks, and files, which are blocks with a name behind their
/// language, as <c>```python map.py</c>.
/// </summary>
internal static partial class Guide
{
    private const string Prompt = "$ ", Fence = "```", Console = "console", FileEnd = "END-OF-FILE";

    public static IReadOnlyList<Step> Read(string text)
    {
        var steps = new List<Step>();
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith(Fence, StringComparison.Ordinal))
                continue;
            var (words, begin) = (lines[i][Fence.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries), i + 1);
            for (i = begin; i < lines.Length && !lines[i].StartsWith(Fence, StringComparison.Ordinal); i++)
            {
            }
            if (words is [Console])
                ReadCommands(lines.AsSpan(begin..i), begin + 1, steps);
            else if (words is [_, var file])
                steps.Add(new Step(begin, $"cat >'{file}' <<'{FileEnd}'\n{string.Join('\n', lines[begin..i])}\n{FileEnd}", []));
        }
        return steps;
    }

    private static void ReadCommands(ReadOnlySpan<string> lines, int first, List<Step> steps)
    {
        for (var i = 0; i < lines.Length;)
        {
            if (!lines[i].StartsWith(Prompt, StringComparison.Ordinal))
                throw new FormatException($"line {first + i} of the document is neither a command nor a command's output");
            var (line, command) = (first + i, new List<string> { lines[i++][Prompt.Length..] });
            while (i < lines.Length && GoesOn(command))
                command.Add(lines[i++]);
            var shown = new List<string>();
            while (i < lines.Length && !lines[i].StartsWith(Prompt, StringComparison.Ordinal))
                shown.Add(lines[i++]);
            steps.Add(new Step(line, string.Join('\n', command), shown));
        }
    }

    /// <summary>After a backslash at its end, and until the end of a here-document.</summary>
    private static bool GoesOn(List<string> command) => command[^1].EndsWith('\\')
        || HereDocument().Match(command[0]) is { Success: true } here && (command.Count == 1 || command[^1] != here.Groups[1].Value);

    [GeneratedRegex(@"<<-?'?(\w+)'?")]
    private static partial Regex HereDocument();
}
