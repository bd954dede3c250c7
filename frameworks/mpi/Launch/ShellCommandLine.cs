using System.Buffers;

namespace Agora.Mpi.Launch;

/// <summary>A call of <c>ssh</c> or <c>rsh</c>: <c>[-OPTION…] [USER@]HOST [-OPTION…] [COMMAND…]</c>.</summary>
/// <param name="Host">Without the user; a job has one.</param>
/// <param name="Words">The command, for the shell there; empty asks for a shell.</param>
/// <param name="HasNoInput"><c>-n</c>.</param>
internal sealed record ShellCommandLine(string Host, IReadOnlyList<string> Words, bool HasNoInput)
{
    /// <summary>Options of <c>ssh</c>'s that are followed by a value.</summary>
    private static readonly SearchValues<char> WithValue = SearchValues.Create("BbcDEeFIiJLlmOopQRSWw");

    /// <summary>Null if there is no host.</summary>
    public static ShellCommandLine? Parse(IReadOnlyList<string> arguments)
    {
        string? host = null;
        var hasNoInput = false;
        var at = 0;
        for (; at < arguments.Count; at++)
        {
            var word = arguments[at];
            if (word == "--")
            {
                if (host is null)
                    continue;
                at++;
                break;
            }
            if (word is ['-', _, ..])
            {
                var letter = word.AsSpan(1).IndexOfAny(WithValue);
                hasNoInput |= (letter < 0 ? word : word[..(letter + 1)]).Contains('n', StringComparison.Ordinal);
                // The value is the rest of the word, or else the next one.
                if (letter >= 0 && letter + 2 == word.Length)
                    at++;
            }
            else if (host is null)
            {
                host = word[(word.IndexOf('@', StringComparison.Ordinal) + 1)..];
            }
            else
            {
                break;
            }
        }
        return host is null ? null : new ShellCommandLine(host, [.. arguments.Skip(at)], hasNoInput);
    }
}
