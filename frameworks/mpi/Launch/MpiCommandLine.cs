using System.Globalization;
using Agora.Mpi.Scheduling;

namespace Agora.Mpi.Launch;

/// <summary>
/// Takes <c>mpiexec</c>'s command line apart: what is Agora's own, what is the library's, and the programs. Whatever
/// Agora does not know is the library's.
/// </summary>
internal sealed class MpiCommandLine
{
    private readonly Queue<string> _words;
    private MpiOptions _options = new([]);

    /// <summary>The last program ended with a colon.</summary>
    private bool _more;

    private MpiCommandLine(IEnumerable<string> words) => _words = new Queue<string>(words);

    /// <exception cref="MpiFailure">It cannot be understood.</exception>
    public static MpiOptions Parse(IReadOnlyList<string> words)
    {
        var reader = new MpiCommandLine(words);
        List<MpiProgram> programs = [];
        do
            programs.Add(reader.Program());
        while (reader._more);
        var options = reader._options with { Programs = programs };
        if (options.Slots < options.Ranks)
            throw Wrong($"--slots {options.Slots}", $"{options.Ranks} ranks need at least as many");
        return options;
    }

    private MpiProgram Program()
    {
        List<string> own = [];
        int? ranks = null;
        while (_words.TryPeek(out var word) && word.StartsWith('-') && word.Length > 1)
        {
            _words.Dequeue();
            var name = word.TrimStart('-');
            string? joined = null;
            // Open MPI takes both forms; Hydra knows the one with a blank only, and has no '=' in its names.
            if (word.StartsWith("--", StringComparison.Ordinal) && name.IndexOf('=', StringComparison.Ordinal) is var at and > 0)
                (name, joined) = (name[..at], name[(at + 1)..]);
            if (name is "n" or "np" or "c")
                ranks = Count(word, Value(word, joined), least: 1);
            else if (!TakeOwn(name, word, joined, own))
                Keep(name, word, own);
        }
        List<string> command = [];
        _more = false;
        while (!_more && _words.TryDequeue(out var word))
        {
            if (word == ":")
                _more = true;
            else
                command.Add(word);
        }
        return command.Count > 0 ? new MpiProgram(own, ranks, command) : throw new MpiFailure(
            "no program is named", "what was given are options alone", "write it behind them, as in 'mpiexec -n 4 ./a.out'");
    }

    private void Keep(string name, string word, List<string> own)
    {
        if (LibraryOptions.NamesProgramsElsewhere(name))
            throw Wrong(word, "programs in a file are not read here; write them on the command line, with ':' between them");
        own.Add(word);
        if (word.Contains('=', StringComparison.Ordinal))
            return;
        for (var i = LibraryOptions.ValuesOf(name); i > 0; i--)
            own.Add(Value(word, null));
    }

    private bool TakeOwn(string name, string word, string? joined, List<string> library)
    {
        switch (name)
        {
            case "mpi":
                _options = _options with { Library = Flavour(word, Value(word, joined)) };
                return true;
            case "cpus-per-rank":
                _options = _options with { CpusPerRank = Amount(word, Value(word, joined)) };
                return true;
            case "mem-per-rank":
                _options = _options with { MemPerRank = Mebibytes(word, Value(word, joined)) };
                return true;
            case "slots":
                _options = _options with { Slots = Count(word, Value(word, joined), least: 1) };
                return true;
            case "timeout":
                _options = _options with { Timeout = Seconds(word, Value(word, joined)) };
                return true;
            case "wait":
                _options = _options with { Wait = Seconds(word, Value(word, joined)) };
                return true;
            case "role":
                _options = _options with { Role = Value(word, joined) };
                return true;
            case "name":
                _options = _options with { Name = Value(word, joined) };
                return true;
            case "master":
                _options = _options with { Master = Value(word, joined) };
                return true;
            case "restarts":
                _options = _options with { Restarts = Count(word, Value(word, joined), least: 0) };
                return true;
            case "hosts" or "host" or "H":
                Restrict(Value(word, joined).Split(',').Select(InList));
                return true;
            case "f" or "hostfile" or "machinefile" or "default-hostfile":
                Restrict(HostFile(word, Value(word, joined)));
                return true;
            case "map-by" or "bynode" or "byslot":
                Map(word, name == "map-by" ? Value(word, joined) : name[2..], library);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Node and slot say where to take slots from; all else, such as sockets, is the library's affair alone.</summary>
    private void Map(string word, string value, List<string> library)
    {
        if (value.Equals("node", StringComparison.OrdinalIgnoreCase))
            _options = _options with { Mapping = Mapping.Node };
        else if (value.Equals("slot", StringComparison.OrdinalIgnoreCase))
            _options = _options with { Mapping = Mapping.Slot };
        else if (word.EndsWith("map-by", StringComparison.Ordinal))
            library.AddRange([word, value]);
        else
            library.Add(word);
    }

    private void Restrict(IEnumerable<(string Host, int Slots)> hosts)
    {
        List<(string Host, int Slots)> named = [.. hosts.Where(h => h.Host.Length > 0)];
        _options = _options with
        {
            Hosts = [.. (_options.Hosts ?? []).Concat(named.Select(h => h.Host)).Distinct()],
            HostLines = [.. _options.HostLines, .. named.SelectMany(h => Enumerable.Repeat(h.Host, h.Slots))],
        };
    }

    private static IEnumerable<(string Host, int Slots)> HostFile(string word, string path)
    {
        try
        {
            return [.. File.ReadLines(path).Select(l => l.Split('#')[0].Trim()).Where(l => l.Length > 0).Select(InFile)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Wrong($"{word} {path}", e.Message);
        }
    }

    /// <summary>Hydra's <c>host:slots</c>, or Open MPI's <c>host slots=N</c>.</summary>
    private static (string Host, int Slots) InFile(string line)
    {
        var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return words.FirstOrDefault(w => w.StartsWith("slots=", StringComparison.Ordinal)) is { } slots
            ? (words[0], SlotsOf(slots["slots=".Length..])) : InList(words[0]);
    }

    private static (string Host, int Slots) InList(string text) => text.Trim().Split(':', 2) is [var host, var slots]
        ? (host, SlotsOf(slots)) : (text.Trim(), 1);

    private static int SlotsOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var slots) && slots is > 0 and <= 1_000_000 ? slots : 1;

    private string Value(string word, string? joined) => joined ??
        (_words.TryDequeue(out var value) ? value : throw Wrong(word, "a value is missing behind it"));

    private static int Count(string word, string value, int least) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= least && count <= 1_000_000
            ? count : throw Wrong($"{word} {value}", $"a whole number from {least} is wanted");

    private static decimal Amount(string word, string value) =>
        decimal.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) && amount is > 0 and < 1_000_000
            ? amount : throw Wrong($"{word} {value}", "an amount above 0 is wanted, such as 2 or 0.5");

    /// <summary>Plain numbers are MiB; <c>k</c>, <c>m</c>, <c>g</c> may follow, and a <c>b</c> behind those.</summary>
    private static long Mebibytes(string word, string value)
    {
        var text = value.ToLowerInvariant();
        if (text.EndsWith('b'))
            text = text[..^1];
        var (unit, digits) = text.Length > 0 ? text[^1] switch
        {
            'g' => (1024m, text[..^1]),
            'm' => (1m, text[..^1]),
            'k' => (1 / 1024m, text[..^1]),
            _ => (1m, text),
        } : (1m, "");
        return decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 1_000_000_000
            ? Math.Max(1, (long)Math.Ceiling(number * unit)) : throw Wrong($"{word} {value}", "an amount of memory is wanted, such as 512 (MiB) or 2g");
    }

    private static TimeSpan Seconds(string word, string value) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and < 1e9
            ? TimeSpan.FromSeconds(seconds) : throw Wrong($"{word} {value}", "seconds are wanted, more than 0");

    private static MpiFlavour? Flavour(string word, string value) => value.ToLowerInvariant() switch
    {
        "auto" => null,
        "mpich" => MpiFlavour.Mpich,
        "openmpi" => MpiFlavour.OpenMpi,
        _ => throw Wrong($"{word} {value}", "it is one of auto, mpich, openmpi"),
    };

    private static MpiFailure Wrong(string what, string why) =>
        new($"'{what}' is not understood", why, "see 'mpiexec --help'", 2);
}
