using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Agora.Hadoop.Tasks.Programs;

namespace Agora.Hadoop.Tasks.Forms;

/// <summary>Typed bytes as Java's <c>toString</c> writes the values.</summary>
internal ref struct TypedText
{
    private ReadOnlySpan<byte> _rest;

    private TypedText(ReadOnlySpan<byte> bytes) => _rest = bytes;

    /// <exception cref="InvalidDataException">It is not one whole value.</exception>
    public static string Of(ReadOnlySpan<byte> value)
    {
        var text = new TypedText(value);
        try
        {
            return text.Next();
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new InvalidDataException("typed bytes end within a value", e);
        }
    }

    private string Next()
    {
        var type = Take(1)[0];
        switch (type)
        {
            case TypedBytes.Byte: return ((sbyte)Take(1)[0]).ToString(CultureInfo.InvariantCulture);
            case TypedBytes.Bool: return Take(1)[0] == 0 ? "false" : "true";
            case TypedBytes.Int: return Int().ToString(CultureInfo.InvariantCulture);
            case TypedBytes.Long: return BinaryPrimitives.ReadInt64BigEndian(Take(8)).ToString(CultureInfo.InvariantCulture);
            case TypedBytes.Float: return JavaDouble.Text(BinaryPrimitives.ReadSingleBigEndian(Take(4)));
            case TypedBytes.Double: return JavaDouble.Text(BinaryPrimitives.ReadDoubleBigEndian(Take(8)));
            case TypedBytes.String: return Encoding.UTF8.GetString(Take(Int()));
            case TypedBytes.Vector: return Listed(Int());
            case TypedBytes.List: return Listed(int.MaxValue);
            case TypedBytes.Map: return Map(Int());
            case TypedBytes.Writable when Take(Int()) is var written && written.SequenceEqual(Writables.TypedNull.AsSpan(5)):
                return Writables.NullText;
            case TypedBytes.Writable: throw new InvalidDataException("a Writable within typed bytes cannot be read as text");
            case TypedBytes.Bytes or (> TypedBytes.Writable and <= TypedBytes.LastOfApplications):
                return Convert.ToHexStringLower(Take(Int()));
            default: throw new InvalidDataException($"{type} is no type code of typed bytes");
        }
    }

    private string Listed(int count)
    {
        List<string> items = [];
        for (; items.Count < count && !AtEndOfList();)
            items.Add(Next());
        return $"[{string.Join(", ", items)}]";
    }

    private bool AtEndOfList()
    {
        if (_rest[0] != TypedBytes.EndOfList)
            return false;
        _rest = _rest[1..];
        return true;
    }

    /// <summary>In the order of its keys, as Java's sorted maps are, where those are texts or numbers alone.</summary>
    private string Map(int count)
    {
        List<(string Key, string Value)> pairs = [];
        var numbers = true;
        for (var i = 0; i < count; i++)
        {
            numbers &= _rest[0] is >= TypedBytes.Byte and <= TypedBytes.Double and not TypedBytes.Bool;
            pairs.Add((Next(), Next()));
        }
        var ordered = numbers
            ? pairs.OrderBy(p => double.Parse(p.Key.Replace("Infinity", "∞", StringComparison.Ordinal), CultureInfo.InvariantCulture))
            : pairs.OrderBy(p => p.Key, StringComparer.Ordinal);
        return $"{{{string.Join(", ", ordered.Select(p => $"{p.Key}={p.Value}"))}}}";
    }

    private int Int() => BinaryPrimitives.ReadInt32BigEndian(Take(sizeof(int)));

    private ReadOnlySpan<byte> Take(int count)
    {
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
