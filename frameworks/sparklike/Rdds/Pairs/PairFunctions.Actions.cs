namespace Agora.Spark;

public static partial class PairFunctions
{
    /// <summary>All pairs as a dictionary in the driver's memory; of equal keys, one of the values.</summary>
    public static Dictionary<K, V> CollectAsMap<K, V>(this RDD<(K Key, V Value)> rdd)
        where K : notnull
    {
        var map = new Dictionary<K, V>();
        foreach (var (key, value) in rdd.Collect())
            map[key] = value;
        return map;
    }

    /// <summary>How many pairs each key has. The keys must fit in the driver's memory.</summary>
    public static Dictionary<K, long> CountByKey<K, V>(this RDD<(K Key, V Value)> rdd)
        where K : notnull => rdd.MapValues(static _ => 1L).ReduceByKey(static (a, b) => a + b).CollectAsMap();

    /// <summary>How often each record comes. The different ones must fit in the driver's memory.</summary>
    public static Dictionary<T, long> CountByValue<T>(this RDD<T> rdd)
        where T : notnull => rdd.Map(static record => (Key: record, Value: 1L)).ReduceByKey(static (a, b) => a + b).CollectAsMap();

    /// <summary>As <c>ReduceByKey</c>, with the result as a dictionary in the driver's memory and without a shuffle.</summary>
    public static Dictionary<K, V> ReduceByKeyLocally<K, V>(this RDD<(K Key, V Value)> rdd, Func<V, V, V> f)
        where K : notnull
    {
        var aggregator = new Aggregator<V, V>(static value => value, f, f);
        var parts = rdd.Context.Run(rdd, (_, pairs) => Combining.Here(pairs, aggregator).ToArray());
        return Combining.Here(parts.SelectMany(p => p), aggregator).ToDictionary(p => p.Key, p => p.Value);
    }

    /// <summary>All values of a key. Looks into one partition only if keys have been spread by a partitioner.</summary>
    public static V[] Lookup<K, V>(this RDD<(K Key, V Value)> rdd, K key)
    {
        var equality = EqualityComparer<K>.Default;
        var parts = rdd.Context.Run(
            rdd, (_, pairs) => pairs.Where(p => equality.Equals(p.Key, key)).Select(p => p.Value).ToArray(),
            rdd.Partitioner is { } partitioner ? [partitioner.Router<K>()(key)] : null);
        return [.. parts.SelectMany(p => p)];
    }

    /// <summary>About how many different values each key has.</summary>
    /// <param name="relativeSd">As for <see cref="RDD{T}.CountApproxDistinct"/>.</param>
    /// <param name="partitions">Of the result; null for the default (see <see cref="Partitioner.Default"/>).</param>
    public static RDD<(K Key, long Value)> CountApproxDistinctByKey<K, V>(
        this RDD<(K Key, V Value)> rdd, double relativeSd = 0.05, int? partitions = null)
    {
        var precision = HyperLogLog.PrecisionFor(relativeSd);
        return rdd.CombineByKey(
            value => HyperLogLog.Of([value], precision),
            static (sketch, value) => sketch.Add(value), static (a, b) => a.Merge(b), partitions)
            .MapValues(static sketch => (long)Math.Round(sketch.Estimate()));
    }
}
