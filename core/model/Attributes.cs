using System.Diagnostics.CodeAnalysis;

namespace Agora;

/// <summary>
/// What an operator says of an agent: sorted <c>name:value</c> texts, such as <c>rack:r1;zone:west</c>. Frameworks read
/// them off offers; the core passes them on. Immutable; equal by content.
/// </summary>
public sealed class Attributes : IEquatable<Attributes>
{
    public static readonly Attributes Empty = new([]);

    private readonly KeyValuePair<string, string>[] _pairs;

    private Attributes(KeyValuePair<string, string>[] sorted) => _pairs = sorted;

    public IReadOnlyList<KeyValuePair<string, string>> Pairs => _pairs;

    public string? this[string name]
    {
        get
        {
            foreach (var (key, value) in _pairs)
                if (key == name)
                    return value;
            return null;
        }
    }

    public static Attributes Of(params IEnumerable<KeyValuePair<string, string>> pairs) =>
        new([.. pairs.OrderBy(p => p.Key, StringComparer.Ordinal)]);

    /// <summary>Reads the text form.</summary>
    /// <exception cref="FormatException">The text is not attributes; the message says which part and why.</exception>
    public static Attributes Parse(string text) =>
        TryParse(text, out var attributes, out var error) ? attributes : throw new FormatException(error);

    public static bool TryParse(string text, [NotNullWhen(true)] out Attributes? attributes,
        [NotNullWhen(false)] out string? error)
    {
        attributes = null;
        var pairs = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = part.IndexOf(':', StringComparison.Ordinal);
            var name = colon < 0 ? part : part[..colon].Trim();
            error = colon < 0 ? $"bad attributes '{text}': '{part}' has no ':' (write it as name:value)"
                : !ResourceFormat.IsName(name) ? $"bad attributes '{text}': '{name}' is not a name"
                : part.Length == colon + 1 ? $"bad attributes '{text}': '{name}' has no value"
                : !pairs.TryAdd(name, part[(colon + 1)..].Trim()) ? $"bad attributes '{text}': '{name}' is given twice"
                : null;
            if (error is not null)
                return false;
        }
        error = null;
        attributes = pairs.Count == 0 ? Empty : new Attributes([.. pairs]);
        return true;
    }

    public bool Equals(Attributes? other) => other is not null && _pairs.AsSpan().SequenceEqual(other._pairs);
    public override bool Equals(object? obj) => Equals(obj as Attributes);
    public override int GetHashCode() => _pairs.Length == 0 ? 0 : HashCode.Combine(_pairs.Length, _pairs[0]);
    public override string ToString() => string.Join(';', _pairs.Select(p => $"{p.Key}:{p.Value}"));
}
