using System.IO.Compression;
using Agora.Hadoop.Jobs;
using Agora.Storage;

namespace Agora.Hadoop.Tasks.Input;

/// <summary>
/// The lines of one split. A line belongs to the split its first byte is in: a split that does not begin the file
/// drops what is left of the line before it, and reads its last line past its end.
/// </summary>
internal sealed class SplitReader : IDisposable
{
    private readonly Stream _stream;
    private readonly LineReader _lines;
    private readonly long _start, _end;

    public SplitReader(StoredPath file, InputSplit split)
    {
        if (IsCompressed(split.Path))
        {
            // A compressed file is one split, and its length says nothing of what is in it.
            _stream = new GZipStream(
                file.Store.OpenAsync(file.Path).GetAwaiter().GetResult(), CompressionMode.Decompress);
            _lines = new LineReader(_stream);
            _end = long.MaxValue;
            return;
        }
        _end = split.Offset + split.Length;
        _start = split.Offset == 0 ? 0 : split.Offset - 1;
        _stream = new ReadAhead(file, _start, _end);
        _lines = new LineReader(_stream);
        // From one byte before: if that ends a line, it alone is dropped.
        if (split.Offset > 0)
            _lines.Next(out _);
        LineOffset = Position;
    }

    public static bool IsCompressed(string path) => path.EndsWith(".gz", StringComparison.Ordinal);

    /// <summary>Where in the file the last line began.</summary>
    public long LineOffset { get; private set; }

    public long BytesRead => _lines.Consumed;

    private long Position => _start + _lines.Consumed;

    /// <summary>The last line, valid until the next one.</summary>
    public ReadOnlySpan<byte> Line => _lines.Last;

    public bool Next()
    {
        if (Position >= _end)
            return false;
        LineOffset = Position;
        return _lines.Next(out _);
    }

    /// <summary>The next lines in a block, as <see cref="LineReader.NextBlock"/> gives them.</summary>
    public bool NextLines(out ReadOnlySpan<byte> block, out long lines) =>
        _lines.NextBlock(_end - Position, out block, out lines);

    public void Dispose() => _stream.Dispose();

    /// <summary>Opens the split itself, then as little more as its last line needs.</summary>
    private sealed class ReadAhead(StoredPath file, long start, long end) : Stream
    {
        private const int FurtherBytes = 64 << 10;

        private Stream? _part;
        private long _position = start;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => _position; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            while (true)
            {
                var fresh = _part is null;
                _part ??= Open();
                var read = _part.Read(buffer, offset, count);
                _position += read;
                // A part just opened that holds nothing is the end of the file.
                if (read > 0 || fresh)
                    return read;
                _part.Dispose();
                _part = null;
            }
        }

        private Stream Open() => file.Store
            .OpenAsync(file.Path, _position, _position < end ? end - _position : FurtherBytes)
            .GetAwaiter().GetResult();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _part?.Dispose();
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
