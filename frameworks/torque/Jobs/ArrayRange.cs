using System.Globalization;

namespace Agora.Torque.Jobs;

/// <summary>The indices of a job array as <c>-t</c> (and OpenPBS's <c>-J</c>) has them: <c>1-5,8%2</c>, <c>0-8:2</c>.</summary>
/// <param name="Indices">Ascending, each once.</param>
/// <param name="SlotLimit">How many of them may run at once; null for no limit.</param>
public sealed record ArrayRange(IReadOnlyList<int> Indices, int? SlotLimit)
{
    /// <summary>If more are named, though some of them twice, they are refused, whatever the server's own limit is.</summary>
    public const int CountMax = 1_000_000;

    /// <summary>Null if the text is no such range, or one that is empty or runs backwards.</summary>
    public static ArrayRange? Parse(string text)
    {
        int? limit = null;
        if (text.IndexOf('%') is var percent and >= 0)
        {
            if (Number(text.AsSpan(percent + 1)) is not > 0)
                return null;
            limit = Number(text.AsSpan(percent + 1));
            text = text[..percent];
        }
        List<(int First, int Last, int Step)> parts = [];
        var count = 0;
        foreach (var part in text.Split(','))
        {
            var (range, step) = part.IndexOf(':') is var colon and >= 0
                ? (part[..colon], Number(part.AsSpan(colon + 1)))
                : (part, 1);
            var dash = range.IndexOf('-');
            var first = Number(dash < 0 ? range : range.AsSpan(0, dash));
            var last = dash < 0 ? first : Number(range.AsSpan(dash + 1));
            if (first is not { } from || last is not { } to || step is not > 0 || from > to || to - from >= CountMax)
                return null;
            parts.Add((from, to, step.Value));
            count += (to - from) / step.Value + 1;
            if (count > CountMax)
                return null;
        }
        return new ArrayRange(Ascending(parts, count), limit);
    }

    private static List<int> Ascending(List<(int First, int Last, int Step)> parts, int count)
    {
        var indices = new List<int>(count);
        foreach (var (first, last, step) in parts)
            for (long index = first; index <= last; index += step)
                indices.Add((int)index);
        indices.Sort();
        var kept = 0;
        for (var i = 0; i < indices.Count; i++)
            if (i == 0 || indices[i] != indices[i - 1])
                indices[kept++] = indices[i];
        indices.RemoveRange(kept, indices.Count - kept);
        return indices;
    }

    private static int? Number(ReadOnlySpan<char> text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= JobId.NumberMax ? number : null;
}
