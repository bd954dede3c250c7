namespace Agora.Spark.Records.Codecs;

internal sealed class UnmanagedArrayCodec<T> : ReferenceCodec<T[]>
{
    protected override void WriteContents(RecordWriter writer, T[] value)
    {
        writer.WriteLength(value.Length);
        writer.WriteRaws<T>(value);
    }

    protected override T[] ReadContents(RecordReader reader, int slot)
    {
        var value = GC.AllocateUninitializedArray<T>(reader.ReadRawsLength<T>());
        reader.ReadRaws<T>(value);
        return value;
    }
}

internal sealed class ArrayCodec<T>(RecordCodec<T> item) : ReferenceCodec<T[]>
{
    internal override IReadOnlyList<RecordCodec> Parts { get; } = [item];

    protected override void WriteContents(RecordWriter writer, T[] value)
    {
        writer.WriteLength(value.Length);
        foreach (var one in value)
            item.Write(writer, one);
    }

    protected override T[] ReadContents(RecordReader reader, int slot)
    {
        var value = new T[reader.ReadLength()];
        Made(reader, slot, value);
        for (var i = 0; i < value.Length; i++)
            value[i] = item.Read(reader);
        return value;
    }
}
