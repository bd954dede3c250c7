namespace Agora.MapReduce;

/// <summary>How a job's output is written: one file for each reduce, or for each map if there are no reduces.</summary>
public abstract class OutputFormat
{
    /// <param name="file">Buffered; closed by the caller.</param>
    public abstract RecordWriter<K, V> Create<K, V>(Stream file, JobConf conf);
}

/// <summary>Writes records to one file.</summary>
public abstract class RecordWriter<K, V>
{
    public abstract void Write(K key, V value);

    /// <summary>Called once, after the last record; what the task failed over is never completed.</summary>
    public virtual void Complete()
    {
    }
}

/// <summary>Key, TAB (<c>mapred.textoutputformat.separator</c>), value and LF, each as text.</summary>
public sealed class TextOutputFormat : OutputFormat
{
    public const string Separator = "mapred.textoutputformat.separator";

    public override RecordWriter<K, V> Create<K, V>(Stream file, JobConf conf) => new Writer<K, V>(file, conf);

    private sealed class Writer<K, V>(Stream file, JobConf conf) : RecordWriter<K, V>
    {
        private readonly ICodec<K> _keys = Codecs.Of<K>(conf);
        private readonly ICodec<V> _values = Codecs.Of<V>(conf);
        private readonly ByteBuffer _line = new();
        private readonly byte[] _separator =
            typeof(K) == typeof(NullWritable) || typeof(V) == typeof(NullWritable)
                ? [] : System.Text.Encoding.UTF8.GetBytes(conf.Get(Separator, "\t"));

        public override void Write(K key, V value)
        {
            _line.Clear();
            _keys.WriteText(key, _line);
            _line.Write(_separator);
            _values.WriteText(value, _line);
            _line.WriteByte((byte)'\n');
            file.Write(_line.Span);
        }
    }
}
