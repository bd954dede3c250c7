using ICSharpCode.SharpZipLib.BZip2;

namespace Agora.Hadoop.Tasks;

/// <summary>Unpacks a bzip2 file, which may be several, one after another.</summary>
internal sealed class BZip2Stream(Stream packed) : Stream
{
    private readonly PackedStream _packed = new(packed);
    private BZip2InputStream? _member;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count)
    {
        while (true)
        {
            if (_member is null && _packed.AtEnd)
                return 0;
            _member ??= new BZip2InputStream(_packed) { IsStreamOwner = false };
            var read = _member.Read(buffer, offset, count);
            if (read > 0 || count == 0)
                return read;
            _member.Dispose();
            _member = null;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _packed.Dispose();
        base.Dispose(disposing);
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>The packed bytes, buffered, as the library asks for them one by one; knows its end before it is read.</summary>
    private sealed class PackedStream(Stream inner) : Stream
    {
        private readonly byte[] _buffer = new byte[64 << 10];
        private int _at, _end;

        public bool AtEnd
        {
            get
            {
                if (_at < _end)
                    return false;
                _at = 0;
                _end = inner.Read(_buffer, 0, _buffer.Length);
                return _end == 0;
            }
        }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int ReadByte() => AtEnd ? -1 : _buffer[_at++];

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (AtEnd)
                return 0;
            var part = Math.Min(count, _end - _at);
            _buffer.AsSpan(_at, part).CopyTo(buffer.AsSpan(offset));
            _at += part;
            return part;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
