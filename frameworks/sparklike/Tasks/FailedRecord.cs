using System.Collections;
using System.Runtime.CompilerServices;
using System.Text;

namespace Agora.Spark;

/// <summary>Remembers which record an exception of the user's function was thrown for.</summary>
internal static class FailedRecord
{
    /// <summary>A longer text is cut.</summary>
    public const int CharsMax = 300;

    private const int ElementsMax = 20;

    private static readonly ConditionalWeakTable<Exception, string> Known = [];

    /// <summary>
    /// For an exception filter, so that a record costs nothing as long as nothing fails: notes the record, unless a step
    /// nearer to the failure has noted its own, and catches nothing.
    /// </summary>
    public static bool Note<T>(Exception exception, T record)
    {
        if (exception is not OperationCanceledException && !Known.TryGetValue(exception, out _) && Show(record) is { } text)
            Known.TryAdd(exception, text);
        return false;
    }

    /// <summary>Null if it is not known or cannot be shown.</summary>
    public static string? Of(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
            if (Known.TryGetValue(e, out var text))
                return text;
        return null;
    }

    /// <summary>A record as its user would write it; null if its type has no text of its own.</summary>
    public static string? Show(object? record)
    {
        try
        {
            var text = Text(record, depth: 0);
            return text is { Length: > CharsMax } ? text[..CharsMax] + "…" : text;
        }
        catch (Exception)
        {
            // A ToString of the user's; there is a failure to tell of already.
            return null;
        }
    }

    private static string? Text(object? record, int depth)
    {
        switch (record)
        {
            case null:
                return "null";
            case string s:
                return $"\"{(s.Length > CharsMax ? s[..CharsMax] : s)}\"";
            case ITuple tuple when depth < 3:
                return $"({string.Join(", ", Enumerable.Range(0, tuple.Length).Select(i => Text(tuple[i], depth + 1) ?? "…"))})";
            case IEnumerable list when depth < 3 && record is ICollection:
                return List(list, depth);
        }
        var type = record.GetType();
        return type.GetMethod(nameof(ToString), Type.EmptyTypes)?.DeclaringType is { } declaring &&
            declaring != typeof(object) && declaring != typeof(ValueType) ? record.ToString() : null;
    }

    private static string List(IEnumerable list, int depth)
    {
        var text = new StringBuilder("[");
        var count = 0;
        foreach (var item in list)
        {
            if (count > 0)
                text.Append(", ");
            if (count++ == ElementsMax || text.Length > CharsMax)
            {
                text.Append('…');
                break;
            }
            text.Append(Text(item, depth + 1) ?? "…");
        }
        return text.Append(']').ToString();
    }
}
