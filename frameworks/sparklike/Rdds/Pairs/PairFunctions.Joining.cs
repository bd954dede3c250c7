namespace Agora.Spark;

public static partial class PairFunctions
{
    /// <summary>For each key of either dataset, its values in both.</summary>
    /// <param name="partitions">Of the result; null for the default (see <see cref="Partitioner.Default"/>).</param>
    public static RDD<(K Key, (List<V> Left, List<W> Right) Value)> CoGroup<K, V, W>(
        this RDD<(K Key, V Value)> rdd, RDD<(K Key, W Value)> other, int? partitions = null) =>
        rdd.CoGroup(other, Choose(partitions, rdd, other));

    /// <inheritdoc cref="CoGroup{K, V, W}(RDD{ValueTuple{K, V}}, RDD{ValueTuple{K, W}}, int?)"/>
    public static RDD<(K Key, (List<V> Left, List<W> Right) Value)> CoGroup<K, V, W>(
        this RDD<(K Key, V Value)> rdd, RDD<(K Key, W Value)> other, Partitioner partitioner) =>
        CoGroups.Two(rdd, other, Checked<K>(partitioner));

    /// <summary>For each key of any of three datasets, its values in all.</summary>
    /// <param name="partitions">Of the result; null for the default (see <see cref="Partitioner.Default"/>).</param>
    public static RDD<(K Key, (List<V> First, List<W1> Second, List<W2> Third) Value)> CoGroup<K, V, W1, W2>(
        this RDD<(K Key, V Value)> rdd, RDD<(K Key, W1 Value)> second, RDD<(K Key, W2 Value)> third, int? partitions = null) =>
        CoGroups.Three(rdd, second, third, Checked<K>(Choose(partitions, rdd, second, third)));

    /// <summary>For each key of any of four datasets, its values in all.</summary>
    /// <param name="partitions">Of the result; null for the default (see <see cref="Partitioner.Default"/>).</param>
    public static RDD<(K Key, (List<V> First, List<W1> Second, List<W2> Third, List<W3> Fourth) Value)> CoGroup<K, V, W1, W2, W3>(
        this RDD<(K Key, V Value)> rdd, RDD<(K Key, W1 Value)> second, RDD<(K Key, W2 Value)> third, RDD<(K Key, W3 Value)> fourth,
        int? partitions = null) =>
        CoGroups.Four(rdd, second, third, fourth, Checked<K>(Choose(partitions, rdd, second, third, fourth)));

    /// <summary>Another name of <c>CoGroup</c>.</summary>
    public static RDD<(K Key, (List<V> Left, List<W> Right) Value)> GroupWith<K, V, W>(
        this RDD<(K Key, V Value)> rdd, RDD<(K Key, W Value)> other) => rdd.CoGroup(other);

    /// <summary>Another name of <c>CoGroup</c>.</summary>
    public static RDD<(K Key, (List<V> First, List<W1> Second, List<W2> Third) Value)> GroupWith<K, V, W1, W2>(
        this RDD<(K Key, V Value)> rdd, RDD<(K Key, W1 Value)> second, RDD<(K Key, W2 Value)> third) => rdd.CoGroup(second, third);

    /// <summary>
    /// Each pair with each of the other's with the same key. No shuffle where both have the result's partitioner already.
    /// </summary>
    /// <param name="partitions">Of the result; null for the default (see <see cref="Partitioner.Default"/>).</param>
    public static RDD<(K Key, (V Left, W Right) Value)> Join<K, V, W>(
        this RDD<(K Key, V Value)> rdd, RDD<(K Key, W Value)> other, int? partitions = null) =>
        rdd.Join(other, Choose(partitions, rdd, other));

    /// <inheritdoc cref="Join{K, V, W}(RDD{ValueTuple{K, V}}, RDD{ValueTuple{K, W}}, int?)"/>
    public static RDD<(K Key, (V Left, W Right) Value)> Join<K, V, W>(
        this RDD<(K Key, V Value)> rdd, RDD<(K Key, W Value)> other, Partitioner partitioner) =>
        rdd.CoGroup(other, partitioner).FlatMapValues(static group => Matches.Inner(group.Left, group.Right));

    /// <summary>As <c>Join</c>, and pairs whose key the other does not have, once.</summary>
    /// <param name="partitions">Of the result; null for the default (see <see cref="Partitioner.Default"/>).</param>
    public static RDD<(K Key, (V Left, Option<W> Right) Value)> LeftOuterJoin<K, V, W>(
        this RDD<(K Key, V Value)> rdd, RDD<(K Key, W Value)> other, int? partitions = null) =>
        rdd.LeftOuterJoin(other, Choose(partitions, rdd, other));

    /// <inheritdoc cref="LeftOuterJoin{K, V, W}(RDD{ValueTuple{K, V}}, RDD{ValueTuple{K, W}}, int?)"/>
    public static RDD<(K Key, (V Left, Option<W> Right) Value)> LeftOuterJoin<K, V, W>(
        this RDD<(K Key, V Value)> rdd, RDD<(K Key, W Value)> other, Partitioner partitioner) =>
        rdd.CoGroup(other, partitioner).FlatMapValues(static group => Matches.Left(group.Left, group.Right));

    /// <summary>As <c>Join</c>, and the other's pairs whose key this does not have, once.</summary>
    /// <param name="partitions">Of the result; null for the default (see <see cref="Partitioner.Default"/>).</param>
    public static RDD<(K Key, (Option<V> Left, W Right) Value)> RightOuterJoin<K, V, W>(
        this RDD<(K Key, V Value)> rdd, RDD<(K Key, W Value)> other, int? partitions = null) =>
        rdd.RightOuterJoin(other, Choose(partitions, rdd, other));

    /// <inheritdoc cref="RightOuterJoin{K, V, W}(RDD{ValueTuple{K, V}}, RDD{ValueTuple{K, W}}, int?)"/>
    public static RDD<(K Key, (Option<V> Left, W Right) Value)> RightOuterJoin<K, V, W>(
        this RDD<(K Key, V Value)> rdd, RDD<(K Key, W Value)> other, Partitioner partitioner) =>
        rdd.CoGroup(other, partitioner).FlatMapValues(static group => Matches.Right(group.Left, group.Right));

    /// <summary>As <c>Join</c>, and the pairs of each whose key the other does not have, once.</summary>
    /// <param name="partitions">Of the result; null for the default (see <see cref="Partitioner.Default"/>).</param>
    public static RDD<(K Key, (Option<V> Left, Option<W> Right) Value)> FullOuterJoin<K, V, W>(
        this RDD<(K Key, V Value)> rdd, RDD<(K Key, W Value)> other, int? partitions = null) =>
        rdd.FullOuterJoin(other, Choose(partitions, rdd, other));

    /// <inheritdoc cref="FullOuterJoin{K, V, W}(RDD{ValueTuple{K, V}}, RDD{ValueTuple{K, W}}, int?)"/>
    public static RDD<(K Key, (Option<V> Left, Option<W> Right) Value)> FullOuterJoin<K, V, W>(
        this RDD<(K Key, V Value)> rdd, RDD<(K Key, W Value)> other, Partitioner partitioner) =>
        rdd.CoGroup(other, partitioner).FlatMapValues(static group => Matches.Full(group.Left, group.Right));

    /// <summary>The pairs whose key the other does not have.</summary>
    /// <param name="partitions">Of the result; null for the default of this dataset (see <see cref="Partitioner.Default"/>).</param>
    public static RDD<(K Key, V Value)> SubtractByKey<K, V, W>(
        this RDD<(K Key, V Value)> rdd, RDD<(K Key, W Value)> other, int? partitions = null) =>
        rdd.SubtractByKey(other, Choose(partitions, rdd));

    /// <inheritdoc cref="SubtractByKey{K, V, W}(RDD{ValueTuple{K, V}}, RDD{ValueTuple{K, W}}, int?)"/>
    public static RDD<(K Key, V Value)> SubtractByKey<K, V, W>(
        this RDD<(K Key, V Value)> rdd, RDD<(K Key, W Value)> other, Partitioner partitioner) =>
        CoGroups.Subtract(rdd, other, Checked<K>(partitioner));

    private static Partitioner Checked<K>(Partitioner partitioner)
    {
        ThrowIfNoKey<K>();
        return partitioner;
    }
}
