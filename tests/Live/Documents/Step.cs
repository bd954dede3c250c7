using System.Globalization;
using System.Text.RegularExpressions;

namespace Agora.Tests.Live.Documents;

/// <summary>Something that a document has its reader do: give a command, or write a file.</summary>
/// <param name="Line">Where it begins in the document, from 1.</param>
/// <param name="Command">As it stands there, without the prompt; several lines where it goes on.</param>
/// <param name="Shown">What the document shows of its output; none where it shows nothing.</param>
internal sealed partial record Step(int Line, string Command, IReadOnlyList<string> Shown)
{
    /// <summary>0, unless the command's comment begins with <c># exit code N</c>.</summary>
    public int ExitCode { get; } = Code().Match(Command) is { Success: true } code ? int.Parse(code.Groups[1].Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(@"# exit code (\d+)[^\n]*\z")]
    private static partial Regex Code();
}
