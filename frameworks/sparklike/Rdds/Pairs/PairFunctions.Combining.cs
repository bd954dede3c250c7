namespace Agora.Spark;

public static partial class PairFunctions
{
    /// <summary>Makes one value of all of a key's, two by two, on the map side first.</summary>
    /// <param name="f">Associative and commutative.</param>
    /// <param name="partitions">Of the result; null for the default (see <see cref="Partitioner.Default"/>).</param>
    public static RDD<(K Key, V Value)> ReduceByKey<K, V>(this RDD<(K Key, V Value)> rdd, Func<V, V, V> f, int? partitions = null) =>
        rdd.ReduceByKey(f, Choose(partitions, rdd));

    /// <inheritdoc cref="ReduceByKey{K, V}(RDD{ValueTuple{K, V}}, Func{V, V, V}, int?)"/>
    public static RDD<(K Key, V Value)> ReduceByKey<K, V>(this RDD<(K Key, V Value)> rdd, Func<V, V, V> f, Partitioner partitioner) =>
        rdd.Combine(new Aggregator<V, V>(static value => value, f, f), partitioner);

    /// <summary>As <c>ReduceByKey</c>, from a value that changes nothing.</summary>
    /// <param name="partitions">Of the result; null for the default (see <see cref="Partitioner.Default"/>).</param>
    public static RDD<(K Key, V Value)> FoldByKey<K, V>(
        this RDD<(K Key, V Value)> rdd, V zero, Func<V, V, V> f, int? partitions = null) =>
        rdd.FoldByKey(zero, f, Choose(partitions, rdd));

    /// <inheritdoc cref="FoldByKey{K, V}(RDD{ValueTuple{K, V}}, V, Func{V, V, V}, int?)"/>
    public static RDD<(K Key, V Value)> FoldByKey<K, V>(
        this RDD<(K Key, V Value)> rdd, V zero, Func<V, V, V> f, Partitioner partitioner)
    {
        var copies = Copies.Of(zero, "FoldByKey");
        return rdd.Combine(new Aggregator<V, V>(value => f(copies.Next(), value), f, f), partitioner);
    }

    /// <summary>Makes a value of another type of all of a key's, on the map side first.</summary>
    /// <param name="zero">What a key's first value on the map side is added to; each time a copy.</param>
    /// <param name="add">Adds a value; may change its first argument and return it.</param>
    /// <param name="merge">Adds one map task's to another's; may change its first argument and return it.</param>
    /// <param name="partitions">Of the result; null for the default (see <see cref="Partitioner.Default"/>).</param>
    public static RDD<(K Key, U Value)> AggregateByKey<K, V, U>(
        this RDD<(K Key, V Value)> rdd, U zero, Func<U, V, U> add, Func<U, U, U> merge, int? partitions = null) =>
        rdd.AggregateByKey(zero, add, merge, Choose(partitions, rdd));

    /// <inheritdoc cref="AggregateByKey{K, V, U}(RDD{ValueTuple{K, V}}, U, Func{U, V, U}, Func{U, U, U}, int?)"/>
    public static RDD<(K Key, U Value)> AggregateByKey<K, V, U>(
        this RDD<(K Key, V Value)> rdd, U zero, Func<U, V, U> add, Func<U, U, U> merge, Partitioner partitioner)
    {
        var copies = Copies.Of(zero, "AggregateByKey");
        return rdd.Combine(new Aggregator<V, U>(value => add(copies.Next(), value), add, merge), partitioner);
    }

    /// <summary>The general form of combining the values of each key.</summary>
    /// <param name="create">Makes a combiner of a key's first value.</param>
    /// <param name="add">Adds a value; may change its first argument and return it.</param>
    /// <param name="merge">Adds one combiner to another; may change its first argument and return it.</param>
    /// <param name="partitions">Of the result; null for the default (see <see cref="Partitioner.Default"/>).</param>
    /// <param name="mapSideCombine">False where combining makes nothing smaller.</param>
    public static RDD<(K Key, C Value)> CombineByKey<K, V, C>(
        this RDD<(K Key, V Value)> rdd, Func<V, C> create, Func<C, V, C> add, Func<C, C, C> merge, int? partitions = null,
        bool mapSideCombine = true) => rdd.CombineByKey(create, add, merge, Choose(partitions, rdd), mapSideCombine);

    /// <inheritdoc cref="CombineByKey{K, V, C}(RDD{ValueTuple{K, V}}, Func{V, C}, Func{C, V, C}, Func{C, C, C}, int?, bool)"/>
    public static RDD<(K Key, C Value)> CombineByKey<K, V, C>(
        this RDD<(K Key, V Value)> rdd, Func<V, C> create, Func<C, V, C> add, Func<C, C, C> merge, Partitioner partitioner,
        bool mapSideCombine = true) => rdd.Combine(new Aggregator<V, C>(create, add, merge, mapSideCombine), partitioner);

    /// <summary>
    /// All of a key's values together. For sums and the like, <c>ReduceByKey</c> moves far less. A key's values must fit
    /// in memory.
    /// </summary>
    /// <param name="partitions">Of the result; null for the default (see <see cref="Partitioner.Default"/>).</param>
    public static RDD<(K Key, List<V> Values)> GroupByKey<K, V>(this RDD<(K Key, V Value)> rdd, int? partitions = null) =>
        rdd.GroupByKey(Choose(partitions, rdd));

    /// <inheritdoc cref="GroupByKey{K, V}(RDD{ValueTuple{K, V}}, int?)"/>
    public static RDD<(K Key, List<V> Values)> GroupByKey<K, V>(this RDD<(K Key, V Value)> rdd, Partitioner partitioner) =>
        rdd.Combine(new Aggregator<V, List<V>>(static value => [value], static (list, value) =>
        {
            list.Add(value);
            return list;
        }, static (list, other) =>
        {
            list.AddRange(other);
            return list;
        }, OnMapSide: false), partitioner);

    private static RDD<(K Key, C Value)> Combine<K, V, C>(
        this RDD<(K Key, V Value)> rdd, Aggregator<V, C> aggregator, Partitioner partitioner)
    {
        ThrowIfNoKey<K>();
        if (partitioner.Equals(rdd.Partitioner))
            return new MapPartitionsRDD<(K Key, V Value), (K Key, C Value)>(
                rdd, (_, pairs, context) => context.Services.Combine(pairs, aggregator, context), keepsPartitioner: true);
        return new ShuffledRDD<K, V, C>(new ShuffleDependency<K, V, C>(rdd, partitioner, aggregator));
    }
}
