using Agora.MapReduce;

namespace Agora.Hadoop.Examples;

/// <summary>One record, for maps that are told what to do by their split.</summary>
internal sealed class SingleRecord<K, V> : RecordReader
{
    private readonly ByteBuffer _key = new(), _value = new();
    private bool _given;

    public SingleRecord(JobConf conf, K key, V value)
    {
        Codecs.Of<K>(conf).Write(key, _key);
        Codecs.Of<V>(conf).Write(value, _value);
    }

    public override ReadOnlySpan<byte> Key => _key.Span;
    public override ReadOnlySpan<byte> Value => _value.Span;
    public override long Position => 0;

    public override bool Next()
    {
        var isFirst = !_given;
        _given = true;
        return isFirst;
    }
}
