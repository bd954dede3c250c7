namespace Agora.Spark;

/// <summary>A shuffle of known types.</summary>
internal sealed class ShuffleDependency<K, V, C> : ShuffleDependency
{
    /// <param name="aggregator">Null if values stay as they are; then <typeparamref name="C"/> is <typeparamref name="V"/>.</param>
    /// <param name="order">Of the keys within a reduce partition; null for none.</param>
    public ShuffleDependency(
        RDD<(K Key, V Value)> parent, Partitioner partitioner, Aggregator<V, C>? aggregator = null, IComparer<K>? order = null)
        : base(parent, partitioner)
    {
        if (aggregator is null && typeof(V) != typeof(C))
            throw new ArgumentException($"values of {typeof(V)} become {typeof(C)} only by an aggregator", nameof(aggregator));
        RecordBytes.ThrowIfRefused<K>("keys of a shuffle are written to files");
        RecordBytes.ThrowIfRefused<V>("values of a shuffle are written to files");
        RecordBytes.ThrowIfRefused<C>("combined values of a shuffle are written to files");
        Aggregator = aggregator;
        Order = order;
    }

    public Aggregator<V, C>? Aggregator { get; }

    public IComparer<K>? Order { get; }

    internal override StageTask CreateMapTask() => new ShuffleMapTask<K, V, C>((RDD<(K Key, V Value)>)Parent, this);
}
