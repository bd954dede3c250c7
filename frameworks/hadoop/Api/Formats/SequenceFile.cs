using System.Buffers.Binary;

namespace Agora.MapReduce;

/// <summary>
/// Records as bytes, for one job to write and another to read: a header of <c>AGORASEQ</c> and 16 random bytes, then
/// blocks of those 16 bytes, a length (4 bytes, big-endian) and that many bytes of records, each two lengths in 7-bit
/// groups, key and value. A block belongs to the split it begins in.
/// </summary>
internal static class SequenceFile
{
    public const int MarkBytes = 16, BlockHeaderBytes = MarkBytes + sizeof(int);

    /// <summary>What a block grows to, unless a single record is larger.</summary>
    public const int BlockBytes = 64 << 10;

    public static ReadOnlySpan<byte> Magic => "AGORASEQ"u8;

    public static int HeaderBytes => Magic.Length + MarkBytes;
}

/// <summary>Writes keys and values in the bytes of their codecs; read by <see cref="SequenceFileInputFormat"/>.</summary>
public sealed class SequenceFileOutputFormat : OutputFormat
{
    public override RecordWriter<K, V> Create<K, V>(Stream file, JobConf conf) => new Writer<K, V>(file, conf);

    private sealed class Writer<K, V> : RecordWriter<K, V>
    {
        private readonly Stream _file;
        private readonly ICodec<K> _keys;
        private readonly ICodec<V> _values;
        private readonly ByteBuffer _key = new(), _value = new(), _block = new();
        private readonly byte[] _mark = new byte[SequenceFile.MarkBytes];

        public Writer(Stream file, JobConf conf)
        {
            _file = file;
            _keys = Codecs.Of<K>(conf);
            _values = Codecs.Of<V>(conf);
            Random.Shared.NextBytes(_mark);
            file.Write(SequenceFile.Magic);
            file.Write(_mark);
        }

        public override void Write(K key, V value)
        {
            _key.Clear();
            _keys.Write(key, _key);
            _value.Clear();
            _values.Write(value, _value);
            WriteLength(_key.Length);
            WriteLength(_value.Length);
            _block.Write(_key.Span);
            _block.Write(_value.Span);
            if (_block.Length >= SequenceFile.BlockBytes)
                Complete();
        }

        public override void Complete()
        {
            if (_block.Length == 0)
                return;
            Span<byte> length = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32BigEndian(length, _block.Length);
            _file.Write(_mark);
            _file.Write(length);
            _file.Write(_block.Span);
            _block.Clear();
        }

        private void WriteLength(int length)
        {
            var rest = (uint)length;
            for (; rest >= 0x80; rest >>= 7)
                _block.WriteByte((byte)(rest | 0x80));
            _block.WriteByte((byte)rest);
        }
    }
}

/// <summary>Reads what <see cref="SequenceFileOutputFormat"/> wrote, with the same types.</summary>
public sealed class SequenceFileInputFormat : FileInputFormat
{
    public override RecordReader Open(FileSplit split, JobConf conf) => new Reader(split);

    private sealed class Reader : RecordReader
    {
        private readonly FileSplit _split;
        private readonly byte[] _mark;
        private readonly Stream _stream;
        private byte[] _block = [];
        private int _at, _length, _keyStart, _keyLength, _valueLength;

        /// <summary>Where in the file the next block begins.</summary>
        private long _position;

        public Reader(FileSplit split)
        {
            _split = split;
            using (var start = split.Open(0, SequenceFile.HeaderBytes))
            {
                var header = new byte[SequenceFile.HeaderBytes];
                if (start.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length ||
                    !header.AsSpan().StartsWith(SequenceFile.Magic))
                    throw new InvalidDataException($"{split.Path} is no sequence file: it was not written by SequenceFileOutputFormat");
                _mark = header[SequenceFile.Magic.Length..];
            }
            _position = Math.Max(split.Offset, SequenceFile.HeaderBytes);
            if (split.Offset > 0)
                _position += Skip();
            _stream = split.Open(_position, null);
        }

        public override ReadOnlySpan<byte> Key => _block.AsSpan(_keyStart, _keyLength);
        public override ReadOnlySpan<byte> Value => _block.AsSpan(_keyStart + _keyLength, _valueLength);
        public override long Position => Math.Min(_split.Length, _position - _split.Offset);

        public override bool Next()
        {
            if (_at == _length && !NextBlock())
                return false;
            _keyLength = ReadLength();
            _valueLength = ReadLength();
            _keyStart = _at;
            _at += _keyLength + _valueLength;
            return _at <= _length ? true
                : throw new InvalidDataException($"{_split.Path} is damaged before byte {_position}");
        }

        public override void Dispose()
        {
            _stream.Dispose();
            base.Dispose();
        }

        private bool NextBlock()
        {
            if (_position >= _split.Offset + _split.Length)
                return false;
            Span<byte> header = stackalloc byte[SequenceFile.BlockHeaderBytes];
            var read = _stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false);
            if (read == 0)
                return false;
            if (read < header.Length || !header.StartsWith(_mark))
                throw new InvalidDataException($"{_split.Path} is damaged at byte {_position}: no block begins there");
            _length = BinaryPrimitives.ReadInt32BigEndian(header[SequenceFile.MarkBytes..]);
            if (_block.Length < _length)
                _block = new byte[_length];
            _stream.ReadExactly(_block, 0, _length);
            _at = 0;
            _position += header.Length + _length;
            return true;
        }

        /// <summary>How far the first mark is; all of the split if none begins in it.</summary>
        private long Skip()
        {
            using var stream = _split.Open(_split.Offset, null);
            var buffer = new byte[SequenceFile.BlockBytes];
            var held = 0;
            for (var passed = 0L; passed < _split.Length;)
            {
                var read = stream.Read(buffer, held, buffer.Length - held);
                held += read;
                if (buffer.AsSpan(0, held).IndexOf(_mark) is var found and >= 0)
                    return passed + found;
                if (read == 0)
                    break;
                var kept = Math.Min(held, _mark.Length - 1);
                buffer.AsSpan(held - kept, kept).CopyTo(buffer);
                passed += held - kept;
                held = kept;
            }
            return _split.Length;
        }

        private int ReadLength()
        {
            uint length = 0;
            for (var shift = 0; ; shift += 7)
            {
                var b = _block[_at++];
                length |= (uint)(b & 0x7f) << shift;
                if (b < 0x80)
                    return (int)length;
            }
        }
    }
}
