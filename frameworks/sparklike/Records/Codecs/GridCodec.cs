using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Agora.Spark.Records.Codecs;

/// <summary>Arrays of more than one dimension: their lengths, then the items in the order of memory.</summary>
internal sealed class GridCodec<TArray, T>(RecordCodec<T> item) : ReferenceCodec<TArray> where TArray : class
{
    internal override IReadOnlyList<RecordCodec> Parts { get; } = [item];

    protected override void WriteContents(RecordWriter writer, TArray value)
    {
        var array = (Array)(object)value;
        for (var i = 0; i < array.Rank; i++)
        {
            if (array.GetLowerBound(i) != 0)
                throw new CodecException($"an array {TypeNames.ForPeople(typeof(TArray))} cannot be written: it does not begin at 0");
            writer.WriteLength(array.GetLength(i));
        }
        foreach (var one in Items(array))
            item.Write(writer, one);
    }

    protected override TArray ReadContents(RecordReader reader, int slot)
    {
        var lengths = new int[typeof(TArray).GetArrayRank()];
        for (var i = 0; i < lengths.Length; i++)
            lengths[i] = reader.ReadLength();
        var array = Array.CreateInstance(typeof(T), lengths);
        var value = (TArray)(object)array;
        Made(reader, slot, value);
        foreach (ref var one in Items(array))
            one = item.Read(reader);
        return value;
    }

    private static Span<T> Items(Array array) =>
        MemoryMarshal.CreateSpan(ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array)), array.Length);
}
