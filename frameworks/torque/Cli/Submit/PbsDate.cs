using System.Globalization;

namespace Agora.Torque.Cli.Submit;

/// <summary>Times of day as <c>-a</c> has them: <c>[[[[CC]YY]MM]DD]hhmm[.SS]</c>, on this machine's clock.</summary>
internal static class PbsDate
{
    /// <summary>Null if it is no such time. Where the day or the month is left out, the next such time is meant.</summary>
    public static DateTimeOffset? Parse(string text, DateTimeOffset now)
    {
        var seconds = 0;
        if (text.IndexOf('.') is var dot and >= 0)
        {
            if (text.Length - dot != 3 || Number(text.AsSpan(dot + 1)) is not ({ } given and < 60))
                return null;
            (seconds, text) = (given, text[..dot]);
        }
        if (text.Length is < 4 or > 12 or 5 or 7 or 9 or 11 || Number(text.AsSpan()) is null && text.Length < 10)
            return null;
        var local = now.LocalDateTime;
        List<int> pairs = [];
        for (var i = 0; i < text.Length; i += 2)
        {
            if (Number(text.AsSpan(i, 2)) is not { } pair)
                return null;
            pairs.Add(pair);
        }
        // From the end: mm, hh, DD, MM, YY, CC.
        pairs.Reverse();
        var (year, month, day) = (local.Year, local.Month, local.Day);
        if (pairs.Count > 2)
            day = pairs[2];
        if (pairs.Count > 3)
            month = pairs[3];
        if (pairs.Count > 4)
            year = (pairs.Count > 5 ? pairs[5] * 100 : pairs[4] > 68 ? 1900 : 2000) + pairs[4];
        if (pairs[1] > 23 || pairs[0] > 59 || month is < 1 or > 12 || year < 1 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return null;
        var time = new DateTime(year, month, day, pairs[1], pairs[0], seconds, DateTimeKind.Local);
        if (time <= local && pairs.Count == 2)
            time = time.AddDays(1);
        else if (time <= local && pairs.Count == 3)
            time = time.AddMonths(1);
        return new DateTimeOffset(time);
    }

    private static int? Number(ReadOnlySpan<char> text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
