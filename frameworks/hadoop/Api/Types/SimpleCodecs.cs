using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Agora.MapReduce;

/// <summary>The bytes of UTF-8, as Hadoop's Text.</summary>
internal sealed class TextCodec : ICodec<string>
{
    public void Write(string value, ByteBuffer to) => to.WriteText(value);
    public string Read(ReadOnlySpan<byte> from) => Encoding.UTF8.GetString(from);
    public void WriteText(string value, ByteBuffer to) => to.WriteText(value);
}

/// <summary>Big-endian with the sign bit turned, so that negative numbers come first.</summary>
internal sealed class LongCodec : ICodec<long>
{
    public int? Size => sizeof(long);

    public void Write(long value, ByteBuffer to)
    {
        Encode(value, to.GetSpan(sizeof(long)));
        to.Advance(sizeof(long));
    }

    public long Read(ReadOnlySpan<byte> from) => BinaryPrimitives.ReadInt64BigEndian(from) ^ long.MinValue;

    public void WriteText(long value, ByteBuffer to)
    {
        const int DigitsMax = 20;
        Utf8Formatter.TryFormat(value, to.GetSpan(DigitsMax), out var used);
        to.Advance(used);
    }

    internal static void Encode(long value, Span<byte> to) =>
        BinaryPrimitives.WriteInt64BigEndian(to, value ^ long.MinValue);
}

/// <summary>As <see cref="LongCodec"/>, in four bytes.</summary>
internal sealed class IntCodec : ICodec<int>
{
    private readonly LongCodec _text = new();

    public int? Size => sizeof(int);

    public void Write(int value, ByteBuffer to)
    {
        BinaryPrimitives.WriteInt32BigEndian(to.GetSpan(sizeof(int)), value ^ int.MinValue);
        to.Advance(sizeof(int));
    }

    public int Read(ReadOnlySpan<byte> from) => BinaryPrimitives.ReadInt32BigEndian(from) ^ int.MinValue;
    public void WriteText(int value, ByteBuffer to) => _text.WriteText(value, to);
}

/// <summary>The IEEE bits, big-endian: positive ones with the sign bit set, negative ones all turned. NaN is last.</summary>
internal sealed class DoubleCodec : ICodec<double>
{
    public int? Size => sizeof(double);

    public void Write(double value, ByteBuffer to)
    {
        var bits = BitConverter.DoubleToInt64Bits(double.IsNaN(value) ? -double.NaN : value);
        BinaryPrimitives.WriteInt64BigEndian(to.GetSpan(sizeof(double)), bits < 0 ? ~bits : bits | long.MinValue);
        to.Advance(sizeof(double));
    }

    public double Read(ReadOnlySpan<byte> from)
    {
        var bits = BinaryPrimitives.ReadInt64BigEndian(from);
        return BitConverter.Int64BitsToDouble(bits < 0 ? bits & long.MaxValue : ~bits);
    }

    public void WriteText(double value, ByteBuffer to)
    {
        // As Java prints it: always with a point.
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        to.WriteText(double.IsInteger(value) && !text.Contains('E', StringComparison.Ordinal) ? text + ".0" : text);
    }
}

internal sealed class BoolCodec : ICodec<bool>
{
    public int? Size => 1;
    public void Write(bool value, ByteBuffer to) => to.WriteByte(value ? (byte)1 : (byte)0);
    public bool Read(ReadOnlySpan<byte> from) => from[0] != 0;
    public void WriteText(bool value, ByteBuffer to) => to.Write(value ? "true"u8 : "false"u8);
}

internal sealed class BytesCodec : ICodec<byte[]>
{
    public void Write(byte[] value, ByteBuffer to) => to.Write(value);
    public byte[] Read(ReadOnlySpan<byte> from) => from.ToArray();
    public void WriteText(byte[] value, ByteBuffer to) => to.Write(value);
}

/// <summary>Bytes without an allocation for each: what was read is valid until the next is read.</summary>
internal sealed class MemoryCodec : ICodec<ReadOnlyMemory<byte>>
{
    private byte[] _last = [];

    public void Write(ReadOnlyMemory<byte> value, ByteBuffer to) => to.Write(value.Span);

    public ReadOnlyMemory<byte> Read(ReadOnlySpan<byte> from)
    {
        if (_last.Length < from.Length)
            _last = new byte[Math.Max(256, from.Length * 2L > Array.MaxLength ? from.Length : from.Length * 2)];
        from.CopyTo(_last);
        return _last.AsMemory(0, from.Length);
    }

    public void WriteText(ReadOnlyMemory<byte> value, ByteBuffer to) => to.Write(value.Span);
}

internal sealed class NullCodec : ICodec<NullWritable>
{
    public int? Size => 0;

    public void Write(NullWritable value, ByteBuffer to)
    {
    }

    public NullWritable Read(ReadOnlySpan<byte> from) => default;

    public void WriteText(NullWritable value, ByteBuffer to)
    {
    }
}
