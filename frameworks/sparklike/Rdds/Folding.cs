namespace Agora.Spark;

/// <summary>Many records become one value, in a task or, for tasks' results, in the driver.</summary>
internal static class Folding
{
    public static Option<T> Reduce<T>(IEnumerable<T> records, Func<T, T, T> f)
    {
        using var source = records.GetEnumerator();
        if (!source.MoveNext())
            return default;
        var result = source.Current;
        while (source.MoveNext())
        {
            var record = source.Current;
            try
            {
                result = f(result, record);
            }
            catch (Exception e) when (FailedRecord.Note(e, record))
            {
                throw;
            }
        }
        return Option.Some(result);
    }

    public static U Fold<T, U>(IEnumerable<T> records, U zero, Func<U, T, U> add)
    {
        foreach (var record in records)
        {
            try
            {
                zero = add(zero, record);
            }
            catch (Exception e) when (FailedRecord.Note(e, record))
            {
                throw;
            }
        }
        return zero;
    }

    public static bool Each<T>(IEnumerable<T> records, Action<T> action)
    {
        foreach (var record in records)
        {
            try
            {
                action(record);
            }
            catch (Exception e) when (FailedRecord.Note(e, record))
            {
                throw;
            }
        }
        return true;
    }
}
