namespace Agora.Spark;

public sealed partial class SparkContext
{
    /// <summary>A dataset of a collection of the driver's, which is shipped to tasks.</summary>
    /// <param name="slices">Its number of partitions; null for <see cref="DefaultParallelism"/>.</param>
    public RDD<T> Parallelize<T>(IEnumerable<T> records, int? slices = null)
    {
        ArgumentNullException.ThrowIfNull(records);
        return new ParallelCollectionRDD<T>(this, ParallelCollectionRDD<T>.Slices(records, Slices(slices)));
    }

    /// <summary>Another name of <see cref="Parallelize"/>.</summary>
    public RDD<T> MakeRDD<T>(IEnumerable<T> records, int? slices = null) => Parallelize(records, slices);

    /// <summary>A partition for each record, with hosts that are best for it.</summary>
    public RDD<T> MakeRDD<T>(IEnumerable<(T Record, IReadOnlyList<string> Hosts)> records)
    {
        (T Record, IReadOnlyList<string> Hosts)[] all = [.. records];
        return new ParallelCollectionRDD<T>(this, [.. all.Select(r => new[] { r.Record })], [.. all.Select(r => r.Hosts)]);
    }

    /// <summary>Numbers that are counted in tasks.</summary>
    /// <param name="end">Not included.</param>
    /// <param name="step">May be negative, not 0.</param>
    /// <param name="slices">Its number of partitions; null for <see cref="DefaultParallelism"/>.</param>
    public RDD<long> Range(long start, long end, long step = 1, int? slices = null)
    {
        if (step == 0)
            throw new ArgumentOutOfRangeException(nameof(step), "a range goes on by some step, not by 0");
        var distance = (Int128)end - start;
        var count = Int128.IsNegative(distance) == (step < 0) ? (distance + step - Math.Sign(step)) / step : 0;
        return new RangeRDD(this, start, step, (ulong)count, Slices(slices));
    }

    /// <summary>A dataset without partitions.</summary>
    public RDD<T> EmptyRDD<T>() => new EmptyRDD<T>(this);

    /// <summary>All records of several datasets; equal ones stay. If all have the same partitioner, the result has it, too.</summary>
    public RDD<T> Union<T>(params IReadOnlyList<RDD<T>> rdds)
    {
        ThrowIfUnusable();
        IReadOnlyList<RDD<T>> some = [.. rdds.Where(r => r is not Spark.EmptyRDD<T>)];
        if (some.Count == 0)
            return EmptyRDD<T>();
        return some[0].Partitioner is { } partitioner && some.All(r => partitioner.Equals(r.Partitioner))
            ? new PartitionerAwareUnionRDD<T>(this, some) : new UnionRDD<T>(this, some);
    }

    /// <summary>The lines of text files, in UTF-8. Files are looked up when the dataset is first used.</summary>
    /// <param name="paths">
    /// Files, directories or patterns (<c>* ? [a-z] {a,b}</c>), separated by commas, each with its store
    /// (<c>hdfs://host:port/p</c>, <c>file:///p</c>) or on the default one. Files whose names end with .gz, .deflate or .br
    /// are unpacked; in directories, names that begin with _ or . are left out.
    /// </param>
    /// <param name="minPartitions">At least so many where files can be cut; null for <see cref="DefaultMinPartitions"/>.</param>
    public RDD<string> TextFile(string paths, int? minPartitions = null) => new TextFileRDD(this, paths, minPartitions ?? DefaultMinPartitions);

    /// <summary>Small text files, each as one record with its name.</summary>
    /// <param name="paths">As for <see cref="TextFile"/>.</param>
    /// <param name="minPartitions">A hint; null for <see cref="DefaultMinPartitions"/>.</param>
    public RDD<(string Path, string Content)> WholeTextFiles(string paths, int? minPartitions = null) =>
        new WholeTextFilesRDD(this, paths, minPartitions ?? DefaultMinPartitions);

    /// <summary>Files of bytes, each as one record with its name; one must fit in memory.</summary>
    /// <param name="paths">As for <see cref="TextFile"/>.</param>
    /// <param name="minPartitions">A hint; null for <see cref="DefaultMinPartitions"/>.</param>
    public RDD<(string Path, byte[] Content)> BinaryFiles(string paths, int? minPartitions = null) =>
        new BinaryFilesRDD(this, paths, minPartitions ?? DefaultMinPartitions);

    /// <summary>What <see cref="RDD{T}.SaveAsObjectFile"/> has written, with as many partitions.</summary>
    /// <param name="paths">As for <see cref="TextFile"/>.</param>
    public RDD<T> ObjectFile<T>(string paths) => new ObjectFilesRDD<T>(this, paths);

    private int Slices(int? wanted)
    {
        ThrowIfUnusable();
        if (wanted is { } slices)
            ArgumentOutOfRangeException.ThrowIfLessThan(slices, 1);
        return wanted ?? DefaultParallelism;
    }
}
