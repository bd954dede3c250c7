namespace Agora.Spark;

/// <summary>Each partition is computed from the parent's of the same number.</summary>
internal abstract class OneToOneRDD<T, U> : RDD<U>
{
    private protected OneToOneRDD(RDD<T> parent, bool keepsPartitioner)
        : base(parent.Context, new OneToOneDependency(parent)) =>
        Partitioner = keepsPartitioner ? parent.Partitioner : null;

    public override Partitioner? Partitioner { get; }

    internal override string ClassName => "MapPartitionsRDD";

    protected override int CountPartitions() => Dependencies[0].Parent.PartitionCount;

    protected override IEnumerable<U> Compute(int partition, TaskContext context) =>
        Apply(partition, ((RDD<T>)Dependencies[0].Parent).Iterator(partition, context), context);

    private protected abstract IEnumerable<U> Apply(int partition, IEnumerable<T> records, TaskContext context);
}

internal sealed class MapRDD<T, U>(RDD<T> parent, Func<T, U> f) : OneToOneRDD<T, U>(parent, keepsPartitioner: false)
{
    private protected override IEnumerable<U> Apply(int partition, IEnumerable<T> records, TaskContext context) =>
        Pipeline.Map(records, f);
}

internal sealed class FilterRDD<T>(RDD<T> parent, Func<T, bool> predicate) : OneToOneRDD<T, T>(parent, keepsPartitioner: true)
{
    private protected override IEnumerable<T> Apply(int partition, IEnumerable<T> records, TaskContext context) =>
        Pipeline.Filter(records, predicate);
}

internal sealed class FlatMapRDD<T, U>(RDD<T> parent, Func<T, IEnumerable<U>> f)
    : OneToOneRDD<T, U>(parent, keepsPartitioner: false)
{
    private protected override IEnumerable<U> Apply(int partition, IEnumerable<T> records, TaskContext context) =>
        Pipeline.FlatMap(records, f, context.Stop);
}

internal sealed class MapPartitionsRDD<T, U>(
    RDD<T> parent, Func<int, IEnumerable<T>, TaskContext, IEnumerable<U>> f, bool keepsPartitioner)
    : OneToOneRDD<T, U>(parent, keepsPartitioner)
{
    private protected override IEnumerable<U> Apply(int partition, IEnumerable<T> records, TaskContext context) =>
        f(partition, records, context);
}
