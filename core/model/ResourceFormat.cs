using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Agora;

/// <summary>
/// The text form of resources: <c>name:value</c> parts joined by <c>;</c>. A value is a number, ranges <c>[1-3,7-9]</c>
/// or a set <c>{a,b}</c>. Numbers have at most three decimals; those of <c>mem</c> and <c>disk</c> are MiB, or bytes,
/// KiB, MiB, GiB, TiB with a suffix <c>B K M G T</c>.
/// </summary>
internal static class ResourceFormat
{
    private const long Mib = 1 << 20;

    /// <summary>Largest number accepted, and largest amount in thousandths or bytes: sums of many still fit 64 bits.</summary>
    private const decimal Largest = 50_000_000_000_000_000m;

    public static bool TryParse(string text, [NotNullWhen(true)] out Resources? resources,
        [NotNullWhen(false)] out string? error)
    {
        resources = null;
        var builder = new ResourcesBuilder();
        foreach (var part in text.Split(';', StringSplitOptions.TrimEntries))
        {
            if (part.Length == 0)
                continue;
            error = AddPart(builder, part);
            if (error is not null)
            {
                error = $"bad resources '{text}': {error}";
                return false;
            }
        }
        error = null;
        resources = builder.Build();
        return true;
    }

    private static string? AddPart(ResourcesBuilder builder, string part)
    {
        var colon = part.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
            return $"'{part}' has no ':' (write it as name:value)";
        var name = part[..colon].Trim();
        var value = part[(colon + 1)..].Trim();
        if (!IsName(name))
            return $"'{name}' is not a name (letters, digits, '_', '-', '.' and '/' make one)";
        if (value.Length == 0)
            return $"'{name}' has no value";
        if (value[0] == '[')
            return AddRanges(builder, name, value);
        if (value[0] == '{')
            return AddSet(builder, name, value);
        return AddScalar(builder, name, value);
    }

    private static string? AddScalar(ResourcesBuilder builder, string name, string value)
    {
        var isBytes = name is Resources.MemName or Resources.DiskName;
        var unit = isBytes ? Mib : 1000;
        var number = value;
        if (isBytes && "BKMGT".Contains(value[^1], StringComparison.Ordinal))
        {
            number = value[..^1];
            unit = value[^1] switch { 'B' => 1, 'K' => 1L << 10, 'M' => Mib, 'G' => 1L << 30, _ => 1L << 40 };
        }
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture, out var amount))
            return $"'{value}' of '{name}' is not a number";
        if (amount < 0)
            return $"'{name}' is negative";
        if (amount > Largest || amount * unit > Largest)
            return $"'{name}' is too large";
        var exact = amount * unit;
        if (!isBytes && exact != decimal.Truncate(exact))
            return $"'{value}' of '{name}' has more than three decimals";
        builder.AddScalar(name, (long)decimal.Truncate(exact));
        return null;
    }

    private static string? AddRanges(ResourcesBuilder builder, string name, string value)
    {
        if (name is Resources.CpusName or Resources.MemName or Resources.DiskName or Resources.GpusName)
            return $"'{name}' is a number, not ranges";
        if (value[^1] != ']')
            return $"ranges of '{name}' do not end with ']'";
        var ranges = new List<ValueRange>();
        foreach (var piece in value[1..^1].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var dash = piece.IndexOf('-', StringComparison.Ordinal);
            if (dash <= 0 || !long.TryParse(piece[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var begin) ||
                !long.TryParse(piece[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var end) ||
                end == long.MaxValue)
                return $"'{piece}' of '{name}' is not a range (write it as 31000-32000)";
            if (end < begin)
                return $"range '{piece}' of '{name}' ends before it begins";
            ranges.Add(new ValueRange(begin, end));
        }
        builder.AddRanges(name, RangeSet.Of(ranges));
        return null;
    }

    private static string? AddSet(ResourcesBuilder builder, string name, string value)
    {
        if (name is Resources.CpusName or Resources.MemName or Resources.DiskName or Resources.GpusName)
            return $"'{name}' is a number, not a set";
        if (value[^1] != '}')
            return $"set of '{name}' does not end with '}}'";
        var items = value[1..^1].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var item in items)
            if (!IsName(item))
                return $"'{item}' of '{name}' is not a name";
        builder.AddSet(name, StringSet.Of(items));
        return null;
    }

    internal static bool IsName(string name) =>
        name.Length is > 0 and <= 128 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/');

    public static string Format(Resources resources)
    {
        var parts = new List<string>();
        if (resources.MilliCpus != 0)
            parts.Add("cpus:" + Thousandths(resources.MilliCpus));
        if (resources.MilliGpus != 0)
            parts.Add("gpus:" + Thousandths(resources.MilliGpus));
        if (resources.MemBytes != 0)
            parts.Add("mem:" + Size(resources.MemBytes));
        if (resources.DiskBytes != 0)
            parts.Add("disk:" + Size(resources.DiskBytes));
        foreach (var (name, amount) in resources.OtherScalars)
            parts.Add($"{name}:{Thousandths(amount)}");
        foreach (var (name, ranges) in resources.Ranges)
            parts.Add($"{name}:{ranges}");
        foreach (var (name, set) in resources.Sets)
            parts.Add($"{name}:{set}");
        return string.Join(';', parts);
    }

    private static string Thousandths(long amount) =>
        (amount / 1000m).ToString("0.###", CultureInfo.InvariantCulture);

    /// <summary>MiB where that is exact in three decimals, else bytes.</summary>
    private static string Size(long bytes)
    {
        var thousandths = new Int128(0, (ulong)bytes) * 1000;
        return thousandths % Mib == 0 ? Thousandths((long)(thousandths / Mib)) : $"{bytes}B";
    }
}
