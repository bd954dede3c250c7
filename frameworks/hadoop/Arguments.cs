namespace Agora.Hadoop;

/// <summary>Options of the <c>agora-hadoop</c> programs: <c>--name value</c>, nothing else.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _values = [];

    /// <exception cref="UsageException">Something is not one of the options.</exception>
    public Arguments(IReadOnlyList<string> words, params IReadOnlyList<string> known)
    {
        for (var i = 0; i < words.Count; i += 2)
        {
            if (!known.Contains(words[i]))
                throw new UsageException($"'{words[i]}' is not an option; there are {string.Join(", ", known)}");
            if (i + 1 == words.Count)
                throw new UsageException($"{words[i]} needs a value");
            _values[words[i]] = words[i + 1];
        }
    }

    public string? this[string name] => _values.GetValueOrDefault(name);

    public string Required(string name) => this[name] ?? throw new UsageException($"{name} is missing");

    public int Int(string name, int absent) => this[name] is not { } text ? absent
        : int.TryParse(text, out var value) && value >= 0 ? value
        : throw new UsageException($"{name} {text} is not a whole number");

    /// <summary>A size in bytes, with an optional k, m or g (times 1024 each).</summary>
    public long Size(string name, long absent)
    {
        if (this[name] is not { Length: > 0 } text)
            return absent;
        var shift = char.ToLowerInvariant(text[^1]) switch { 'k' => 10, 'm' => 20, 'g' => 30, _ => 0 };
        return long.TryParse(shift == 0 ? text : text[..^1], out var value) && value > 0 ? value << shift
            : throw new UsageException($"{name} {text} is not a size, such as 4096, 64m or 1g");
    }

    public Uri? Address(string name) => this[name] is not { } text ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var uri) ? uri
        : throw new UsageException($"{name} {text} is not an address, such as http://127.0.0.1:5050");
}

/// <summary>The command line is wrong; the message says how.</summary>
internal sealed class UsageException(string message) : Exception(message);
