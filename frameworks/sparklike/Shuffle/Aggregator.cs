namespace Agora.Spark.Shuffle;

/// <summary>How the values of a key become one, in any grouping and order of its parts.</summary>
/// <param name="Create">From the first value.</param>
/// <param name="Merge">With one more value; may change and return its first argument.</param>
/// <param name="Combine">Of two parts; may change and return its first argument.</param>
internal sealed record Aggregator<V, C>(Func<V, C> Create, Func<C, V, C> Merge, Func<C, C, C> Combine);
