namespace Agora;

/// <summary>A set of names, sorted. Immutable; equal by content.</summary>
public sealed class StringSet : IEquatable<StringSet>
{
    public static readonly StringSet Empty = new([]);

    private readonly string[] _items;

    private StringSet(string[] sorted) => _items = sorted;

    public IReadOnlyList<string> Items => _items;
    public bool IsEmpty => _items.Length == 0;

    public static StringSet Of(params IEnumerable<string> items)
    {
        string[] sorted = [.. items.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return sorted.Length == 0 ? Empty : new StringSet(sorted);
    }

    public StringSet Union(StringSet other) => Of(_items.Concat(other._items));
    public StringSet Except(StringSet other) => Of(_items.Except(other._items, StringComparer.Ordinal));
    public bool Contains(StringSet other) => other._items.All(i => Array.BinarySearch(_items, i, StringComparer.Ordinal) >= 0);

    public bool Equals(StringSet? other) => other is not null && _items.AsSpan().SequenceEqual(other._items);
    public override bool Equals(object? obj) => Equals(obj as StringSet);
    public override int GetHashCode() => _items.Length == 0 ? 0 : HashCode.Combine(_items.Length, _items[0]);
    public override string ToString() => "{" + string.Join(',', _items) + "}";
}
