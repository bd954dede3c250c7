namespace Agora.Spark;

internal static class Zipping
{
    public static IEnumerable<(T, U)> Strictly<T, U>(IEnumerable<T> first, IEnumerable<U> second)
    {
        using var others = second.GetEnumerator();
        foreach (var record in first)
        {
            if (!others.MoveNext())
                throw Uneven();
            yield return (record, others.Current);
        }
        if (others.MoveNext())
            throw Uneven();
    }

    public static IEnumerable<(T, long)> Numbered<T>(IEnumerable<T> records, long start, long step)
    {
        foreach (var record in records)
        {
            yield return (record, start);
            start += step;
        }
    }

    public static IEnumerable<(int Key, T Value)> RoundRobin<T>(IEnumerable<T> records, int start, int count)
    {
        foreach (var record in records)
        {
            start = start + 1 == count ? 0 : start + 1;
            yield return (start, record);
        }
    }

    private static SparkException Uneven() =>
        new("Zip needs as many records in each partition of the one dataset as in the other's, which is not so here; " +
            "join them on ZipWithIndex if their numbers differ");
}

internal static class Counting
{
    public static long Of<T>(IEnumerable<T> records)
    {
        if (records.TryGetNonEnumeratedCount(out var known))
            return known;
        var count = 0L;
        foreach (var _ in records)
            count++;
        return count;
    }
}
