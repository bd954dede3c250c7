using Agora.Storage;

namespace Agora.Hadoop.Tasks;

/// <summary>Counts what is written to a stream, which it leaves open, and adds it up.</summary>
internal sealed class ChecksumStream(Stream inner) : Stream
{
    private uint _crc = Crc32C.Start;

    /// <summary>In bytes.</summary>
    public long Written { get; private set; }

    /// <summary>CRC-32C of what was written since the last call.</summary>
    public uint TakeCrc()
    {
        var crc = ~_crc;
        _crc = Crc32C.Start;
        return crc;
    }

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => Written;
    public override long Position { get => Written; set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        inner.Write(buffer);
        _crc = Crc32C.Append(_crc, buffer);
        Written += buffer.Length;
    }

    public override void Flush() => inner.Flush();
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
}
