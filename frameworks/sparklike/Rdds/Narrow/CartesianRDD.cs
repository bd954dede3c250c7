namespace Agora.Spark;

/// <summary>Each partition of the left with each of the right, in the order left 0 with right 0, 1, 2 and so on.</summary>
internal sealed class CartesianRDD<T, U>(RDD<T> left, RDD<U> right) : RDD<(T Left, U Right)>(
    left.Context, new CartesianDependency(left, right.PartitionCount, isLeft: true),
    new CartesianDependency(right, right.PartitionCount, isLeft: false))
{
    protected override int CountPartitions() => Dependencies[0].Parent.PartitionCount * Dependencies[1].Parent.PartitionCount;

    protected override IEnumerable<(T Left, U Right)> Compute(int partition, TaskContext context)
    {
        var lefts = ((RDD<T>)Dependencies[0].Parent).Iterator(Of(0, partition), context);
        var rights = (RDD<U>)Dependencies[1].Parent;
        foreach (var left in lefts)
            foreach (var right in rights.Iterator(Of(1, partition), context))
                yield return (left, right);
    }

    private int Of(int side, int partition) => ((CartesianDependency)Dependencies[side]).ParentOf(partition);
}

internal sealed class CartesianDependency(RDD parent, int rightCount, bool isLeft) : NarrowDependency(parent)
{
    public int ParentOf(int partition) => isLeft ? partition / rightCount : partition % rightCount;

    public override IReadOnlyList<int> ParentsOf(int partition) => [ParentOf(partition)];
}
