using System.Text;
using System.Text.RegularExpressions;

namespace Agora.Hadoop.Tasks;

/// <summary>
/// Parts of a key in the manner of <c>sort -k</c>: <c>-kF[.C][nr][,F[.C][nr]]</c>, several separated by blanks;
/// <c>-n</c> and <c>-r</c> alone are for the specs without flags of their own. Fields and characters count from 1.
/// </summary>
internal sealed partial class KeyFields
{
    private readonly byte[] _separator;
    private readonly List<Spec> _specs = [];

    private readonly record struct Spec(
        int FromField, int FromChar, int ToField, int ToChar, bool Numeric, bool Reverse);

    /// <exception cref="FormatException">The options are not as above.</exception>
    public KeyFields(string options, string separator)
    {
        _separator = Encoding.UTF8.GetBytes(separator);
        var (numeric, reverse) = (false, false);
        List<(Spec Spec, bool HasFlags)> found = [];
        foreach (var word in options.Replace("-k ", "-k", StringComparison.Ordinal)
            .Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word is "-n" or "-r" or "-nr" or "-rn")
            {
                numeric |= word.Contains('n', StringComparison.Ordinal);
                reverse |= word.Contains('r', StringComparison.Ordinal);
                continue;
            }
            var match = Form().Match(word);
            if (!match.Success)
                throw new FormatException($"Invalid -k argument: '{word}'; must be of the form -kF[.C][nr][,F[.C][nr]]");
            var flags = match.Groups[3].Value + match.Groups[6].Value;
            found.Add((new Spec(Number(match.Groups[1], 1), Number(match.Groups[2], 1), Number(match.Groups[4], 0),
                Number(match.Groups[5], 0), flags.Contains('n', StringComparison.Ordinal),
                flags.Contains('r', StringComparison.Ordinal)), flags.Length > 0));
        }
        foreach (var (spec, hasFlags) in found)
            _specs.Add(hasFlags ? spec : spec with { Numeric = numeric, Reverse = reverse });
        if (_specs.Count == 0 && (numeric || reverse))
            _specs.Add(new Spec(1, 1, 0, 0, numeric, reverse));
    }

    public int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        foreach (var spec in _specs)
        {
            var left = Part(a, spec);
            var right = Part(b, spec);
            var order = spec.Numeric ? CompareNumbers(left, right) : left.SequenceCompareTo(right);
            if (order != 0)
                return spec.Reverse ? -order : order;
        }
        return 0;
    }

    /// <summary>Hadoop's hash over the parts; an empty key has 0; without specs, the key's hash as a Java string.</summary>
    public int Hash(ReadOnlySpan<byte> key)
    {
        var hash = 0;
        if (_specs.Count == 0)
        {
            foreach (var unit in Encoding.UTF8.GetString(key))
                hash = (31 * hash) + unit;
            return hash;
        }
        foreach (var spec in _specs)
            foreach (var b in Part(key, spec))
                hash = (31 * hash) + (sbyte)b;
        return hash;
    }

    private ReadOnlySpan<byte> Part(ReadOnlySpan<byte> key, Spec spec)
    {
        if (!FieldStart(key, spec.FromField, out var start))
            return default;
        start = Math.Min(start + spec.FromChar - 1, key.Length);
        var end = key.Length;
        if (spec.ToField > 0 && FieldStart(key, spec.ToField, out var last))
        {
            var fieldEnd = key[last..].IndexOf(_separator) is var at and >= 0 ? last + at : key.Length;
            end = spec.ToChar == 0 ? fieldEnd : Math.Min(last + spec.ToChar, key.Length);
        }
        return start < end ? key[start..end] : default;
    }

    private bool FieldStart(ReadOnlySpan<byte> key, int field, out int start)
    {
        start = 0;
        for (var i = 1; i < field; i++)
        {
            var at = key[start..].IndexOf(_separator);
            if (at < 0)
                return false;
            start += at + _separator.Length;
        }
        return true;
    }

    /// <summary>By value: sign, whole digits, decimals; what is not a digit ends the number, and nothing counts as 0.</summary>
    private static int CompareNumbers(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var left = Parse(a, out var leftWhole, out var leftPart);
        var right = Parse(b, out var rightWhole, out var rightPart);
        if (left != right)
            return left.CompareTo(right);
        var order = leftWhole.Length != rightWhole.Length
            ? leftWhole.Length.CompareTo(rightWhole.Length) : leftWhole.SequenceCompareTo(rightWhole);
        if (order == 0)
            order = leftPart.SequenceCompareTo(rightPart);
        return left * order;
    }

    /// <summary>-1, 0 or 1, with leading zeros of the whole and trailing zeros of the decimals taken off.</summary>
    private static int Parse(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> whole, out ReadOnlySpan<byte> decimals)
    {
        var negative = text.Length > 0 && text[0] == '-';
        if (negative)
            text = text[1..];
        var end = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        whole = (end < 0 ? text : text[..end]).TrimStart((byte)'0');
        decimals = default;
        if (end >= 0 && text[end] == '.')
        {
            var rest = text[(end + 1)..];
            var stop = rest.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            decimals = (stop < 0 ? rest : rest[..stop]).TrimEnd((byte)'0');
        }
        return whole.IsEmpty && decimals.IsEmpty ? 0 : negative ? -1 : 1;
    }

    private static int Number(Group group, int absent) =>
        group.Success && group.Length > 0 ? int.Parse(group.Value) : absent;

    [GeneratedRegex(@"^-k(\d+)(?:\.(\d+))?([nr]*)(?:,(\d+)(?:\.(\d+))?([nr]*))?$")]
    private static partial Regex Form();
}
