namespace Agora.Spark;

/// <summary>Some of the parent's partitions.</summary>
internal sealed class PrunedRDD<T>(RDD<T> parent, int[] partitions) : RDD<T>(parent.Context, new PrunedDependency(parent, partitions))
{
    protected override int CountPartitions() => partitions.Length;

    protected override IEnumerable<T> Compute(int partition, TaskContext context) =>
        ((RDD<T>)Dependencies[0].Parent).Iterator(partitions[partition], context);
}

internal sealed class PrunedDependency(RDD parent, int[] partitions) : NarrowDependency(parent)
{
    public override IReadOnlyList<int> ParentsOf(int partition) => [partitions[partition]];
}
