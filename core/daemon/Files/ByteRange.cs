using Microsoft.Net.Http.Headers;

namespace Agora.Daemon.Files;

/// <summary>Part of a file, in bytes.</summary>
internal readonly record struct ByteRange(long Offset, long Length)
{
    /// <summary>Reads a Range header.</summary>
    /// <param name="satisfiable">False if the range begins behind the file's end.</param>
    /// <returns>Null for the whole file: a header that is not understood, or several ranges.</returns>
    public static ByteRange? FromHeader(string header, long fileLength, out bool satisfiable)
    {
        satisfiable = true;
        if (!RangeHeaderValue.TryParse(header, out var value) || value.Unit != "bytes" || value.Ranges.Count != 1)
            return null;
        var range = value.Ranges.First();
        if (range.From is null)
        {
            var suffix = Math.Min(range.To ?? 0, fileLength);
            satisfiable = suffix > 0;
            return new ByteRange(fileLength - suffix, suffix);
        }
        satisfiable = range.From < fileLength;
        var end = Math.Min(range.To ?? long.MaxValue, fileLength - 1);
        return new ByteRange(range.From.Value, end - range.From.Value + 1);
    }

    /// <summary>From <c>?offset=</c> (negative: so many bytes before the end) and <c>?length=</c>.</summary>
    /// <returns>Null if they are not numbers or the offset lies behind the file's end.</returns>
    public static ByteRange? FromQuery(string? offsetText, string? lengthText, long fileLength)
    {
        long offset = 0;
        if (offsetText is not null && !long.TryParse(offsetText, out offset))
            return null;
        var length = long.MaxValue;
        if (lengthText is not null && (!long.TryParse(lengthText, out length) || length < 0))
            return null;
        if (offset < 0)
            offset = Math.Max(0, fileLength + offset);
        return offset > fileLength ? null : new ByteRange(offset, Math.Min(length, fileLength - offset));
    }
}
