namespace Agora.Torque.Cli.Spread;

/// <summary>Where <c>pbsdsh</c> is to run what.</summary>
internal sealed class PbsdshOptions
{
    private const string Letters = "c:eEh:n:osuv-:", Usage = """
        usage: pbsdsh [-c copies] [-s] [-u] [-v] [-o] [-E | -e] program [args]
               pbsdsh [-n slot,...] [-o] [-v] program [args]
               pbsdsh [-h host] [-o] [-v] program [args]
        """;

    /// <summary>Number of copies; null for one on each slot.</summary>
    public int? Copies { get; private set; }

    /// <summary>Numbers of slots; null for all.</summary>
    public IReadOnlyList<int>? Slots { get; private set; }

    /// <summary>Only there; null for everywhere.</summary>
    public string? Host { get; private set; }

    public bool OncePerHost { get; private set; }

    public bool OneByOne { get; private set; }

    public bool IsVerbose { get; private set; }

    public IReadOnlyList<string> Program { get; private set; } = [];

    /// <exception cref="CommandFailure">They cannot be understood.</exception>
    public static PbsdshOptions Read(IReadOnlyList<string> arguments, TextWriter errors)
    {
        var options = new PbsdshOptions();
        // The program's own options are its own: what follows its name is not looked at.
        var end = ProgramAt(arguments);
        var getopt = new Getopt("pbsdsh", Letters, [.. arguments.Take(end)], errors);
        while (getopt.Next(out var option, out var argument))
            options.Take(option, argument);
        options.Program = [.. arguments.Skip(end < arguments.Count && arguments[end] == "--" ? end + 1 : end)];
        return options.Program.Count > 0 ? options : throw new CommandFailure(2, Usage);
    }

    private static int ProgramAt(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var word = arguments[i];
            if (word == "--" || !word.StartsWith('-'))
                return i;
            // The argument of the last letter is the next word.
            if (!word.StartsWith("--", StringComparison.Ordinal) && word.AsSpan(1).IndexOfAny("chn") == word.Length - 2)
                i++;
        }
        return arguments.Count;
    }

    private void Take(char option, string argument)
    {
        switch (option)
        {
            case 'c': Copies = int.TryParse(argument, out var copies) && copies > 0 ? copies : throw Illegal(option); break;
            case 'n':
                List<int> slots = [];
                foreach (var part in argument.Split(','))
                    slots.Add(int.TryParse(part, out var slot) && slot >= 0 ? slot : throw Illegal(option));
                Slots = slots;
                break;
            case 'h': Host = argument; break;
            case 'u': OncePerHost = true; break;
            case 's': OneByOne = true; break;
            case 'v': IsVerbose = true; break;
            // Output comes here and the environment goes there in any case.
            case 'o' or 'e' or 'E': break;
            default: throw new CommandFailure(2, Usage);
        }
    }

    private static CommandFailure Illegal(char option) => new(2, $"pbsdsh: illegal -{option} value\n{Usage}");
}
