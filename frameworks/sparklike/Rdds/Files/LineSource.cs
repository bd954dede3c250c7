using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Agora.Spark;

/// <summary>Lines of UTF-8. One ends at LF, CR LF or a lone CR; the last may lack its end.</summary>
/// <param name="isStart">A byte order mark is left out.</param>
internal sealed class LineSource(Stream from, bool isStart)
{
    private const int BufferBytes = 256 << 10;

    private byte[] _buffer = new byte[BufferBytes];
    private int _start, _end;
    private bool _ended, _mayHaveMark = isStart;

    /// <summary>Where the next line begins, in bytes from the beginning of the stream.</summary>
    public long Position { get; private set; }

    /// <summary>False at the end.</summary>
    public bool Next([NotNullWhen(true)] out string? line)
    {
        var isThere = Find(out var length, out var ending);
        line = isThere ? Encoding.UTF8.GetString(_buffer, _start, length) : null;
        _start += length + ending;
        Position += length + ending;
        return isThere;
    }

    /// <summary>Leaves out a line.</summary>
    public void Skip()
    {
        Find(out var length, out var ending);
        _start += length + ending;
        Position += length + ending;
    }

    private bool Find(out int length, out int ending)
    {
        if (_mayHaveMark)
            SkipMark();
        var searched = 0;
        while (true)
        {
            var filled = _buffer.AsSpan(_start, _end - _start);
            var at = filled[searched..].IndexOfAny((byte)'\n', (byte)'\r');
            if (at >= 0)
            {
                at += searched;
                // Whether an LF follows a CR has to be known first.
                if (filled[at] == '\r' && at + 1 == filled.Length && !_ended)
                {
                    Fill();
                    searched = at;
                    continue;
                }
                length = at;
                ending = filled[at] == '\r' && at + 1 < filled.Length && filled[at + 1] == '\n' ? 2 : 1;
                return true;
            }
            if (_ended)
            {
                length = filled.Length;
                ending = 0;
                return length > 0;
            }
            searched = filled.Length;
            Fill();
        }
    }

    private void SkipMark()
    {
        _mayHaveMark = false;
        while (_end < 3 && !_ended)
            Fill();
        if (!_buffer.AsSpan(0, _end).StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            return;
        _start = 3;
        Position = 3;
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
        {
            if (_buffer.Length == Array.MaxLength)
                throw new SparkException($"a line is longer than {Array.MaxLength:N0} bytes, the most that fits; is the input really lines of text?");
            Array.Resize(ref _buffer, (int)Math.Min(_buffer.Length * 2L, Array.MaxLength));
        }
        var read = from.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _ended = read == 0;
    }
}
