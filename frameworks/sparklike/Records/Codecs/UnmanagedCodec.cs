namespace Agora.Spark.Records.Codecs;

/// <summary>Values without references, as they lie in memory.</summary>
internal sealed class UnmanagedCodec<T> : RecordCodec<T>
{
    public override void Write(RecordWriter writer, T value) => writer.WriteRaw(value);

    public override T Read(RecordReader reader) => reader.ReadRaw<T>();
}
