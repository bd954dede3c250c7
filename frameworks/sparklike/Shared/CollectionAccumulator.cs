namespace Agora.Spark;

/// <summary>Collects what tasks add, in the driver's memory, in no order.</summary>
public sealed class CollectionAccumulator<T> : AccumulatorV2<T, IReadOnlyList<T>>
{
    private readonly List<T> _items = [];

    public override bool IsZero => _items.Count == 0;

    public override void Reset() => _items.Clear();

    public override AccumulatorV2<T, IReadOnlyList<T>> Copy()
    {
        var copy = new CollectionAccumulator<T>();
        copy._items.AddRange(_items);
        return copy;
    }

    public override void Merge(AccumulatorV2<T, IReadOnlyList<T>> other) =>
        _items.AddRange(((CollectionAccumulator<T>)other)._items);

    protected override void Include(T value) => _items.Add(value);

    protected override IReadOnlyList<T> Result() => [.. _items];
}
