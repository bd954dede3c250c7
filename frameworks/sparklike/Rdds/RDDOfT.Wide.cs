namespace Agora.Spark;

public abstract partial class RDD<T>
{
    /// <summary>Each record once.</summary>
    /// <param name="partitions">Of the result; null for as many as there are.</param>
    public RDD<T> Distinct(int? partitions = null) =>
        Map(static record => (Key: record, Value: false)).ReduceByKey(static (a, _) => a, partitions ?? Math.Max(1, PartitionCount)).Keys();

    /// <summary>Records by a key that is computed from them.</summary>
    /// <param name="partitions">Of the result; null for the default (see <see cref="Partitioner.Default"/>).</param>
    public RDD<(K Key, List<T> Values)> GroupBy<K>(Func<T, K> key, int? partitions = null) => KeyBy(key).GroupByKey(partitions);

    /// <summary>As <see cref="GroupBy{K}(Func{T, K}, int?)"/>, with keys spread by a partitioner.</summary>
    public RDD<(K Key, List<T> Values)> GroupBy<K>(Func<T, K> key, Partitioner partitioner) => KeyBy(key).GroupByKey(partitioner);

    /// <summary>In the order of a key that is computed from each record, over all partitions.</summary>
    /// <param name="partitions">Of the result; null for as many as there are.</param>
    /// <param name="order">Null for the keys' own.</param>
    public RDD<T> SortBy<K>(Func<T, K> key, bool ascending = true, int? partitions = null, IComparer<K>? order = null) =>
        KeyBy(key).SortByKey(ascending, partitions, order).Values();

    /// <summary>Records that both datasets have, each once.</summary>
    /// <param name="partitions">Of the result; null for the default (see <see cref="Partitioner.Default"/>).</param>
    public RDD<T> Intersection(RDD<T> other, int? partitions = null) =>
        Map(static record => (Key: record, Value: false))
            .CoGroup(other.Map(static record => (Key: record, Value: false)), partitions)
            .Filter(static group => group.Value.Left.Count > 0 && group.Value.Right.Count > 0).Keys();

    /// <summary>Records that the other dataset does not have; equal ones stay.</summary>
    /// <param name="partitions">Of the result; null for as many as there are.</param>
    public RDD<T> Subtract(RDD<T> other, int? partitions = null) =>
        Map(static record => (Key: record, Value: false))
            .SubtractByKey(other.Map(static record => (Key: record, Value: false)), partitions ?? Math.Max(1, PartitionCount)).Keys();
}
