namespace Agora.Spark;

/// <summary>How the values of one key become one.</summary>
/// <param name="Create">Makes a combiner of a key's first value.</param>
/// <param name="Merge">Adds a value; may change its first argument and return it.</param>
/// <param name="MergeCombiners">Adds a combiner to another; may change its first argument and return it.</param>
/// <param name="OnMapSide">Whether map tasks combine already, so that less is written and read.</param>
internal sealed record Aggregator<V, C>(
    Func<V, C> Create, Func<C, V, C> Merge, Func<C, C, C> MergeCombiners, bool OnMapSide = true);
