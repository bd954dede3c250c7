using System.Buffers.Binary;
using Agora.Hadoop.Tasks.Input;
using Agora.MapReduce;

namespace Agora.Hadoop.Tasks.Forms;

/// <summary>
/// Hadoop's typed bytes: a value is a code of one byte for its type, then what the type takes; numbers with their high
/// bytes first.
/// </summary>
internal static class TypedBytes
{
    public const byte Bytes = 0, Byte = 1, Bool = 2, Int = 3, Long = 4, Float = 5, Double = 6, String = 7, Vector = 8,
        List = 9, Map = 10, Writable = 50, LastOfApplications = 200, EndOfList = 255;

    /// <summary>How deep vectors, lists and maps may lie in each other.</summary>
    private const int DepthMax = 200;

    /// <summary>Appends the next value as it is; false at the end of the stream.</summary>
    /// <exception cref="AttemptFailedException">There are bytes that are no typed bytes.</exception>
    /// <exception cref="EndOfStreamException">The stream ends within the value.</exception>
    /// <exception cref="RecordTooLongException">It is longer than a record can be.</exception>
    public static bool Read(BinaryStream from, ByteBuffer to)
    {
        if (from.AtEnd)
            return false;
        Copy(from.Byte(), from, to, DepthMax);
        return true;
    }

    public static void WriteText(ReadOnlySpan<byte> utf8, ByteBuffer to) => WriteBytes(String, utf8, to);

    /// <param name="type">One whose values are a length and so many bytes.</param>
    public static void WriteBytes(byte type, ReadOnlySpan<byte> bytes, ByteBuffer to)
    {
        to.WriteByte(type);
        WriteInt(bytes.Length, to);
        to.Write(bytes);
    }

    public static void WriteLong(long number, ByteBuffer to)
    {
        to.WriteByte(Long);
        BinaryPrimitives.WriteInt64BigEndian(to.GetSpan(sizeof(long)), number);
        to.Advance(sizeof(long));
    }

    public static void WriteInt(int number, ByteBuffer to)
    {
        BinaryPrimitives.WriteInt32BigEndian(to.GetSpan(sizeof(int)), number);
        to.Advance(sizeof(int));
    }

    /// <summary>How many bytes follow a code of a type whose values are all of one length; -1 for another.</summary>
    public static int FixedBytes(byte type) => type switch
    {
        Byte or Bool => 1,
        Int or Float => 4,
        Long or Double => 8,
        _ => -1,
    };

    public static bool HasLength(byte type) => type is Bytes or String or (>= Writable and <= LastOfApplications);

    private static void Copy(byte type, BinaryStream from, ByteBuffer to, int depth)
    {
        if (depth == 0)
            throw new AttemptFailedException($"typed bytes are nested more than {DepthMax} deep");
        to.WriteByte(type);
        if (FixedBytes(type) is var length and > 0)
        {
            from.Bytes(length, to);
        }
        else if (HasLength(type))
        {
            length = Length(from, to);
            // Letters are codes of applications' types, and the letters after one are a length.
            if (to.Length + (long)length > RecordTooLongException.BytesMax)
                throw new AttemptFailedException($"the program wrote a value of type code {type} with {length} bytes, and a " +
                    $"record may have {RecordTooLongException.BytesMax}; did it print text instead of typed bytes?");
            from.Bytes(length, to);
        }
        else if (type is Vector or Map)
        {
            for (var left = Length(from, to) * (type == Map ? 2L : 1); left > 0; left--)
                Copy(from.Byte(), from, to, depth - 1);
        }
        else if (type == List)
        {
            for (var next = from.Byte(); next != EndOfList; next = from.Byte())
                Copy(next, from, to, depth - 1);
            to.WriteByte(EndOfList);
        }
        else
        {
            throw new AttemptFailedException($"the program wrote {type} where a type code of typed bytes has to be; " +
                "did it print text, or leave a value out?");
        }
        if (to.Length > RecordTooLongException.BytesMax)
            throw new RecordTooLongException();
    }

    private static int Length(BinaryStream from, ByteBuffer to)
    {
        var length = from.Int();
        WriteInt(length, to);
        return length >= 0 ? length
            : throw new AttemptFailedException($"the program wrote {length} where a length of typed bytes has to be");
    }
}
