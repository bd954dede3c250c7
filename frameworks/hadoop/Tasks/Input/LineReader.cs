namespace Agora.Hadoop.Tasks.Input;

/// <summary>
/// Reads lines of bytes. A line ends at LF, CR LF or a lone CR; the last one may lack its end. Nothing else is special.
/// </summary>
/// <param name="delimiter">What ends a line instead; empty or null for the above.</param>
internal sealed class LineReader(Stream stream, byte[]? delimiter = null) : IDisposable
{
    private const int BufferBytes = 256 << 10;

    private readonly GrowingBuffer _buffer = new(BufferBytes);
    private int _start, _end, _lastStart, _lastLength;
    private bool _ended;

    /// <summary>True if <see cref="NextBlock"/> has given the begin of a line and not yet its end.</summary>
    private bool _inLine;

    /// <summary>Bytes of the lines read so far, with their ends.</summary>
    public long Consumed { get; private set; }

    /// <summary>The line that <see cref="Next"/> gave last.</summary>
    public ReadOnlySpan<byte> Last => _buffer.Bytes.Slice(_lastStart, _lastLength);

    /// <summary>False at the end. The line is valid until the next call.</summary>
    /// <exception cref="RecordTooLongException">It is longer than an array can be.</exception>
    public bool Next(out ReadOnlySpan<byte> line)
    {
        if (delimiter is { Length: > 0 })
            return NextDelimited(out line);
        var searched = 0;
        while (true)
        {
            var filled = _buffer.Bytes.Slice(_start, _end - _start);
            var at = filled[searched..].IndexOfAny((byte)'\n', (byte)'\r');
            if (at >= 0)
            {
                at += searched;
                var ending = 1;
                if (filled[at] == '\r')
                {
                    // Whether an LF follows has to be known first.
                    if (at + 1 == filled.Length && !_ended)
                    {
                        Fill();
                        searched = at;
                        continue;
                    }
                    if (at + 1 < filled.Length && filled[at + 1] == '\n')
                        ending = 2;
                }
                return Take(at, ending, out line);
            }
            if (_ended)
                return TakeRest(out line);
            searched = filled.Length;
            Fill();
        }
    }

    /// <summary>
    /// What is at hand of the lines that begin in the next <paramref name="within"/> bytes, each ended by one LF. A long
    /// line comes in parts, so that it need not fit in memory.
    /// </summary>
    /// <param name="lines">How many lines end in it.</param>
    /// <returns>False at the end.</returns>
    public bool NextBlock(long within, out ReadOnlySpan<byte> block, out long lines)
    {
        lines = 0;
        block = default;
        if (!_inLine && within <= 0)
            return false;
        if (_start == _end && !_ended)
            Fill();
        var filled = _buffer.Bytes.Slice(_start, _end - _start);
        if (filled.IsEmpty)
        {
            if (!_inLine)
                return false;
            EndLine(out block, out lines);
            return true;
        }
        if (filled.IndexOf((byte)'\r') is var cr and >= 0)
            filled = filled[..cr];
        if (filled.IsEmpty)
        {
            // The CR, and an LF if one follows.
            Next(out _);
            EndLine(out block, out lines);
            return true;
        }
        var whole = filled.LastIndexOf((byte)'\n') + 1;
        if (whole > within)
        {
            var last = (int)Math.Max(within - 1, 0);
            whole = last + filled[last..].IndexOf((byte)'\n') + 1;
        }
        block = whole > 0 ? filled[..whole] : filled;
        _inLine = whole == 0;
        lines = block.Count((byte)'\n');
        _start += block.Length;
        Consumed += block.Length;
        return true;
    }

    /// <summary>Leaves the stream open. Spans that were given are no longer valid.</summary>
    public void Dispose() => _buffer.Dispose();

    private void EndLine(out ReadOnlySpan<byte> block, out long lines)
    {
        _inLine = false;
        block = "\n"u8;
        lines = 1;
    }

    private bool NextDelimited(out ReadOnlySpan<byte> line)
    {
        var searched = 0;
        while (true)
        {
            var filled = _buffer.Bytes.Slice(_start, _end - _start);
            var at = filled[searched..].IndexOf(delimiter);
            if (at >= 0)
                return Take(searched + at, delimiter!.Length, out line);
            if (_ended)
                return TakeRest(out line);
            searched = Math.Max(0, filled.Length - delimiter!.Length + 1);
            Fill();
        }
    }

    private bool TakeRest(out ReadOnlySpan<byte> line)
    {
        if (_start < _end)
            return Take(_end - _start, 0, out line);
        line = default;
        return false;
    }

    private bool Take(int length, int ending, out ReadOnlySpan<byte> line)
    {
        line = _buffer.Bytes.Slice(_start, length);
        (_lastStart, _lastLength) = (_start, length);
        _start += length + ending;
        Consumed += length + ending;
        return true;
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.Bytes[_start.._end].CopyTo(_buffer.Bytes);
            _end -= _start;
            _start = 0;
            // What a long line needed is given back once what follows it fits.
            if (_buffer.Length > BufferBytes && _end <= BufferBytes / 2)
                _buffer.Resize(BufferBytes);
        }
        if (_end == _buffer.Length)
        {
            if (_end == RecordTooLongException.BytesMax)
                throw new RecordTooLongException();
            _buffer.Resize((int)Math.Min(_buffer.Length * 2L, RecordTooLongException.BytesMax));
        }
        var read = stream.Read(_buffer.Bytes[_end..]);
        _end += read;
        _ended = read == 0;
    }
}

/// <summary>A record is too long to be held in memory.</summary>
internal sealed class RecordTooLongException() : Exception(
    $"a record is longer than {BytesMax >> 20} MiB, the most that is supported; is the input really lines of text?")
{
    /// <summary>The longest record, in bytes; a task's memory has room for a few of them.</summary>
    public const int BytesMax = 256 << 20;
}
