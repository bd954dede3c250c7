namespace Agora.Hadoop.Tasks.Input;

/// <summary>
/// StreamXmlRecordReader: a record is what lies from one text to another, both included; the key is all of it. A record
/// belongs to the split it begins in.
/// </summary>
internal sealed class XmlSource(SplitStream stream, long splitLength, byte[] begin, byte[] end) : IRecordSource
{
    private const int BufferBytes = 128 << 10;

    private byte[] _buffer = new byte[BufferBytes];
    private int _at, _filled, _length;

    /// <summary>Where in the file the buffer begins.</summary>
    private long _bufferStart = stream.Position;

    public long Records { get; private set; }
    public long Position => _bufferStart + _at - _length;
    public long BytesRead { get; private set; }
    public double Fraction => splitLength == 0 ? 1 : Math.Min(1, (double)BytesRead / splitLength);
    public ReadOnlySpan<byte> Key => _buffer.AsSpan(_at - _length, _length);
    public ReadOnlySpan<byte> Value => default;

    public bool Next()
    {
        _length = 0;
        while (true)
        {
            var at = _buffer.AsSpan(_at, _filled - _at).IndexOf(begin);
            if (at >= 0)
            {
                _at += at;
                break;
            }
            // What may be the begin of the text is kept.
            _at = Math.Max(_at, _filled - begin.Length + 1);
            if (_bufferStart + _at >= stream.SplitEnd || !Fill())
                return false;
        }
        if (_bufferStart + _at >= stream.SplitEnd)
            return false;
        var searched = begin.Length;
        while (true)
        {
            var rest = _buffer.AsSpan(_at, _filled - _at);
            var at = rest[searched..].IndexOf(end);
            if (at >= 0)
            {
                _length = searched + at + end.Length;
                _at += _length;
                Records++;
                return true;
            }
            searched = Math.Max(searched, rest.Length - end.Length + 1);
            // A record without an end is none.
            if (!Fill())
                return false;
        }
    }

    public void Dispose() => stream.Dispose();

    private bool Fill()
    {
        if (_at > 0)
        {
            _buffer.AsSpan(_at, _filled - _at).CopyTo(_buffer);
            _bufferStart += _at;
            BytesRead += _at;
            _filled -= _at;
            _at = 0;
        }
        if (_filled == _buffer.Length)
        {
            if (_filled >= RecordTooLongException.BytesMax)
                throw new RecordTooLongException();
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
        var read = stream.Read(_buffer, _filled, _buffer.Length - _filled);
        _filled += read;
        return read > 0;
    }
}
