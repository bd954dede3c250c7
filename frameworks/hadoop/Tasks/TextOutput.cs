namespace Agora.Hadoop.Tasks;

/// <summary>A buffered stream that counts, and writes records as text: key, TAB, value, LF.</summary>
internal sealed class TextOutput(Stream inner) : Stream
{
    private const int BufferBytes = 64 << 10;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _used;

    /// <summary>Bytes written, those still buffered included.</summary>
    public long Written { get; private set; }

    public void WriteRecord(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Write(key);
        Write("\t"u8);
        Write(value);
        Write("\n"u8);
    }

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => Written;
    public override long Position { get => Written; set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> bytes)
    {
        Written += bytes.Length;
        if (bytes.Length > _buffer.Length - _used)
            Drain();
        if (bytes.Length > _buffer.Length)
        {
            inner.Write(bytes);
            return;
        }
        bytes.CopyTo(_buffer.AsSpan(_used));
        _used += bytes.Length;
    }

    public override void Flush()
    {
        Drain();
        inner.Flush();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();

    private void Drain()
    {
        inner.Write(_buffer.AsSpan(0, _used));
        _used = 0;
    }
}
