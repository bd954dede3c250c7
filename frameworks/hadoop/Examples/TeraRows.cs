using Agora.MapReduce;

namespace Agora.Hadoop.Examples;

/// <summary>
/// Rows of 100 bytes as Hadoop 1's TeraGen writes them: a key of 10 bytes from blank to '~', the row's number in 10,
/// 78 letters, CR LF. So they are lines, too, and any <c>sort</c> can be held against TeraSort.
/// </summary>
internal static class TeraRows
{
    public const int RowBytes = 100, KeyBytes = 10;
}

/// <summary>Rows of a split: those that begin in it.</summary>
public sealed class TeraInputFormat : FileInputFormat
{
    public override RecordReader Open(FileSplit split, JobConf conf)
    {
        var first = (split.Offset + TeraRows.RowBytes - 1) / TeraRows.RowBytes * TeraRows.RowBytes;
        var end = (split.Offset + split.Length + TeraRows.RowBytes - 1) / TeraRows.RowBytes * TeraRows.RowBytes;
        return new Reader(split, split.Open(first, end - first));
    }

    private sealed class Reader(FileSplit split, Stream stream) : RecordReader
    {
        private const int RowsAtOnce = 2600;

        private readonly byte[] _rows = new byte[RowsAtOnce * TeraRows.RowBytes];
        private int _at = -TeraRows.RowBytes, _end;
        private long _position;

        public override ReadOnlySpan<byte> Key => _rows.AsSpan(_at, TeraRows.KeyBytes);
        public override ReadOnlySpan<byte> Value =>
            _rows.AsSpan(_at + TeraRows.KeyBytes, TeraRows.RowBytes - TeraRows.KeyBytes);
        public override long Position => _position;

        public override bool Next()
        {
            _at += TeraRows.RowBytes;
            if (_at == _end && !Fill())
                return false;
            _position += TeraRows.RowBytes;
            return true;
        }

        public override void Dispose()
        {
            stream.Dispose();
            base.Dispose();
        }

        private bool Fill()
        {
            _at = 0;
            _end = stream.ReadAtLeast(_rows, _rows.Length, throwOnEndOfStream: false);
            return _end % TeraRows.RowBytes == 0 ? _end > 0
                : throw new InvalidDataException($"{split.Path} does not consist of rows of {TeraRows.RowBytes} bytes");
        }
    }
}

/// <summary>Key and value, nothing between.</summary>
public sealed class TeraOutputFormat : OutputFormat
{
    public override RecordWriter<K, V> Create<K, V>(Stream file, JobConf conf) => new Writer<K, V>(file, conf);

    private sealed class Writer<K, V>(Stream file, JobConf conf) : RecordWriter<K, V>
    {
        private readonly ICodec<K> _keys = Codecs.Of<K>(conf);
        private readonly ICodec<V> _values = Codecs.Of<V>(conf);
        private readonly ByteBuffer _row = new();

        public override void Write(K key, V value)
        {
            _row.Clear();
            _keys.Write(key, _row);
            _values.Write(value, _row);
            file.Write(_row.Span);
        }
    }
}
