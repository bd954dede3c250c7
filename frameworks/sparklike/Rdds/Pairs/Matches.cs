namespace Agora.Spark;

/// <summary>The pairs of one key's values on both sides of a join.</summary>
internal static class Matches
{
    public static IEnumerable<(V Left, W Right)> Inner<V, W>(List<V> lefts, List<W> rights)
    {
        foreach (var left in lefts)
            foreach (var right in rights)
                yield return (left, right);
    }

    public static IEnumerable<(V Left, Option<W> Right)> Left<V, W>(List<V> lefts, List<W> rights)
    {
        foreach (var left in lefts)
        {
            if (rights.Count == 0)
                yield return (left, default);
            foreach (var right in rights)
                yield return (left, Option.Some(right));
        }
    }

    public static IEnumerable<(Option<V> Left, W Right)> Right<V, W>(List<V> lefts, List<W> rights)
    {
        foreach (var right in rights)
        {
            if (lefts.Count == 0)
                yield return (default, right);
            foreach (var left in lefts)
                yield return (Option.Some(left), right);
        }
    }

    public static IEnumerable<(Option<V> Left, Option<W> Right)> Full<V, W>(List<V> lefts, List<W> rights)
    {
        if (lefts.Count == 0)
        {
            foreach (var right in rights)
                yield return (default, Option.Some(right));
            yield break;
        }
        foreach (var (left, right) in Left(lefts, rights))
            yield return (Option.Some(left), right);
    }
}
