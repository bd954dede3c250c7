using System.Collections;
using System.Globalization;
using System.Text;

namespace Agora.Tests.Fast.Protocol;

/// <summary>
/// Text of everything in a value: records compare lists, maps and memory by reference, this compares by content.
/// </summary>
internal static class Shape
{
    public static string Of(object? value)
    {
        var text = new StringBuilder();
        Write(text, value);
        return text.ToString();
    }

    private static void Write(StringBuilder text, object? value)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case string or bool or int or long or Enum or Resources or Attributes or TimeSpan:
                text.Append('\'').Append(value).Append('\'');
                break;
            case double number:
                text.Append(number.ToString("R", CultureInfo.InvariantCulture));
                break;
            case DateTimeOffset time:
                text.Append(time.UtcTicks);
                break;
            case ReadOnlyMemory<byte> bytes:
                text.Append(Convert.ToHexString(bytes.Span));
                break;
            case IReadOnlyDictionary<string, string> map:
                Write(text, map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value}"));
                break;
            case IEnumerable list:
                text.Append('[');
                foreach (var item in list)
                    Write(text.Append(' '), item);
                text.Append(']');
                break;
            default:
                text.Append(value.GetType().Name).Append('{');
                foreach (var property in value.GetType().GetProperties().Where(p => p.GetMethod!.IsPublic))
                    Write(text.Append(' ').Append(property.Name).Append('='), property.GetValue(value));
                text.Append('}');
                break;
        }
    }
}
