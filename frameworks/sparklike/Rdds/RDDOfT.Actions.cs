namespace Agora.Spark;

public abstract partial class RDD<T>
{
    /// <summary>How many times more partitions <see cref="Take(int)"/> looks at when it has found nothing yet.</summary>
    private const int TakeFactor = 4;

    /// <summary>All records, in the driver's memory, in the order of partitions.</summary>
    public T[] Collect() => Collect(site: null, CancellationToken.None);

    private T[] Collect(CallSite? site, CancellationToken stop) =>
        Flat(Context.Run(this, static (_, records) => records.ToArray(), site: site, stop: stop));

    /// <summary>How many records there are.</summary>
    public long Count() => Count(site: null, CancellationToken.None);

    private long Count(CallSite? site, CancellationToken stop) =>
        Context.Run(this, static (_, records) => Counting.Of(records), site: site, stop: stop).Sum();

    /// <summary>The first record of the first partition that has any.</summary>
    /// <exception cref="SparkException">There is none ("empty collection").</exception>
    public T First() => Take(1) is [var first, ..] ? first : throw Empty();

    public bool IsEmpty() => Take(1).Length == 0;

    /// <summary>
    /// The first records, in the order of partitions. Looks at one partition and then at more and more until there are
    /// enough.
    /// </summary>
    /// <param name="count">How many at most.</param>
    public T[] Take(int count) => Take(count, site: null, CancellationToken.None);

    private T[] Take(int count, CallSite? site, CancellationToken stop)
    {
        var taken = new List<T>();
        var total = PartitionCount;
        site ??= CallSite.OfUser();
        for (var seen = 0; taken.Count < count && seen < total;)
        {
            long wanted = 1;
            if (seen > 0)
                // Half as much again as the records so far let expect.
                wanted = taken.Count == 0 ? (long)seen * TakeFactor : Math.Clamp(
                    (long)Math.Ceiling(1.5 * seen * count / taken.Count) - seen, 1, (long)seen * TakeFactor);
            var left = count - taken.Count;
            int[] partitions = [.. Enumerable.Range(seen, (int)Math.Min(wanted, total - seen))];
            foreach (var found in Context.Run(this, (_, records) => records.Take(left).ToArray(), partitions, site, stop))
                taken.AddRange(found.Take(count - taken.Count));
            seen += partitions.Length;
        }
        return [.. taken];
    }

    /// <summary>Makes one of all records, two by two; <paramref name="f"/> is associative and commutative.</summary>
    /// <exception cref="SparkException">There are none ("empty collection").</exception>
    public T Reduce(Func<T, T, T> f)
    {
        var parts = Context.Run(this, (_, records) => Folding.Reduce(records, f));
        return Folding.Reduce(parts.Where(p => p.HasValue).Select(p => p.Value), f) is { HasValue: true } result
            ? result.Value : throw Empty();
    }

    /// <summary>As <see cref="Reduce"/>, from a value that changes nothing, which is the result if there are no records.</summary>
    /// <param name="zero">Used once for each partition and once more.</param>
    public T Fold(T zero, Func<T, T, T> f) => Aggregate(zero, f, f);

    /// <summary>Makes a value of another type of all records.</summary>
    /// <param name="zero">Used once for each partition and once more; a copy in tasks, so they may change it.</param>
    /// <param name="add">Adds a record; may change its first argument and return it.</param>
    /// <param name="merge">Adds one partition's to the others'; may change its first argument and return it.</param>
    public U Aggregate<U>(U zero, Func<U, T, U> add, Func<U, U, U> merge)
    {
        var copies = Copies.Of(zero, "Aggregate");
        var parts = Context.Run(this, (_, records) => Folding.Fold(records, copies.Next(), add));
        return parts.Aggregate(copies.Next(), merge);
    }

    /// <summary>Does something with each record, in tasks.</summary>
    public void Foreach(Action<T> action) => Foreach(action, site: null, CancellationToken.None);

    private bool[] Foreach(Action<T> action, CallSite? site, CancellationToken stop) =>
        Context.Run(this, (_, records) => Folding.Each(records, action), site: site, stop: stop);

    /// <summary>Does something with each partition, in tasks.</summary>
    public void ForeachPartition(Action<IEnumerable<T>> action) =>
        ForeachPartition(action, site: null, CancellationToken.None);

    private bool[] ForeachPartition(Action<IEnumerable<T>> action, CallSite? site, CancellationToken stop) =>
        Context.Run(this, (_, records) =>
        {
            action(records);
            return true;
        }, site: site, stop: stop);

    /// <summary>The greatest record.</summary>
    /// <param name="order">Null for the type's own; strings are compared character by character.</param>
    /// <exception cref="SparkException">There is none ("empty collection").</exception>
    public T Max(IComparer<T>? order = null)
    {
        order ??= KeyOrder<T>.Default;
        return Reduce((a, b) => order.Compare(a, b) >= 0 ? a : b);
    }

    /// <summary>The least record.</summary>
    /// <param name="order">Null for the type's own; strings are compared character by character.</param>
    /// <exception cref="SparkException">There is none ("empty collection").</exception>
    public T Min(IComparer<T>? order = null)
    {
        order ??= KeyOrder<T>.Default;
        return Reduce((a, b) => order.Compare(a, b) <= 0 ? a : b);
    }

    /// <summary>Writes each record's text as a line, into a file for each partition.</summary>
    /// <param name="directory">Must not exist. The files are part-00000 and so on; _SUCCESS is there when all are.</param>
    /// <exception cref="SparkException">It exists, or cannot be written.</exception>
    public void SaveAsTextFile(string directory, Compression compression = Compression.None) =>
        OutputFiles.SaveText(this, directory, compression);

    /// <summary>Writes records for <see cref="SparkContext.ObjectFile"/>; to be read by the same program.</summary>
    /// <param name="directory">As for <see cref="SaveAsTextFile"/>.</param>
    /// <exception cref="SparkException">It exists, or cannot be written.</exception>
    public void SaveAsObjectFile(string directory) => OutputFiles.SaveRecords(this, directory);

    private static SparkException Empty() => new("empty collection");

    private static T[] Flat(T[][] parts)
    {
        var all = new T[parts.Sum(p => (long)p.Length)];
        var at = 0L;
        foreach (var part in parts)
        {
            Array.Copy(part, 0L, all, at, part.Length);
            at += part.Length;
        }
        return all;
    }
}
