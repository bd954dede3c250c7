using System.Buffers.Binary;
using System.Text;
using Agora.MapReduce;

namespace Agora.Hadoop.Tasks.Input;

/// <summary>Reads what Java's <c>DataOutput</c> and Hadoop's <c>WritableUtils</c> write.</summary>
internal sealed class BinaryStream(Stream stream)
{
    private readonly byte[] _buffer = new byte[64 << 10];
    private int _at, _end;

    /// <summary>Bytes read so far.</summary>
    public long Position { get; private set; }

    public bool AtEnd => _at == _end && !Fill();

    /// <exception cref="EndOfStreamException">There is no more.</exception>
    public byte Byte()
    {
        if (AtEnd)
            throw new EndOfStreamException("the file ends within a record");
        Position++;
        return _buffer[_at++];
    }

    /// <exception cref="EndOfStreamException">There are fewer.</exception>
    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (var got = 0; got < count;)
        {
            if (AtEnd)
                throw new EndOfStreamException("the file ends within a record");
            var part = Math.Min(count - got, _end - _at);
            _buffer.AsSpan(_at, part).CopyTo(bytes.AsSpan(got));
            _at += part;
            got += part;
            Position += part;
        }
        return bytes;
    }

    /// <summary>Appends so many bytes.</summary>
    /// <exception cref="EndOfStreamException">There are fewer.</exception>
    public void Bytes(int count, ByteBuffer to)
    {
        for (var left = count; left > 0;)
        {
            if (AtEnd)
                throw new EndOfStreamException("the file ends within a record");
            var part = Math.Min(left, _end - _at);
            to.Write(_buffer.AsSpan(_at, part));
            _at += part;
            left -= part;
            Position += part;
        }
    }

    public void Skip(long count)
    {
        for (; count > 0 && !AtEnd;)
        {
            var part = (int)Math.Min(count, _end - _at);
            _at += part;
            count -= part;
            Position += part;
        }
    }

    public int Int() => BinaryPrimitives.ReadInt32BigEndian(Bytes(sizeof(int)));

    /// <summary>A text: its length, then its bytes.</summary>
    public string Text()
    {
        var first = Byte();
        var more = VLongBytes([first]) - 1;
        long length = (sbyte)first;
        if (more > 0)
        {
            length = 0;
            foreach (var b in Bytes(more))
                length = (length << 8) | b;
        }
        return Encoding.UTF8.GetString(Bytes((int)length));
    }

    /// <summary>How many bytes a length in Hadoop's variable form takes, by its first.</summary>
    public static int VLongBytes(ReadOnlySpan<byte> bytes)
    {
        var first = (sbyte)bytes[0];
        return first >= -112 ? 1 : first < -120 ? -119 - first : -111 - first;
    }

    private bool Fill()
    {
        _at = 0;
        _end = stream.Read(_buffer, 0, _buffer.Length);
        return _end > 0;
    }
}
