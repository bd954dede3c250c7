using System.Globalization;

namespace Agora.Torque.Jobs;

/// <summary>Sizes as PBS writes them: an integer and <c>b kb mb gb tb pb</c>, or words of 8 bytes with <c>w</c>.</summary>
public static class PbsSize
{
    private const int WordBytes = 8;

    /// <returns>Bytes; null if the text is no size.</returns>
    public static long? Parse(string text)
    {
        var digits = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits]))
            digits++;
        if (!long.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return null;
        var (scale, word) = text[digits..].ToLowerInvariant() switch
        {
            "" or "b" => (0, false),
            "w" => (0, true),
            "k" or "kb" => (1, false),
            "kw" => (1, true),
            "m" or "mb" => (2, false),
            "mw" => (2, true),
            "g" or "gb" => (3, false),
            "gw" => (3, true),
            "t" or "tb" => (4, false),
            "tw" => (4, true),
            "p" or "pb" => (5, false),
            "pw" => (5, true),
            _ => (-1, false),
        };
        if (scale < 0)
            return null;
        var bytes = number * Math.Pow(1024, scale) * (word ? WordBytes : 1);
        return bytes < long.MaxValue ? number * (1L << (10 * scale)) * (word ? WordBytes : 1) : null;
    }

    /// <summary>As resources in use are shown: whole kilobytes, rounded up.</summary>
    public static string Kilobytes(long bytes) => $"{(bytes + 1023) / 1024}kb";
}
