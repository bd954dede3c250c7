using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Agora.Spark.Records;

/// <summary>Reads records off the bytes that a <see cref="RecordWriter"/> wrote. Not for several threads.</summary>
public sealed class RecordReader
{
    private byte[] _buffer = [];
    private int _position, _end;
    private List<RecordCodec>? _types;

    public RecordReader(ReadOnlyMemory<byte> bytes) => Start(bytes);

    /// <summary>Bytes not yet read.</summary>
    public int Remaining => _end - _position;

    internal ReferenceTable References { get; } = new();

    /// <summary>Goes on with other bytes, which know nothing of those before.</summary>
    public void Start(ReadOnlyMemory<byte> bytes)
    {
        if (!MemoryMarshal.TryGetArray(bytes, out var segment))
            segment = bytes.ToArray();
        (_buffer, _position, _end) = (segment.Array!, segment.Offset, segment.Offset + segment.Count);
        _types?.Clear();
        References.Clear();
    }

    /// <exception cref="InvalidDataException">The bytes end; so with the other methods.</exception>
    public byte ReadByte() => ReadRaw<byte>();

    public T ReadUnmanaged<T>() where T : unmanaged => ReadRaw<T>();

    /// <summary>A count as <see cref="RecordWriter.WriteLength"/> wrote it.</summary>
    public int ReadLength()
    {
        var value = 0u;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var next = ReadByte();
            value |= (uint)(next & 127) << shift;
            if (next < 128)
                return (int)value >= 0 ? (int)value : throw new InvalidDataException("a length is negative");
        }
        throw new InvalidDataException("a length takes more than five bytes");
    }

    /// <summary>Valid as long as the bytes the reader was given.</summary>
    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if (count < 0 || Remaining < count)
            ThrowEnded();
        var bytes = _buffer.AsSpan(_position, count);
        _position += count;
        return bytes;
    }

    public string? ReadString()
    {
        var head = ReadLength();
        if (head == 0)
            return null;
        // As RecordWriter.WriteString: 1 + 2 * bytes of UTF-8, or that and 1 more for UTF-16.
        var bytes = ReadBytes((head - 1) >> 1);
        return (head & 1) != 0 ? Encoding.UTF8.GetString(bytes) : new string(MemoryMarshal.Cast<byte, char>(bytes));
    }

    internal T ReadRaw<T>()
    {
        if (Remaining < Unsafe.SizeOf<T>())
            ThrowEnded();
        var value = Unsafe.ReadUnaligned<T>(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_buffer), _position));
        _position += Unsafe.SizeOf<T>();
        return value;
    }

    internal void ReadRaws<T>(Span<T> values)
    {
        if (values.Length > 0)
            ReadBytes(checked(values.Length * Unsafe.SizeOf<T>())).CopyTo(
                MemoryMarshal.CreateSpan(ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(values)), values.Length * Unsafe.SizeOf<T>()));
    }

    /// <summary>A count of values without references, which the bytes still to come must hold.</summary>
    internal int ReadRawsLength<T>()
    {
        var count = ReadLength();
        if ((long)count * Unsafe.SizeOf<T>() > Remaining)
            ThrowEnded();
        return count;
    }

    /// <param name="id">As written by <see cref="RecordWriter.WriteType"/>, already read.</param>
    internal RecordCodec ReadType(int id)
    {
        _types ??= [];
        var index = id - PolymorphicTag.FirstType;
        if (index > _types.Count)
            throw new InvalidDataException("a type is referred to that has no name");
        if (index == _types.Count)
            _types.Add(CodecBuilder.ExactOf(TypeNames.FromWire(
                ReadString() ?? throw new InvalidDataException("a type has no name"))));
        return _types[index];
    }

    private static void ThrowEnded() => throw new InvalidDataException("the bytes end within a record");
}
