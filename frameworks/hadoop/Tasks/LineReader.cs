namespace Agora.Hadoop.Tasks;

/// <summary>
/// Reads lines of bytes. A line ends at LF, CR LF or a lone CR; the last one may lack its end. Nothing else is special.
/// </summary>
internal sealed class LineReader(Stream stream)
{
    private const int BufferBytes = 64 << 10;

    private byte[] _buffer = new byte[BufferBytes];
    private int _start, _end;
    private bool _ended;

    /// <summary>Bytes of the lines read so far, with their ends.</summary>
    public long Consumed { get; private set; }

    /// <summary>False at the end. The line is valid until the next call.</summary>
    public bool Next(out ReadOnlySpan<byte> line)
    {
        var searched = 0;
        while (true)
        {
            var filled = _buffer.AsSpan(_start, _end - _start);
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
            {
                if (filled.Length > 0)
                    return Take(filled.Length, 0, out line);
                line = default;
                return false;
            }
            searched = filled.Length;
            Fill();
        }
    }

    private bool Take(int length, int ending, out ReadOnlySpan<byte> line)
    {
        line = _buffer.AsSpan(_start, length);
        _start += length + ending;
        Consumed += length + ending;
        return true;
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _ended = read == 0;
    }
}
