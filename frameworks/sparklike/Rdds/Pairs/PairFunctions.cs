using Agora.Spark.Records;

namespace Agora.Spark;

/// <summary>What datasets of keys and values have in addition.</summary>
public static partial class PairFunctions
{
    /// <summary>The keys of the pairs; equal ones stay.</summary>
    public static RDD<K> Keys<K, V>(this RDD<(K Key, V Value)> rdd) => rdd.Map(static pair => pair.Key);

    public static RDD<V> Values<K, V>(this RDD<(K Key, V Value)> rdd) => rdd.Map(static pair => pair.Value);

    /// <summary>Pairs of .NET's own type as tuples, which the functions for keys are for.</summary>
    public static RDD<(K Key, V Value)> ToPairs<K, V>(this RDD<KeyValuePair<K, V>> rdd) =>
        rdd.Map(static pair => (pair.Key, pair.Value));

    /// <summary>Changes values; keys and their partitioner stay.</summary>
    public static RDD<(K Key, U Value)> MapValues<K, V, U>(this RDD<(K Key, V Value)> rdd, Func<V, U> f) =>
        new MapPartitionsRDD<(K Key, V Value), (K Key, U Value)>(
            rdd, (_, pairs, _) => Pipeline.Map(pairs, pair => (pair.Key, f(pair.Value))), keepsPartitioner: true);

    /// <summary>Makes any number of pairs of each, with the same key; the partitioner stays.</summary>
    public static RDD<(K Key, U Value)> FlatMapValues<K, V, U>(this RDD<(K Key, V Value)> rdd, Func<V, IEnumerable<U>> f) =>
        new MapPartitionsRDD<(K Key, V Value), (K Key, U Value)>(rdd, (_, pairs, context) =>
            Pipeline.FlatMap(pairs, pair => WithKey(pair.Key, f(pair.Value)), context.Stop), keepsPartitioner: true);

    private static IEnumerable<(K Key, U Value)> WithKey<K, U>(K key, IEnumerable<U> values)
    {
        foreach (var value in values)
            yield return (key, value);
    }

    /// <summary>Brings each key's pairs into the partition that a partitioner says. Does nothing if they are there already.</summary>
    public static RDD<(K Key, V Value)> PartitionBy<K, V>(this RDD<(K Key, V Value)> rdd, Partitioner partitioner)
    {
        if (partitioner is HashPartitioner || typeof(K).IsArray)
            ThrowIfNoKey<K>();
        return partitioner.Equals(rdd.Partitioner) ? rdd : new ShuffledRDD<K, V, V>(new ShuffleDependency<K, V, V>(rdd, partitioner));
    }

    /// <summary>A partitioner by the rule of <see cref="Partitioner.Default"/>, or by hash over so many partitions.</summary>
    private static Partitioner Choose(int? partitions, RDD first, params IReadOnlyList<RDD> others) =>
        partitions is { } count ? new HashPartitioner(count) : Partitioner.Default(first, others);

    /// <summary>Refused where it is written, not when a task meets the first key.</summary>
    private static void ThrowIfNoKey<K>()
    {
        try
        {
            StableHash<K>.ThrowIfRefused();
        }
        catch (ArgumentException e)
        {
            throw new SparkException(e.Message, e);
        }
    }
}
