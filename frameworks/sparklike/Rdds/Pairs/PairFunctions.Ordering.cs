namespace Agora.Spark;

public static partial class PairFunctions
{
    /// <summary>In the order of keys, over all partitions. Runs a job that samples the keys.</summary>
    /// <param name="partitions">Of the result, at most; null for as many as there are.</param>
    /// <param name="order">Null for the keys' own; strings are compared character by character.</param>
    public static RDD<(K Key, V Value)> SortByKey<K, V>(
        this RDD<(K Key, V Value)> rdd, bool ascending = true, int? partitions = null, IComparer<K>? order = null)
    {
        order ??= KeyOrder<K>.Default;
        var partitioner = new RangePartitioner<K>(partitions ?? Math.Max(1, rdd.PartitionCount), rdd.Keys(), ascending, order);
        return new ShuffledRDD<K, V, V>(new ShuffleDependency<K, V, V>(
            rdd, partitioner, order: ascending ? order : new ReverseOrder<K>(order)));
    }

    /// <summary>Brings pairs into partitions, each in the order of keys; the sorting is done by the shuffle itself.</summary>
    /// <param name="order">Null for the keys' own; strings are compared character by character.</param>
    public static RDD<(K Key, V Value)> RepartitionAndSortWithinPartitions<K, V>(
        this RDD<(K Key, V Value)> rdd, Partitioner partitioner, IComparer<K>? order = null)
    {
        if (partitioner is HashPartitioner || typeof(K).IsArray)
            ThrowIfNoKey<K>();
        return new ShuffledRDD<K, V, V>(new ShuffleDependency<K, V, V>(rdd, partitioner, order: order ?? KeyOrder<K>.Default));
    }

    /// <summary>
    /// The pairs with keys between two bounds, both included. Looks only into the partitions that can have them if keys
    /// have been sorted.
    /// </summary>
    public static RDD<(K Key, V Value)> FilterByRange<K, V>(this RDD<(K Key, V Value)> rdd, K lower, K upper)
    {
        var order = KeyOrder<K>.Default;
        var inRange = rdd.Partitioner is not RangePartitioner<K> { } ranges ? rdd : new PrunedRDD<(K Key, V Value)>(
            rdd, Between(ranges.PartitionOf(lower), ranges.PartitionOf(upper)));
        return inRange.Filter(pair => order.Compare(lower, pair.Key) <= 0 && order.Compare(pair.Key, upper) <= 0);
    }

    private static int[] Between(int a, int b) => [.. Enumerable.Range(Math.Min(a, b), Math.Abs(a - b) + 1)];
}

internal sealed class ReverseOrder<K>(IComparer<K> order) : IComparer<K>
{
    public int Compare(K? x, K? y) => order.Compare(y, x);

    public override bool Equals(object? obj) => obj is ReverseOrder<K> other && other.Order.Equals(order);

    public override int GetHashCode() => ~order.GetHashCode();

    private IComparer<K> Order => order;
}
