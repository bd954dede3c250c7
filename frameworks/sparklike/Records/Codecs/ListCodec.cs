using System.Runtime.InteropServices;

namespace Agora.Spark.Records.Codecs;

internal sealed class ListCodec<T>(RecordCodec<T> item) : ReferenceCodec<List<T>>
{
    // Not one that a user has registered.
    private readonly bool _isRaw = item is UnmanagedCodec<T>;

    internal override IReadOnlyList<RecordCodec> Parts { get; } = [item];

    protected override void WriteContents(RecordWriter writer, List<T> value)
    {
        writer.WriteLength(value.Count);
        var items = CollectionsMarshal.AsSpan(value);
        if (_isRaw)
            writer.WriteRaws<T>(items);
        else
            foreach (var one in items)
                item.Write(writer, one);
    }

    protected override List<T> ReadContents(RecordReader reader, int slot)
    {
        var value = new List<T>();
        Made(reader, slot, value);
        if (_isRaw)
        {
            CollectionsMarshal.SetCount(value, reader.ReadRawsLength<T>());
            reader.ReadRaws(CollectionsMarshal.AsSpan(value));
            return value;
        }
        var count = reader.ReadLength();
        value.EnsureCapacity(Math.Min(count, reader.Remaining));
        for (var i = 0; i < count; i++)
            value.Add(item.Read(reader));
        return value;
    }
}
