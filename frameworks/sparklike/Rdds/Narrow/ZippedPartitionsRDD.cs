namespace Agora.Spark;

/// <summary>Partitions of the same number of two datasets, made one by a function.</summary>
internal sealed class ZippedPartitionsRDD<T, U, R> : RDD<R>
{
    private readonly Func<IEnumerable<T>, IEnumerable<U>, IEnumerable<R>> _f;

    public ZippedPartitionsRDD(
        RDD<T> left, RDD<U> right, Func<IEnumerable<T>, IEnumerable<U>, IEnumerable<R>> f, bool keepsPartitioner)
        : base(left.Context, new OneToOneDependency(left), new OneToOneDependency(right))
    {
        if (left.PartitionCount != right.PartitionCount)
            throw new SparkException(
                $"{left} has {left.PartitionCount} partitions and {right} has {right.PartitionCount}: only datasets with " +
                "equally many can be zipped; Repartition one of them");
        _f = f;
        Partitioner = keepsPartitioner ? left.Partitioner : null;
    }

    public override Partitioner? Partitioner { get; }

    protected override int CountPartitions() => Dependencies[0].Parent.PartitionCount;

    protected override IEnumerable<R> Compute(int partition, TaskContext context) => _f(
        ((RDD<T>)Dependencies[0].Parent).Iterator(partition, context),
        ((RDD<U>)Dependencies[1].Parent).Iterator(partition, context));
}
