using System.Buffers.Binary;

namespace Agora.Hadoop.Tasks;

/// <summary>A run of sorted records in a file: where it is and what its bytes add up to.</summary>
/// <param name="Length">Bytes in the file.</param>
/// <param name="RecordBytes">What they are once unpacked; the same if they are not packed.</param>
/// <param name="LongestKey">Of its records, in bytes.</param>
/// <param name="Crc">Of the bytes in the file.</param>
internal readonly record struct Segment(long Offset, long Length, long RecordBytes, int LongestKey, uint Crc)
{
    /// <summary>
    /// Size of an entry in an index file, in bytes: offset, length, length unpacked, CRC-32C, longest key; big-endian.
    /// </summary>
    public const int IndexBytes = 32;

    public void Write(Span<byte> entry)
    {
        BinaryPrimitives.WriteInt64BigEndian(entry, Offset);
        BinaryPrimitives.WriteInt64BigEndian(entry[8..], Length);
        BinaryPrimitives.WriteInt64BigEndian(entry[16..], RecordBytes);
        BinaryPrimitives.WriteUInt32BigEndian(entry[24..], Crc);
        BinaryPrimitives.WriteInt32BigEndian(entry[28..], LongestKey);
    }

    public static Segment Read(ReadOnlySpan<byte> entry) => new(
        BinaryPrimitives.ReadInt64BigEndian(entry), BinaryPrimitives.ReadInt64BigEndian(entry[8..]),
        BinaryPrimitives.ReadInt64BigEndian(entry[16..]), BinaryPrimitives.ReadInt32BigEndian(entry[28..]),
        BinaryPrimitives.ReadUInt32BigEndian(entry[24..]));
}

/// <summary>
/// Writes records to a stream, which it leaves open, as key length, value length, key, value; lengths in 7-bit groups,
/// low ones first.
/// </summary>
/// <param name="codec">Class of the codec each run is packed with by itself; null for none.</param>
internal sealed class RecordWriter(Stream stream, string? codec = null) : IDisposable
{
    private const int BufferBytes = 256 << 10;

    private readonly ChecksumStream _file = new(stream);
    private readonly byte[] _buffer = new byte[BufferBytes];
    private Stream? _packed;
    private int _used, _longestKey;
    private long _recordBytes, _segmentStart;

    /// <summary>Bytes in the file when the last run ended.</summary>
    public long Position => _segmentStart;

    public void Write(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (_buffer.Length - _used < 2 * RecordLength.BytesMax)
            Flush();
        var start = _used;
        _used += RecordLength.Write(_buffer.AsSpan(_used), key.Length);
        _used += RecordLength.Write(_buffer.AsSpan(_used), value.Length);
        _recordBytes += _used - start;
        _longestKey = Math.Max(_longestKey, key.Length);
        Append(key);
        Append(value);
    }

    /// <summary>Writes a record that has its lengths before it already.</summary>
    public void WriteEncoded(ReadOnlySpan<byte> record)
    {
        _longestKey = Math.Max(_longestKey, RecordLength.First(record));
        Append(record);
    }

    /// <summary>Ends the run of records begun after the last call.</summary>
    public Segment EndSegment()
    {
        Flush();
        // A packed stream is whole only when it is closed.
        _packed?.Dispose();
        _packed = null;
        var segment = new Segment(_segmentStart, _file.Written - _segmentStart, _recordBytes, _longestKey, _file.TakeCrc());
        _segmentStart = _file.Written;
        _recordBytes = 0;
        _longestKey = 0;
        return segment;
    }

    public void Dispose()
    {
        _packed?.Dispose();
        _file.Dispose();
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        _recordBytes += bytes.Length;
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
        // A run without records takes no bytes, packed or not.
        if (_used == 0)
            return;
        if (codec is not null)
            _packed ??= Codec.PackRun(codec, _file);
        (_packed ?? _file).Write(_buffer.AsSpan(0, _used));
        _used = 0;
    }
}

/// <summary>
/// Reads what <see cref="RecordWriter"/> wrote. Key and value are valid until the next record. A value can be
/// left unread until it is needed, so that of many runs being merged only one at a time holds a long one.
/// </summary>
internal sealed class RecordReader(Stream stream) : IDisposable
{
    private const int BufferBytes = 64 << 10;

    private readonly GrowingBuffer _buffer = new(BufferBytes);
    private int _start, _end, _keyStart, _keyLength, _valueLength;

    /// <summary>Bytes of the value that are still in the stream or not yet passed over.</summary>
    private int _unread;

    public ReadOnlySpan<byte> Key => _buffer.Bytes.Slice(_keyStart, _keyLength);

    public ReadOnlySpan<byte> Value => _buffer.Bytes.Slice(_keyStart + _keyLength, _valueLength);

    public int ValueLength => _valueLength;

    /// <exception cref="InvalidDataException">The stream ends within a record.</exception>
    public bool Next()
    {
        if (!NextKey())
            return false;
        ReadValue();
        return true;
    }

    /// <summary>Goes to the next record without its value; <see cref="ReadValue"/> has to be called for that.</summary>
    /// <exception cref="InvalidDataException">The stream ends within a record.</exception>
    public bool NextKey()
    {
        PassOver();
        if (_start == _end && !Fill())
            return false;
        if (_end - _start >= 2 * RecordLength.BytesMax)
            ReadLengths();
        else
            (_keyLength, _valueLength) = (ReadLength(), ReadLength());
        Need(_keyLength);
        _keyStart = _start;
        _start += _keyLength;
        _unread = _valueLength;
        if (_end - _start >= _valueLength)
        {
            _start += _valueLength;
            _unread = 0;
        }
        return true;
    }

    /// <summary>Makes the value of the record readable. Spans of its key taken before are no longer valid.</summary>
    public void ReadValue()
    {
        if (_unread == 0)
            return;
        // The key stays before its value.
        _start = _keyStart;
        Need(_keyLength + _valueLength);
        _keyStart = _start;
        _start += _keyLength + _valueLength;
        _unread = 0;
    }

    public void Dispose()
    {
        stream.Dispose();
        _buffer.Dispose();
    }

    /// <summary>Both lengths, where the buffer holds them for sure.</summary>
    private unsafe void ReadLengths()
    {
        fixed (byte* buffer = _buffer.Bytes)
        {
            var at = buffer + _start;
            _keyLength = RecordLength.Read(ref at);
            _valueLength = RecordLength.Read(ref at);
            _start = (int)(at - buffer);
        }
    }

    private void PassOver()
    {
        while (_unread > 0)
        {
            if (_start == _end && !Fill())
                throw Truncated();
            var part = Math.Min(_unread, _end - _start);
            _start += part;
            _unread -= part;
        }
        // What a long record needed is given back once what follows it fits.
        if (_buffer.Length > BufferBytes && _end - _start <= BufferBytes)
        {
            MoveToFront();
            _buffer.Resize(BufferBytes);
        }
    }

    private void Need(int bytes)
    {
        while (_end - _start < bytes)
        {
            MakeRoom(bytes);
            if (!Fill())
                throw Truncated();
        }
    }

    private int ReadLength()
    {
        uint length = 0;
        for (var shift = 0; ; shift += 7)
        {
            if (_start == _end && !Fill())
                throw Truncated();
            var b = _buffer.Bytes[_start++];
            length |= (uint)(b & 0x7f) << shift;
            if (b < 0x80)
                return (int)length;
        }
    }

    private void MakeRoom(int needed)
    {
        MoveToFront();
        if (_buffer.Length < needed)
            _buffer.Resize(needed);
    }

    private void MoveToFront()
    {
        _buffer.Bytes[_start.._end].CopyTo(_buffer.Bytes);
        _end -= _start;
        _start = 0;
    }

    private bool Fill()
    {
        if (_start == _end)
            _start = _end = 0;
        var read = stream.Read(_buffer.Bytes[_end..]);
        _end += read;
        return read > 0;
    }

    private static InvalidDataException Truncated() => new("a run of records ends within a record");
}
