using System.Buffers.Binary;
using Agora.Storage;

namespace Agora.Hadoop.Tasks;

/// <summary>A run of sorted records in a file: where it is and what its bytes add up to.</summary>
internal readonly record struct Segment(long Offset, long Length, uint Crc)
{
    /// <summary>Size of an entry in an index file, in bytes: offset, length, CRC-32C, four unused; big-endian.</summary>
    public const int IndexBytes = 24;

    public void Write(Span<byte> entry)
    {
        BinaryPrimitives.WriteInt64BigEndian(entry, Offset);
        BinaryPrimitives.WriteInt64BigEndian(entry[8..], Length);
        BinaryPrimitives.WriteUInt32BigEndian(entry[16..], Crc);
    }

    public static Segment Read(ReadOnlySpan<byte> entry) => new(
        BinaryPrimitives.ReadInt64BigEndian(entry), BinaryPrimitives.ReadInt64BigEndian(entry[8..]),
        BinaryPrimitives.ReadUInt32BigEndian(entry[16..]));
}

/// <summary>
/// Writes records to a stream as key length, value length, key, value; lengths in 7-bit groups, low ones first.
/// </summary>
internal sealed class RecordWriter(Stream stream)
{
    private const int BufferBytes = 256 << 10;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _used;
    private uint _crc = Crc32C.Start;
    private long _segmentStart;

    /// <summary>Bytes written so far.</summary>
    public long Position { get; private set; }

    public void Write(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (_buffer.Length - _used < 2 * RecordLength.BytesMax)
            Flush();
        var start = _used;
        _used += RecordLength.Write(_buffer.AsSpan(_used), key.Length);
        _used += RecordLength.Write(_buffer.AsSpan(_used), value.Length);
        Position += _used - start;
        Append(key);
        Append(value);
    }

    /// <summary>Writes a record that has its lengths before it already.</summary>
    public void WriteEncoded(ReadOnlySpan<byte> record) => Append(record);

    /// <summary>Ends the run of records begun after the last call.</summary>
    public Segment EndSegment()
    {
        Flush();
        var segment = new Segment(_segmentStart, Position - _segmentStart, ~_crc);
        _segmentStart = Position;
        _crc = Crc32C.Start;
        return segment;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        Position += bytes.Length;
        while (!bytes.IsEmpty)
        {
            if (_used == _buffer.Length)
                Flush();
            var part = bytes[..Math.Min(bytes.Length, _buffer.Length - _used)];
            part.CopyTo(_buffer.AsSpan(_used));
            _used += part.Length;
            bytes = bytes[part.Length..];
        }
    }

    private void Flush()
    {
        var written = _buffer.AsSpan(0, _used);
        _crc = Crc32C.Append(_crc, written);
        stream.Write(written);
        _used = 0;
    }
}

/// <summary>Reads what <see cref="RecordWriter"/> wrote. Key and value are valid until the next record.</summary>
internal sealed class RecordReader(Stream stream) : IDisposable
{
    private const int BufferBytes = 64 << 10;

    private byte[] _buffer = new byte[BufferBytes];
    private int _start, _end, _keyStart, _keyLength, _valueLength;

    public ReadOnlySpan<byte> Key => _buffer.AsSpan(_keyStart, _keyLength);
    public ReadOnlySpan<byte> Value => _buffer.AsSpan(_keyStart + _keyLength, _valueLength);

    public int ValueLength => _valueLength;

    /// <exception cref="InvalidDataException">The stream ends within a record.</exception>
    public bool Next()
    {
        if (_start == _end && !Fill())
            return false;
        if (_end - _start >= 2 * RecordLength.BytesMax)
            ReadLengths();
        else
            (_keyLength, _valueLength) = (ReadLength(), ReadLength());
        var needed = _keyLength + _valueLength;
        while (_end - _start < needed)
        {
            MakeRoom(needed);
            if (!Fill())
                throw Truncated();
        }
        _keyStart = _start;
        _start += needed;
        return true;
    }

    public void Dispose() => stream.Dispose();

    /// <summary>Both lengths, where the buffer holds them for sure.</summary>
    private unsafe void ReadLengths()
    {
        fixed (byte* buffer = _buffer)
        {
            var at = buffer + _start;
            _keyLength = RecordLength.Read(ref at);
            _valueLength = RecordLength.Read(ref at);
            _start = (int)(at - buffer);
        }
    }

    private int ReadLength()
    {
        uint length = 0;
        for (var shift = 0; ; shift += 7)
        {
            if (_start == _end && !Fill())
                throw Truncated();
            var b = _buffer[_start++];
            length |= (uint)(b & 0x7f) << shift;
            if (b < 0x80)
                return (int)length;
        }
    }

    private void MakeRoom(int needed)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        if (_buffer.Length < needed)
            Array.Resize(ref _buffer, needed);
    }

    private bool Fill()
    {
        if (_start == _end)
            _start = _end = 0;
        var read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        return read > 0;
    }

    private static InvalidDataException Truncated() => new("a run of records ends within a record");
}
