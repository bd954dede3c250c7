namespace Agora.Spark.Records.Codecs;

/// <summary>How a container is taken apart and filled anew.</summary>
/// <param name="ComparerOf">Null for the usual comparer.</param>
/// <param name="Empty">From the comparer and a count to expect.</param>
/// <param name="Add">Null where it is made at once from all items.</param>
/// <param name="Full">Made at once.</param>
internal sealed record ContainerShape<TContainer, TItem>(
    Func<TContainer, object?> ComparerOf, Func<object?, int, TContainer>? Empty, Action<TContainer, TItem>? Add,
    Func<object?, IEnumerable<TItem>, TContainer>? Full = null, bool IsConcurrent = false);

/// <summary>Containers whose fields mean something only in their process: comparer and items, filled anew.</summary>
internal sealed class ContainerCodec<TContainer, TItem>(ContainerShape<TContainer, TItem> shape, RecordCodec<TItem> item)
    : ReferenceCodec<TContainer> where TContainer : class, IEnumerable<TItem>
{
    internal override IReadOnlyList<RecordCodec> Parts { get; } = [item];

    protected override void WriteContents(RecordWriter writer, TContainer value)
    {
        ComparerCodec.Write(writer, shape.ComparerOf(value));
        // Others may be changing it.
        IEnumerable<TItem> items = shape.IsConcurrent ? value.ToArray() : value;
        writer.WriteLength(items.Count());
        foreach (var one in items)
            item.Write(writer, one);
    }

    protected override TContainer ReadContents(RecordReader reader, int slot)
    {
        var comparer = ComparerCodec.Read(reader);
        var count = reader.ReadLength();
        if (shape.Full is { } full)
        {
            var items = new List<TItem>(Math.Min(count, reader.Remaining));
            for (var i = 0; i < count; i++)
                items.Add(item.Read(reader));
            return full(comparer, items);
        }
        var value = shape.Empty!(comparer, Math.Min(count, reader.Remaining));
        Made(reader, slot, value);
        for (var i = 0; i < count; i++)
            shape.Add!(value, item.Read(reader));
        return value;
    }
}
