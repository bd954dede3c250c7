using System.Globalization;

namespace Agora.Torque.Jobs;

/// <summary>
/// A job as its users name it, without the server: <c>17</c>, the array <c>17[]</c>, its element <c>17[3]</c>.
/// </summary>
/// <param name="Number">0 to 99999999.</param>
/// <param name="Index">Of an array's element.</param>
public readonly record struct JobId(int Number, int? Index = null, bool IsArray = false) : IComparable<JobId>
{
    public const int NumberMax = 99_999_999;

    /// <summary>The array that the element belongs to.</summary>
    public JobId Array => new(Number, null, true);

    public JobId Element(int index) => new(Number, index);

    /// <summary>With the server, as it is shown: <c>17[3].host</c>.</summary>
    public string On(string server) => $"{this}.{server}";

    /// <param name="text">Any form that Torque's commands take: with the server and without.</param>
    /// <param name="server">The server that is named, null if none is.</param>
    public static bool TryParse(string text, out JobId id, out string? server)
    {
        id = default;
        server = null;
        var at = 0;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        if (at == 0 || !int.TryParse(text.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > NumberMax)
            return false;
        id = new JobId(number);
        if (at < text.Length && text[at] == '[')
        {
            var end = text.IndexOf(']', at);
            if (end < 0)
                return false;
            var inside = text.AsSpan(at + 1, end - at - 1);
            if (inside.IsEmpty)
                id = id.Array;
            else if (int.TryParse(inside, NumberStyles.None, CultureInfo.InvariantCulture, out var index))
                id = id.Element(index);
            else
                return false;
            at = end + 1;
        }
        if (at == text.Length)
            return true;
        if (text[at] != '.' || at + 1 == text.Length)
            return false;
        server = text[(at + 1)..];
        return true;
    }

    /// <summary>Order of submission; an array comes before its elements.</summary>
    public int CompareTo(JobId other) => Number != other.Number
        ? Number.CompareTo(other.Number)
        : (Index ?? -1).CompareTo(other.Index ?? -1);

    public override string ToString() => IsArray ? $"{Number}[]" : Index is { } index ? $"{Number}[{index}]" : $"{Number}";
}
