using Agora.Hadoop.Jobs;
using Agora.Storage;

namespace Agora.Hadoop.Tasks.Input;

/// <summary>
/// The bytes of a file from some place on: the split itself, then as little more as its last record needs. Compressed
/// files, which are one split, are unpacked.
/// </summary>
internal sealed class SplitStream : Stream
{
    /// <summary>What is asked for beyond the split at first, and then again and again, in bytes.</summary>
    private const int FurtherBytes = 64 << 10;

    private readonly StoredPath _file;
    private readonly Stream? _unpacked;
    private Stream? _part;
    private long _position, _partEnd;

    /// <param name="start">Where to begin, in the file.</param>
    public SplitStream(StoredPath file, InputSplit split, long start)
    {
        _file = file;
        _position = start;
        SplitEnd = split.Offset + split.Length;
        if (!Codec.IsCompressed(split.Path))
            return;
        // The length of a compressed file says nothing of what is in it.
        SplitEnd = long.MaxValue;
        _unpacked = Codec.Unpack(split.Path, file.Store.OpenAsync(file.Path).GetAwaiter().GetResult());
    }

    /// <summary>Where the split ends: records that begin there or later are not its own.</summary>
    public long SplitEnd { get; }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => _position; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (_unpacked is not null)
            return _unpacked.Read(buffer);
        while (true)
        {
            _part ??= Open();
            var read = _part.Read(buffer);
            _position += read;
            // A part that gives less than was asked for ends where the file does.
            if (read > 0 || _position < _partEnd || buffer.IsEmpty)
                return read;
            _part.Dispose();
            _part = null;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _unpacked?.Dispose();
            _part?.Dispose();
        }
        base.Dispose(disposing);
    }

    private Stream Open()
    {
        _partEnd = Math.Max(_position, SplitEnd) + FurtherBytes;
        return _file.Store.OpenAsync(_file.Path, _position, _partEnd - _position).GetAwaiter().GetResult();
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
