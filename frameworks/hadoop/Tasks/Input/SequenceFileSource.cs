using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks.Forms;
using Agora.MapReduce;
using Agora.Storage;

namespace Agora.Hadoop.Tasks.Input;

/// <summary>
/// Hadoop's SequenceFile, not compressed, its keys and values as records of some form. The part of a split begins at the
/// first sync mark in it.
/// </summary>
internal sealed class SequenceFileSource : IRecordSource
{
    private const int MarkBytes = 16, SyncEscape = -1, VersionMin = 5;

    private readonly BinaryStream _file;
    private readonly SplitStream _stream;
    private readonly long _length;
    private readonly byte[] _mark;
    private readonly string _keyClass, _valueClass;
    private readonly bool _begun;
    private readonly RecordForm _form;
    private readonly ByteBuffer _record = new(), _key = new(), _value = new();

    public SequenceFileSource(SplitStream stream, InputSplit split, RecordForm form)
    {
        _stream = stream;
        _form = form;
        _length = split.Length;
        _file = new BinaryStream(stream);
        var magic = _file.Bytes(4);
        if (!magic.AsSpan(0, 3).SequenceEqual("SEQ"u8))
            throw new AttemptFailedException($"{split.Path} is not a SequenceFile");
        if (magic[3] is < VersionMin or > 6)
            throw new AttemptFailedException($"{split.Path} is a SequenceFile of version {magic[3]}; 5 and 6 can be read");
        _keyClass = _file.Text();
        _valueClass = _file.Text();
        if (_file.Bytes(2) is not [0, 0])
            throw new AttemptFailedException($"{split.Path} is a compressed SequenceFile; only plain ones can be read");
        if (magic[3] == 6)
            for (var pairs = _file.Int(); pairs > 0; pairs--)
                _ = (_file.Text(), _file.Text());
        _mark = _file.Bytes(MarkBytes);
        // What is before the split's first mark belongs to the split before; the first records, to that in which they begin.
        _begun = split.Offset > _file.Position ? SkipToMark(split.Offset) : _file.Position < stream.SplitEnd;
    }

    public long Records { get; private set; }
    public long Position { get; private set; }
    public long BytesRead => _file.Position;
    public double Fraction => _length == 0 ? 1 : Math.Min(1, (double)BytesRead / _length);
    public ReadOnlySpan<byte> Key => _key.Span;
    public ReadOnlySpan<byte> Value => _value.Span;

    public static bool IsSequenceFile(StoredPath file)
    {
        using var head = file.Store.OpenAsync(file.Path, 0, 3).GetAwaiter().GetResult();
        Span<byte> magic = stackalloc byte[3];
        return head.ReadAtLeast(magic, 3, throwOnEndOfStream: false) == 3 && magic.SequenceEqual("SEQ"u8);
    }

    public bool Next()
    {
        if (!_begun)
            return false;
        Position = _file.Position;
        if (_file.AtEnd)
            return false;
        var length = _file.Int();
        if (length == SyncEscape)
        {
            if (!_file.Bytes(MarkBytes).AsSpan().SequenceEqual(_mark))
                throw new InvalidDataException("the SequenceFile is damaged: a sync mark is not the file's");
            // A mark past the split's end begins the next split's part.
            if (Position >= _stream.SplitEnd || _file.AtEnd)
                return false;
            length = _file.Int();
        }
        var keyLength = _file.Int();
        if (length < 0 || keyLength < 0 || keyLength > length || length > RecordTooLongException.BytesMax)
            throw new InvalidDataException("the SequenceFile is damaged: the length of a record cannot be");
        _record.Clear();
        _file.Bytes(length, _record);
        _key.Clear();
        Writables.Append(_keyClass, _record.Span[..keyLength], _form, _key);
        _value.Clear();
        Writables.Append(_valueClass, _record.Span[keyLength..], _form, _value);
        Records++;
        return true;
    }

    public void Dispose() => _stream.Dispose();

    private bool SkipToMark(long from)
    {
        _file.Skip(from - _file.Position);
        var window = new byte[MarkBytes];
        for (var seen = 0; !_file.AtEnd; seen++)
        {
            if (_file.Position - MarkBytes >= _stream.SplitEnd)
                return false;
            window.AsSpan(1).CopyTo(window);
            window[^1] = _file.Byte();
            if (seen >= MarkBytes - 1 && window.AsSpan().SequenceEqual(_mark))
                return true;
        }
        return false;
    }
}
