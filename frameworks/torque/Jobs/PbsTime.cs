using System.Globalization;

namespace Agora.Torque.Jobs;

/// <summary>Durations as PBS writes them: seconds, or <c>[[HH:]MM:]SS</c> with hours beyond 24.</summary>
public static class PbsTime
{
    /// <summary>Null if the text is no duration.</summary>
    public static TimeSpan? Parse(string text)
    {
        var parts = text.Split(':');
        if (parts.Length > 4)
            return null;
        // Days, as in 1:00:00:00, are Torque's too.
        int[] units = [86_400, 3_600, 60, 1];
        double seconds = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            // A fraction is allowed on the last part alone.
            var style = i == parts.Length - 1 ? NumberStyles.AllowDecimalPoint : NumberStyles.None;
            if (!double.TryParse(parts[i], style, CultureInfo.InvariantCulture, out var value))
                return null;
            seconds += value * units[4 - parts.Length + i];
        }
        return seconds <= int.MaxValue ? TimeSpan.FromSeconds(seconds) : null;
    }

    /// <summary><c>HH:MM:SS</c>, at least two digits each.</summary>
    public static string Format(TimeSpan time)
    {
        var seconds = (long)time.TotalSeconds;
        return $"{seconds / 3600:00}:{seconds / 60 % 60:00}:{seconds % 60:00}";
    }
}
