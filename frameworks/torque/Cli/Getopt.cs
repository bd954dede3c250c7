namespace Agora.Torque.Cli;

/// <summary>
/// Options as GNU's getopt reads them: letters may be glued together and to their arguments, and operands may stand
/// between them. Its messages are the original's, which scripts know.
/// </summary>
/// <param name="letters">Those that take an argument have a colon behind them.</param>
/// <param name="errors">Null leaves the messages out.</param>
internal sealed class Getopt(string command, string letters, IReadOnlyList<string> arguments, TextWriter? errors)
{
    /// <summary>What stands for an option that there is not, or whose argument is missing.</summary>
    public const char Wrong = '?';

    /// <summary>What stands for a long option; its argument is the rest of the word.</summary>
    public const char Long = '-';

    private readonly List<string> _operands = [];
    private int _word, _letter;

    /// <summary>The words that are no options, in their order. Those behind <c>--</c> are in <see cref="Rest"/>.</summary>
    public IReadOnlyList<string> Operands => _operands;

    /// <summary>Null unless there is a <c>--</c>.</summary>
    public IReadOnlyList<string>? Rest { get; private set; }

    /// <summary>Operands before and behind <c>--</c>.</summary>
    public IReadOnlyList<string> AllOperands => Rest is null ? _operands : [.. _operands, .. Rest];

    /// <summary>False at the end.</summary>
    public bool Next(out char option, out string argument)
    {
        argument = "";
        while (_letter == 0)
        {
            if (_word == arguments.Count)
            {
                option = default;
                return false;
            }
            var word = arguments[_word];
            if (word == "--")
            {
                Rest = [.. arguments.Skip(_word + 1)];
                _word = arguments.Count;
            }
            else if (word.StartsWith("--", StringComparison.Ordinal))
            {
                _word++;
                option = Long;
                argument = word[2..];
                return true;
            }
            else if (word.Length > 1 && word[0] == '-')
            {
                _letter = 1;
            }
            else
            {
                _operands.Add(word);
                _word++;
            }
        }
        option = NextLetter(out argument);
        return true;
    }

    private char NextLetter(out string argument)
    {
        argument = "";
        var word = arguments[_word];
        var letter = word[_letter++];
        var place = letter is ':' or '-' ? -1 : letters.IndexOf(letter);
        var atEnd = _letter == word.Length;
        if (place < 0)
        {
            errors?.WriteLine($"{command}: invalid option -- '{letter}'");
            letter = Wrong;
        }
        else if (place + 1 < letters.Length && letters[place + 1] == ':')
        {
            if (!atEnd)
            {
                argument = word[_letter..];
            }
            else if (_word + 1 < arguments.Count)
            {
                argument = arguments[++_word];
            }
            else
            {
                errors?.WriteLine($"{command}: option requires an argument -- '{letter}'");
                letter = Wrong;
            }
            atEnd = true;
        }
        if (atEnd)
        {
            _word++;
            _letter = 0;
        }
        return letter;
    }
}
