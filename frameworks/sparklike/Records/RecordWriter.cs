using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Unicode;

namespace Agora.Spark.Records;

/// <summary>Puts records one after another into a buffer that grows. Not for several threads.</summary>
public sealed class RecordWriter
{
    private const int FirstCapacity = 256;

    private byte[] _buffer;
    private int _length;
    private Dictionary<Type, (int Id, RecordCodec Codec)>? _types;

    public RecordWriter(int capacity = FirstCapacity) => _buffer = new byte[Math.Max(capacity, 16)];

    /// <summary>Bytes written since the last <see cref="Clear"/>.</summary>
    public int Length => _length;

    /// <summary>Valid until the next write.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    internal ReferenceTable References { get; } = new();

    /// <summary>Starts over: what follows can be read without what was before.</summary>
    public void Clear()
    {
        _length = 0;
        _types?.Clear();
        References.Clear();
    }

    public void WriteByte(byte value) => WriteRaw(value);

    /// <summary>As it lies in memory.</summary>
    public void WriteUnmanaged<T>(T value) where T : unmanaged => WriteRaw(value);

    /// <summary>A count, in 1 byte up to 127 and at most 5.</summary>
    public void WriteLength(int value)
    {
        Reserve(5);
        _length += PutLength(_buffer.AsSpan(_length), value);
    }

    public void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    /// <summary>Any string, or null; as UTF-8 if that can say it.</summary>
    public void WriteString(string? value)
    {
        if (value is null)
        {
            WriteByte(0);
            return;
        }
        Reserve(checked(5 + (3 * value.Length)));
        // Most strings are as long in UTF-8 as they have characters, so the place for their length is known before.
        var start = LengthBytes(StringHead(value.Length));
        var room = _buffer.AsSpan(_length);
        if (Utf8.FromUtf16(value, room[start..], out _, out var bytes, replaceInvalidSequences: false) != OperationStatus.Done)
        {
            // Half a surrogate pair: kept as it is.
            WriteLength(StringHead(value.Length * sizeof(char)) + 1);
            WriteBytes(MemoryMarshal.AsBytes(value.AsSpan()));
            return;
        }
        var head = LengthBytes(StringHead(bytes));
        if (head != start)
            room.Slice(start, bytes).CopyTo(room[head..]);
        PutLength(room, StringHead(bytes));
        _length += head + bytes;
    }

    /// <summary>For types without references, which the caller has made sure of.</summary>
    internal void WriteRaw<T>(T value)
    {
        var size = Unsafe.SizeOf<T>();
        if (_buffer.Length - _length < size)
            Grow(size);
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_buffer), _length), value);
        _length += size;
    }

    internal void WriteRaws<T>(ReadOnlySpan<T> values)
    {
        if (values.Length > 0)
            WriteBytes(MemoryMarshal.CreateReadOnlySpan(
                ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(values)), checked(values.Length * Unsafe.SizeOf<T>())));
    }

    /// <summary>Writes which type it is, by name when it is met first, and says how to go on.</summary>
    internal RecordCodec WriteType(Type type)
    {
        _types ??= [];
        if (_types.TryGetValue(type, out var known))
        {
            WriteLength(known.Id);
            return known.Codec;
        }
        var codec = CodecBuilder.ExactOf(type);
        var id = PolymorphicTag.FirstType + _types.Count;
        _types[type] = (id, codec);
        WriteLength(id);
        WriteString(TypeNames.ForWire(type));
        return codec;
    }

    /// <summary>Null is 0; the lowest bit of others says whether UTF-16 follows.</summary>
    private static int StringHead(int bytes) => checked((bytes << 1) + 1);

    internal static int LengthBytes(int value) => (38 - int.LeadingZeroCount(value | 1)) / 7;

    private static int PutLength(Span<byte> to, int value)
    {
        var rest = (uint)value;
        var i = 0;
        for (; rest > 127; rest >>= 7)
            to[i++] = (byte)(rest | 128);
        to[i] = (byte)rest;
        return i + 1;
    }

    private void Reserve(int size)
    {
        if (_buffer.Length - _length < size)
            Grow(size);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int size)
    {
        var needed = (long)_length + size;
        if (needed > Array.MaxLength)
            throw new CodecException("a record takes more than 2 GB: split it into several");
        Array.Resize(ref _buffer, (int)Math.Min(Array.MaxLength, Math.Max(needed, 2L * _buffer.Length)));
    }
}
