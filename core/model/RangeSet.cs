using System.Text;

namespace Agora;

/// <summary>A span of whole numbers, both ends included.</summary>
public readonly record struct ValueRange(long Begin, long End)
{
    public long Count => End - Begin + 1;
    public override string ToString() => $"{Begin}-{End}";
}

/// <summary>A set of whole numbers, kept as sorted spans that neither touch nor overlap. Immutable; equal by content.</summary>
public sealed class RangeSet : IEquatable<RangeSet>
{
    public static readonly RangeSet Empty = new([]);

    private readonly ValueRange[] _ranges;

    private RangeSet(ValueRange[] normalized) => _ranges = normalized;

    public IReadOnlyList<ValueRange> Ranges => _ranges;
    public bool IsEmpty => _ranges.Length == 0;

    /// <summary>How many numbers the set holds.</summary>
    public long Count
    {
        get
        {
            long count = 0;
            foreach (var range in _ranges)
                count += range.Count;
            return count;
        }
    }

    /// <exception cref="ArgumentException">A span ends before it begins.</exception>
    public static RangeSet Of(params IEnumerable<ValueRange> ranges)
    {
        var sorted = ranges.OrderBy(r => r.Begin).ToList();
        var merged = new List<ValueRange>(sorted.Count);
        foreach (var range in sorted)
        {
            if (range.End < range.Begin)
                throw new ArgumentException($"range {range} ends before it begins", nameof(ranges));
            if (merged.Count > 0 && range.Begin <= merged[^1].End + 1)
                merged[^1] = merged[^1] with { End = Math.Max(merged[^1].End, range.End) };
            else
                merged.Add(range);
        }
        return merged.Count == 0 ? Empty : new RangeSet([.. merged]);
    }

    public RangeSet Union(RangeSet other) =>
        other.IsEmpty ? this : IsEmpty ? other : Of(_ranges.Concat(other._ranges));

    public RangeSet Except(RangeSet other)
    {
        if (IsEmpty || other.IsEmpty)
            return this;
        var left = new List<ValueRange>();
        foreach (var range in _ranges)
        {
            var begin = range.Begin;
            foreach (var cut in other._ranges)
            {
                if (cut.End < begin)
                    continue;
                if (cut.Begin > range.End)
                    break;
                if (cut.Begin > begin)
                    left.Add(new ValueRange(begin, cut.Begin - 1));
                begin = cut.End + 1;
            }
            if (begin <= range.End)
                left.Add(new ValueRange(begin, range.End));
        }
        return left.Count == 0 ? Empty : new RangeSet([.. left]);
    }

    public bool Contains(RangeSet other)
    {
        foreach (var wanted in other._ranges)
        {
            var found = false;
            foreach (var range in _ranges)
                found |= range.Begin <= wanted.Begin && wanted.End <= range.End;
            if (!found)
                return false;
        }
        return true;
    }

    public bool Equals(RangeSet? other) => other is not null && _ranges.AsSpan().SequenceEqual(other._ranges);
    public override bool Equals(object? obj) => Equals(obj as RangeSet);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var range in _ranges)
            hash.Add(range);
        return hash.ToHashCode();
    }

    public override string ToString()
    {
        var text = new StringBuilder("[");
        for (var i = 0; i < _ranges.Length; i++)
            text.Append(i == 0 ? "" : ",").Append(_ranges[i].Begin).Append('-').Append(_ranges[i].End);
        return text.Append(']').ToString();
    }
}
