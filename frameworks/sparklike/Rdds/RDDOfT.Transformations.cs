namespace Agora.Spark;

public abstract partial class RDD<T>
{
    /// <summary>Each record becomes another.</summary>
    public RDD<U> Map<U>(Func<T, U> f) => new MapRDD<T, U>(this, f);

    /// <summary>Each record becomes any number of others.</summary>
    public RDD<U> FlatMap<U>(Func<T, IEnumerable<U>> f) => new FlatMapRDD<T, U>(this, f);

    /// <summary>The records that <paramref name="predicate"/> is true for.</summary>
    public RDD<T> Filter(Func<T, bool> predicate) => new FilterRDD<T>(this, predicate);

    /// <summary>Each partition becomes another, as a whole: for what costs much to set up.</summary>
    /// <param name="keepsPartitioner">Say true only if keys stay as they are.</param>
    public RDD<U> MapPartitions<U>(Func<IEnumerable<T>, IEnumerable<U>> f, bool keepsPartitioner = false) =>
        new MapPartitionsRDD<T, U>(this, (_, records, _) => f(records), keepsPartitioner);

    /// <summary>As <see cref="MapPartitions{U}"/>, for a function that wants the partition's number, too.</summary>
    /// <param name="keepsPartitioner">Say true only if keys stay as they are.</param>
    public RDD<U> MapPartitionsWithIndex<U>(Func<int, IEnumerable<T>, IEnumerable<U>> f, bool keepsPartitioner = false) =>
        new MapPartitionsRDD<T, U>(this, (partition, records, _) => f(partition, records), keepsPartitioner);

    /// <summary>One array for each partition.</summary>
    public RDD<T[]> Glom() => new MapPartitionsRDD<T, T[]>(this, static (_, records, _) => [records.ToArray()], keepsPartitioner: false);

    /// <summary>Makes pairs of a key and the record.</summary>
    public RDD<(K Key, T Value)> KeyBy<K>(Func<T, K> key) => Map(record => (key(record), record));

    /// <summary>All records of both; equal ones stay.</summary>
    public RDD<T> Union(RDD<T> other) => Context.Union(this, other);

    /// <summary>All records of both; equal ones stay.</summary>
    public static RDD<T> operator +(RDD<T> left, RDD<T> right) => left.Union(right);

    /// <summary>Each of these records with each of the other's.</summary>
    public RDD<(T Left, U Right)> Cartesian<U>(RDD<U> other) => new CartesianRDD<T, U>(this, other);

    /// <summary>
    /// The first record with the other's first and so on. Both have as many partitions, and as many records in each; a
    /// task that finds it otherwise fails.
    /// </summary>
    public RDD<(T First, U Second)> Zip<U>(RDD<U> other) => ZipPartitions(other, Zipping.Strictly);

    /// <summary>Partitions of the same number become one. Both datasets have as many partitions.</summary>
    /// <param name="keepsPartitioner">Whether this dataset's partitioner holds for the result.</param>
    /// <exception cref="SparkException">The numbers of partitions differ.</exception>
    public RDD<R> ZipPartitions<U, R>(
        RDD<U> other, Func<IEnumerable<T>, IEnumerable<U>, IEnumerable<R>> f, bool keepsPartitioner = false) =>
        new ZippedPartitionsRDD<T, U, R>(this, other, f, keepsPartitioner);

    /// <summary>Each record with its number, from 0 on in the order of partitions. Runs a job if there are several.</summary>
    public RDD<(T Record, long Index)> ZipWithIndex()
    {
        var starts = new long[PartitionCount];
        if (starts.Length > 1)
        {
            var counts = Context.Run(this, static (_, records) => Counting.Of(records), [.. Enumerable.Range(0, starts.Length - 1)]);
            for (var i = 1; i < starts.Length; i++)
                starts[i] = starts[i - 1] + counts[i - 1];
        }
        return new MapPartitionsRDD<T, (T, long)>(
            this, (partition, records, _) => Zipping.Numbered(records, starts[partition], step: 1), keepsPartitioner: false);
    }

    /// <summary>
    /// Each record with a number of its own: in partition k of n, they are k, n + k, 2n + k and so on. Runs no job.
    /// </summary>
    public RDD<(T Record, long Id)> ZipWithUniqueId()
    {
        var step = PartitionCount;
        return new MapPartitionsRDD<T, (T, long)>(
            this, (partition, records, _) => Zipping.Numbered(records, partition, step), keepsPartitioner: false);
    }

    /// <summary>Some of the records, by chance.</summary>
    /// <param name="withReplacement">Whether a record may come several times.</param>
    /// <param name="fraction">
    /// How likely a record is taken (0 to 1), or how often on average (0 or more) if it may come several times.
    /// </param>
    /// <param name="seed">The same seed takes the same records; null for any.</param>
    /// <exception cref="ArgumentOutOfRangeException">For a fraction that is neither.</exception>
    public RDD<T> Sample(bool withReplacement, double fraction, int? seed = null)
    {
        Sampling.Check(withReplacement, fraction);
        var chosen = seed ?? Sampling.AnySeed();
        return new MapPartitionsRDD<T, T>(this, (partition, records, _) => withReplacement
            ? Sampling.Poisson(records, fraction, chosen, partition)
            : Sampling.Bernoulli(records, 0, fraction, chosen, partition), keepsPartitioner: true);
    }

    /// <summary>Cuts the dataset by chance into several, each record into one of them.</summary>
    /// <param name="weights">Their sizes, in proportion; not negative, and not all 0.</param>
    /// <param name="seed">The same seed gives the same; null for any.</param>
    public RDD<T>[] RandomSplit(IReadOnlyList<double> weights, int? seed = null)
    {
        var sum = weights.Sum();
        if (weights.Any(w => !(w >= 0)) || !(sum > 0) || double.IsInfinity(sum))
            throw new ArgumentException("weights are not negative, and at least one is more than 0", nameof(weights));
        var chosen = seed ?? Sampling.AnySeed();
        var splits = new RDD<T>[weights.Count];
        var from = 0.0;
        for (var i = 0; i < splits.Length; i++)
        {
            var (low, high) = (from, i == splits.Length - 1 ? 1.0 : from + (weights[i] / sum));
            splits[i] = new MapPartitionsRDD<T, T>(this, (partition, records, _) =>
                Sampling.Bernoulli(records, low, high, chosen, partition), keepsPartitioner: true);
            from = high;
        }
        return splits;
    }

    /// <summary>
    /// Each partition goes through a command: one record a line into its input, and each line of its output is a record.
    /// A command that ends with another code than 0 fails the task.
    /// </summary>
    /// <param name="command">Its program and arguments, separated by blanks; nothing is quoted.</param>
    /// <param name="environment">Added to the task's own.</param>
    public RDD<string> Pipe(string command, IReadOnlyDictionary<string, string>? environment = null) =>
        Pipe(command.Split(' ', StringSplitOptions.RemoveEmptyEntries), environment);

    /// <summary>As <see cref="Pipe(string, IReadOnlyDictionary{string, string}?)"/>, with each argument as it is.</summary>
    public RDD<string> Pipe(IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment = null)
    {
        if (command.Count == 0)
            throw new ArgumentException("a command has a program at least", nameof(command));
        return new MapPartitionsRDD<T, string>(
            this, (_, records, context) => PipedCommand.Run(command, environment, records, context), keepsPartitioner: false);
    }

    /// <summary>
    /// Fewer partitions, each of several that are near one another; without a shuffle, so the tasks before are as few.
    /// </summary>
    /// <param name="partitions">1 or more. More than there are is possible with a shuffle only; without one they stay.</param>
    /// <param name="shuffle">Spreads the records evenly, as <see cref="Repartition"/> does.</param>
    public RDD<T> Coalesce(int partitions, bool shuffle = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        return shuffle ? Repartition(partitions) : new CoalescedRDD<T>(this, partitions);
    }

    /// <summary>Spreads the records evenly over so many partitions, by a shuffle.</summary>
    public RDD<T> Repartition(int partitions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(partitions, 1);
        // From a place by chance on, or all tasks would fill the same first partitions.
        var spread = new MapPartitionsRDD<T, (int Key, T Value)>(this, (partition, records, _) =>
            Zipping.RoundRobin(records, new Random(partition).Next(partitions), partitions), keepsPartitioner: false);
        return spread.PartitionBy(new IndexPartitioner(partitions)).Values();
    }
}
