namespace Agora.Spark;

/// <summary>What C#'s query syntax asks for in addition.</summary>
public static class LinqFunctions
{
    /// <summary>Each record with all of the other's that have the same key, maybe none.</summary>
    public static RDD<R> GroupJoin<L, U, K, R>(
        this RDD<L> outer, RDD<U> inner, Func<L, K> outerKey, Func<U, K> innerKey, Func<L, List<U>, R> result) =>
        outer.KeyBy(outerKey).CoGroup(inner.KeyBy(innerKey)).FlatMap(
            pair => pair.Value.Left.Select(left => result(left, pair.Value.Right)));
}
