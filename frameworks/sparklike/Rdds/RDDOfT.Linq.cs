namespace Agora.Spark;

// What LINQ and C#'s query syntax call these operations.
public abstract partial class RDD<T>
{
    /// <inheritdoc cref="Map{U}"/>
    public RDD<U> Select<U>(Func<T, U> selector) => Map(selector);

    /// <inheritdoc cref="Filter"/>
    public RDD<T> Where(Func<T, bool> predicate) => Filter(predicate);

    /// <inheritdoc cref="FlatMap{U}"/>
    public RDD<U> SelectMany<U>(Func<T, IEnumerable<U>> selector) => FlatMap(selector);

    /// <summary>Each record becomes any number of others, made of it and of each item of a collection.</summary>
    public RDD<R> SelectMany<U, R>(Func<T, IEnumerable<U>> collection, Func<T, U, R> result) =>
        FlatMap(record => collection(record).Select(item => result(record, item)));

    /// <inheritdoc cref="Union"/>
    public RDD<T> Concat(RDD<T> other) => Union(other);

    /// <summary>In the order of a key, over all partitions.</summary>
    public RDD<T> OrderBy<K>(Func<T, K> key, IComparer<K>? order = null) => SortBy(key, order: order);

    /// <summary>In the opposite order of a key, over all partitions.</summary>
    public RDD<T> OrderByDescending<K>(Func<T, K> key, IComparer<K>? order = null) => SortBy(key, ascending: false, order: order);

    /// <summary>What <paramref name="element"/> makes of records, by a key that is computed from them.</summary>
    public RDD<(K Key, List<E> Values)> GroupBy<K, E>(Func<T, K> key, Func<T, E> element) =>
        Map(record => (Key: key(record), Value: element(record))).GroupByKey();

    /// <summary>Each record with each of the other's that has the same key.</summary>
    public RDD<R> Join<U, K, R>(RDD<U> inner, Func<T, K> outerKey, Func<U, K> innerKey, Func<T, U, R> result) =>
        KeyBy(outerKey).Join(inner.KeyBy(innerKey)).Map(pair => result(pair.Value.Left, pair.Value.Right));
}
