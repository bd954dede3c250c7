using Agora.Hadoop.Jobs;
using Agora.Storage;

namespace Agora.Hadoop.Tasks.Input;

/// <summary>
/// The lines of one split. A line belongs to the split its first byte is in: a split that does not begin the file
/// drops what is left of the line before it, and reads its last line past its end.
/// </summary>
internal sealed class SplitReader : IDisposable
{
    private readonly SplitStream _stream;
    private readonly LineReader _lines;
    private readonly long _start;

    /// <param name="delimiter">What ends a record instead of LF, CR or CR LF; empty for those.</param>
    public SplitReader(StoredPath file, InputSplit split, ReadOnlySpan<byte> delimiter = default)
    {
        // From just before: if that ends a line, it alone is dropped.
        var before = Math.Min(split.Offset, Math.Max(1, delimiter.Length));
        _start = split.Offset - before;
        _stream = new SplitStream(file, split, _start);
        _lines = new LineReader(_stream, delimiter.ToArray());
        if (before > 0)
            _lines.Next(out _);
        LineOffset = Position;
    }

    /// <summary>Where in the file the last line began.</summary>
    public long LineOffset { get; private set; }

    public long BytesRead => _lines.Consumed;

    private long Position => _start + _lines.Consumed;

    /// <summary>The last line, valid until the next one.</summary>
    public ReadOnlySpan<byte> Line => _lines.Last;

    public bool Next()
    {
        if (Position >= _stream.SplitEnd)
            return false;
        LineOffset = Position;
        return _lines.Next(out _);
    }

    /// <summary>The next lines in a block, as <see cref="LineReader.NextBlock"/> gives them.</summary>
    public bool NextLines(out ReadOnlySpan<byte> block, out long lines) =>
        _lines.NextBlock(_stream.SplitEnd - Position, out block, out lines);

    public void Dispose()
    {
        _stream.Dispose();
        _lines.Dispose();
    }
}
