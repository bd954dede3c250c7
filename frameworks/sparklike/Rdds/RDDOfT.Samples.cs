namespace Agora.Spark;

public abstract partial class RDD<T>
{
    /// <summary>The least records, in their order.</summary>
    /// <param name="count">How many at most.</param>
    /// <param name="order">Null for the type's own; strings are compared character by character.</param>
    public T[] TakeOrdered(int count, IComparer<T>? order = null)
    {
        if (count <= 0)
            return [];
        var comparer = order ?? KeyOrder<T>.Default;
        var parts = Context.Run(this, (_, records) => Least.Of(records, count, comparer));
        return Least.Of(parts.SelectMany(p => p), count, comparer);
    }

    /// <summary>The greatest records, the greatest first.</summary>
    /// <param name="count">How many at most.</param>
    /// <param name="order">Null for the type's own; strings are compared character by character.</param>
    public T[] Top(int count, IComparer<T>? order = null) => TakeOrdered(count, new ReverseOrder<T>(order ?? KeyOrder<T>.Default));

    /// <summary>So many records by chance, in the driver's memory.</summary>
    /// <param name="withReplacement">Whether a record may come several times.</param>
    /// <param name="count">How many; all there are if there are fewer and none may come twice.</param>
    /// <param name="seed">The same seed takes the same records; null for any.</param>
    public T[] TakeSample(bool withReplacement, int count, int? seed = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var random = new Random(seed ?? Sampling.AnySeed());
        var total = count == 0 ? 0 : Count();
        if (total == 0)
            return [];
        T[] taken;
        if (!withReplacement && count >= total)
        {
            taken = Collect();
        }
        else
        {
            var fraction = Sampling.FractionFor(count, total, withReplacement);
            do
            {
                taken = Sample(withReplacement, fraction, random.Next()).Collect();
            }
            while (taken.Length < count);
        }
        random.Shuffle(taken);
        return taken.Length > count ? taken[..count] : taken;
    }

    /// <summary>
    /// All records, partition after partition, each by a job of its own: the driver has no more than one partition in
    /// memory. Persist the dataset if its partitions are costly.
    /// </summary>
    public IEnumerable<T> ToLocalIterator()
    {
        var site = CallSite.OfUser();
        var context = Context;
        return Partitions.SelectMany(p => context.Run(this, static (_, records) => records.ToArray(), [p], site)[0]);
    }

    /// <summary>About how many different records there are, by HyperLogLog: in little memory for any number.</summary>
    /// <param name="relativeSd">The result's standard deviation as a part of it; less takes more memory. At least 0.000017.</param>
    public long CountApproxDistinct(double relativeSd = 0.05)
    {
        var precision = HyperLogLog.PrecisionFor(relativeSd);
        var sketches = Context.Run(this, (_, records) => HyperLogLog.Of(records, precision));
        return (long)Math.Round(sketches.Aggregate(new HyperLogLog(precision), (a, b) => a.Merge(b)).Estimate());
    }

    /// <summary>How many records there are, as far as is known after a time.</summary>
    /// <param name="timeout">How long to wait for the exact number.</param>
    /// <param name="confidence">How likely the true number is to lie between the bounds, from 0 to 1.</param>
    public PartialResult<BoundedDouble> CountApprox(TimeSpan timeout, double confidence = 0.95)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(confidence);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(confidence, 1);
        var (site, context) = (CallSite.OfUser(), Context);
        var estimate = new CountEstimate(PartitionCount, confidence);
        var all = Start(() =>
        {
            context.Run<T, long>(this, static (_, records) => Counting.Of(records), Partitions, (_, n) => estimate.Add(n), site);
            return estimate.Now();
        });
        Task.WhenAny(all, Task.Delay(timeout)).GetAwaiter().GetResult();
        return all.IsCompleted ? new PartialResult<BoundedDouble>(all.GetAwaiter().GetResult(), all)
            : new PartialResult<BoundedDouble>(estimate.Now(), all);
    }

    /// <summary>As <see cref="Reduce"/>, with tasks that do a part of what the driver else does: for large results of many partitions.</summary>
    /// <param name="depth">How many rounds there are at most; 1 or more.</param>
    /// <exception cref="SparkException">There are no records ("empty collection").</exception>
    public T TreeReduce(Func<T, T, T> f, int depth = 2)
    {
        var result = MapPartitions<Option<T>>(records => [Folding.Reduce(records, f)])
            .TreeAggregate(Option.None<T>(), (a, b) => Merge(a, b, f), (a, b) => Merge(a, b, f), depth);
        return result.HasValue ? result.Value : throw Empty();
    }

    /// <summary>As <see cref="Aggregate"/>, with tasks that do a part of what the driver else does: for large results of many partitions.</summary>
    /// <param name="depth">How many rounds there are at most; 1 or more.</param>
    public U TreeAggregate<U>(U zero, Func<U, T, U> add, Func<U, U, U> merge, int depth = 2)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        var copies = Copies.Of(zero, "TreeAggregate");
        var parts = MapPartitions<U>(records => [Folding.Fold(records, copies.Next(), add)]);
        var count = parts.PartitionCount;
        var scale = Math.Max((int)Math.Ceiling(Math.Pow(count, 1.0 / depth)), 2);
        // A round is only worth its shuffle if it leaves much less for the driver.
        while (count > scale + (int)Math.Ceiling((double)count / scale))
        {
            count /= scale;
            var targets = count;
            parts = parts.MapPartitionsWithIndex((partition, values) => values.Select(v => (Key: partition % targets, Value: v)))
                .ReduceByKey(merge, new IndexPartitioner(targets)).Values();
        }
        return parts.Collect().Aggregate(copies.Next(), merge);
    }

    private static Option<T> Merge(Option<T> a, Option<T> b, Func<T, T, T> f) =>
        a.HasValue && b.HasValue ? Option.Some(f(a.Value, b.Value)) : a.HasValue ? a : b;
}
