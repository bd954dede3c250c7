using System.Text;

namespace Agora.MapReduce;

/// <summary>Lines of text: the key is where the line begins (<c>long</c>), the value the line without its end.</summary>
public class TextInputFormat : FileInputFormat
{
    internal override (Type Key, Type Value)? RecordTypes => (typeof(long), typeof(string));

    public override RecordReader Open(FileSplit split, JobConf conf) => new Reader(split.OpenLines());

    private sealed class Reader(ILineSource lines) : RecordReader
    {
        private readonly byte[] _key = new byte[sizeof(long)];
        private byte[] _line = new byte[256];
        private int _length;

        public override ReadOnlySpan<byte> Key => _key;
        public override ReadOnlySpan<byte> Value => _line.AsSpan(0, _length);
        public override long Position => lines.BytesRead;

        public override bool Next()
        {
            if (!lines.Next(out var line))
                return false;
            if (_line.Length < line.Length)
                _line = new byte[line.Length + (line.Length / 2)];
            line.CopyTo(_line);
            _length = line.Length;
            LongCodec.Encode(lines.LineOffset, _key);
            return true;
        }

        public override void Dispose()
        {
            lines.Dispose();
            base.Dispose();
        }
    }
}

/// <summary>As <see cref="TextInputFormat"/>, with <c>mapred.line.input.format.linespermap</c> lines for each map.</summary>
public sealed class NLineInputFormat : TextInputFormat
{
    internal override string SplitClass => "org.apache.hadoop.mapred.lib.NLineInputFormat";
}

/// <summary>
/// Lines of text cut at the first TAB (<c>key.value.separator.in.input.line</c>); a line without one is all key.
/// </summary>
public sealed class KeyValueTextInputFormat : FileInputFormat
{
    public const string Separator = "key.value.separator.in.input.line";

    internal override (Type Key, Type Value)? RecordTypes => (typeof(string), typeof(string));

    public override RecordReader Open(FileSplit split, JobConf conf) =>
        new Reader(split.OpenLines(), Encoding.UTF8.GetBytes(conf.Get(Separator, "\t")));

    private sealed class Reader(ILineSource lines, byte[] separator) : RecordReader
    {
        private byte[] _line = new byte[256];
        private int _keyLength, _valueStart, _length;

        public override ReadOnlySpan<byte> Key => _line.AsSpan(0, _keyLength);
        public override ReadOnlySpan<byte> Value => _line.AsSpan(_valueStart, _length - _valueStart);
        public override long Position => lines.BytesRead;

        public override bool Next()
        {
            if (!lines.Next(out var line))
                return false;
            if (_line.Length < line.Length)
                _line = new byte[line.Length + (line.Length / 2)];
            line.CopyTo(_line);
            _length = line.Length;
            var at = line.IndexOf(separator);
            _keyLength = at < 0 ? _length : at;
            _valueStart = at < 0 ? _length : at + separator.Length;
            return true;
        }

        public override void Dispose()
        {
            lines.Dispose();
            base.Dispose();
        }
    }
}
