namespace Agora.Spark;

/// <summary>
/// The steps of narrow transformations. Each is as cheap as LINQ's; in addition, a failure of the user's function knows
/// its record.
/// </summary>
internal static class Pipeline
{
    /// <summary>Records between two looks at whether the task is still wanted; a power of two.</summary>
    private const int RecordsPerLook = 1 << 12;

    public static IEnumerable<U> Map<T, U>(IEnumerable<T> records, Func<T, U> f)
    {
        foreach (var record in records)
        {
            U result;
            try
            {
                result = f(record);
            }
            catch (Exception e) when (FailedRecord.Note(e, record))
            {
                throw;
            }
            yield return result;
        }
    }

    public static IEnumerable<T> Filter<T>(IEnumerable<T> records, Func<T, bool> predicate)
    {
        foreach (var record in records)
        {
            bool isWanted;
            try
            {
                isWanted = predicate(record);
            }
            catch (Exception e) when (FailedRecord.Note(e, record))
            {
                throw;
            }
            if (isWanted)
                yield return record;
        }
    }

    public static IEnumerable<U> FlatMap<T, U>(IEnumerable<T> records, Func<T, IEnumerable<U>> f, CancellationToken stop)
    {
        var count = 0;
        foreach (var record in records)
        {
            IEnumerable<U> results;
            try
            {
                results = f(record);
            }
            catch (Exception e) when (FailedRecord.Note(e, record))
            {
                throw;
            }
            // What most functions give; its items cost no calls.
            if (results is U[] array)
            {
                count += array.Length;
                for (var i = 0; i < array.Length; i++)
                    yield return array[i];
            }
            else
            {
                using var items = Enumerator(results, record);
                while (Next(items, record))
                {
                    if ((++count & (RecordsPerLook - 1)) == 0)
                        stop.ThrowIfCancellationRequested();
                    yield return items.Current;
                }
            }
            if (count >= RecordsPerLook)
            {
                count = 0;
                stop.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>A source's records, until the task is told to stop.</summary>
    public static IEnumerable<T> WhileWanted<T>(IEnumerable<T> records, CancellationToken stop)
    {
        var count = 0;
        foreach (var record in records)
        {
            if ((count++ & (RecordsPerLook - 1)) == 0)
                stop.ThrowIfCancellationRequested();
            yield return record;
        }
    }

    private static IEnumerator<U> Enumerator<T, U>(IEnumerable<U> results, T record)
    {
        try
        {
            return results.GetEnumerator();
        }
        catch (Exception e) when (FailedRecord.Note(e, record))
        {
            throw;
        }
    }

    private static bool Next<T, U>(IEnumerator<U> results, T record)
    {
        try
        {
            return results.MoveNext();
        }
        catch (Exception e) when (FailedRecord.Note(e, record))
        {
            throw;
        }
    }
}
