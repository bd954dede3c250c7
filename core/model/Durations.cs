using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Agora;

/// <summary>Durations and rates as people write them.</summary>
public static class Durations
{
    private static readonly (string Names, TimeSpan Unit)[] Units =
    [
        ("|ms|", TimeSpan.FromMilliseconds(1)), ("||s|sec|secs|", TimeSpan.FromSeconds(1)), ("|m|min|mins|", TimeSpan.FromMinutes(1)),
        ("|h|hr|hrs|", TimeSpan.FromHours(1)), ("|d|day|days|", TimeSpan.FromDays(1)), ("|w|week|weeks|", TimeSpan.FromDays(7)),
    ];

    /// <param name="text">A number with <c>ms s m h d w</c> behind it, or Mesos's <c>secs mins hrs days weeks</c>; alone, it counts seconds.</param>
    public static bool TryParse(string text, out TimeSpan duration, [NotNullWhen(false)] out string? wrong)
    {
        (duration, wrong) = (default, $"'{text}' is not a duration");
        var name = text.TrimStart([.. "0123456789."]);
        var unit = Array.Find(Units, u => u.Names.Contains($"|{name}|", StringComparison.Ordinal)).Unit;
        if (unit == TimeSpan.Zero || !double.TryParse(text.AsSpan(0, text.Length - name.Length), NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture, out var number) || number * unit.TotalDays > 36_500)
            return false;
        (duration, wrong) = (unit * number, null);
        return true;
    }

    /// <param name="text"><c>N/DURATION</c>, such as <c>1/10m</c>.</param>
    /// <param name="interval">Between two of them.</param>
    public static bool TryParseRate(string text, out TimeSpan interval, [NotNullWhen(false)] out string? wrong)
    {
        (interval, wrong) = (default, $"'{text}' is not a rate");
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 1 || !int.TryParse(text.AsSpan(0, slash), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count == 0)
            return false;
        if (!TryParse(text[(slash + 1)..], out var duration, out wrong))
            return false;
        interval = duration / count;
        return true;
    }
}
