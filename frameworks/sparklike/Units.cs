using System.Globalization;

namespace Agora.Spark;

/// <summary>Sizes and times as settings have them.</summary>
internal static class Units
{
    /// <summary>Null if it is none.</summary>
    public static long? Bytes(string text, string defaultUnit)
    {
        if (Split(text) is not var (number, unit))
            return null;
        var shift = (unit.Length == 0 ? defaultUnit : unit).ToLowerInvariant() switch
        {
            "b" => 0,
            "k" or "kb" => 10,
            "m" or "mb" => 20,
            "g" or "gb" => 30,
            "t" or "tb" => 40,
            "p" or "pb" => 50,
            _ => -1,
        };
        return shift < 0 || number > long.MaxValue >> shift ? null : number << shift;
    }

    /// <summary>Null if it is none.</summary>
    public static TimeSpan? Time(string text, string defaultUnit)
    {
        if (Split(text) is not var (number, unit))
            return null;
        long? ticks = (unit.Length == 0 ? defaultUnit : unit).ToLowerInvariant() switch
        {
            "us" => TimeSpan.TicksPerMicrosecond,
            "ms" => TimeSpan.TicksPerMillisecond,
            "s" => TimeSpan.TicksPerSecond,
            "m" or "min" => TimeSpan.TicksPerMinute,
            "h" => TimeSpan.TicksPerHour,
            "d" => TimeSpan.TicksPerDay,
            _ => null,
        };
        return ticks is not { } each || number > long.MaxValue / each ? null : new TimeSpan(number * each);
    }

    private static (long Number, string Unit)? Split(string text)
    {
        var digits = text.Length - text.AsSpan().TrimStart("0123456789").Length;
        return long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (number, text[digits..].Trim()) : null;
    }
}
