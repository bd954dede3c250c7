using System.Globalization;
using Agora.Torque.Jobs.Wire;

namespace Agora.Torque.Cli.Show;

/// <summary>Attributes as <c>name = value</c>, folded where lines get long, preferably at commas.</summary>
internal static class AttributeLines
{
    private const int Indent = 4, FoldedAt = 8;

    /// <summary>Attributes of jobs that are times of day.</summary>
    public static bool IsTime(string name) =>
        name is "ctime" or "mtime" or "qtime" or "etime" or "start_time" or "comp_time" or "checkpoint_time" or "Execution_Time";

    /// <summary>Seconds since 1970 as C's ctime writes them, on this machine's clock.</summary>
    public static string Time(string seconds) =>
        long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var time)
            ? Time(DateTimeOffset.FromUnixTimeSeconds(time).LocalDateTime) : seconds;

    private static string Time(DateTime time) =>
        $"{time:ddd MMM} {time.Day,2} {time:HH:mm:ss yyyy}";

    /// <summary>A time that is over is said to be exceeded.</summary>
    public static string? ResourceOf(JobAttribute attribute) =>
        attribute.Name == "Walltime" && attribute.Value.StartsWith('-') ? "Exceeded" : attribute.Resource;

    /// <param name="width">Of a line; <see cref="int.MaxValue"/> folds nothing.</param>
    public static void Write(TextWriter to, JobAttribute attribute, string? resource, string value, int width)
    {
        to.Write("    ");
        to.Write(attribute.Name);
        var column = Indent + attribute.Name.Length + 3;
        if (resource is not null)
        {
            to.Write('.');
            to.Write(resource);
            column += resource.Length + 1;
        }
        to.Write(" = ");
        WriteFolded(to, value, column, width);
        to.Write('\n');
    }

    /// <summary>
    /// A part between commas that does not fit begins a new line, unless it is the first, and is broken where a line ends.
    /// As the original counts, commas take no room.
    /// </summary>
    private static void WriteFolded(TextWriter to, ReadOnlySpan<char> value, int column, int width)
    {
        for (var isFirst = true; ; isFirst = false)
        {
            var comma = value.IndexOf(',');
            var part = comma < 0 ? value : value[..comma];
            if (part.Length + (long)column < width)
            {
                to.Write(part);
                column += part.Length;
            }
            else
            {
                if (!isFirst)
                {
                    to.Write("\n\t");
                    column = FoldedAt + 1;
                }
                foreach (var c in part)
                {
                    to.Write(c);
                    if (++column > width)
                    {
                        column = FoldedAt;
                        to.Write("\n\t");
                    }
                }
            }
            if (comma < 0)
                return;
            to.Write(',');
            value = value[(comma + 1)..];
        }
    }
}
