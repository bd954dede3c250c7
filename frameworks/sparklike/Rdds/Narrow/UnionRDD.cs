namespace Agora.Spark;

/// <summary>The partitions of several datasets, one after another.</summary>
internal sealed class UnionRDD<T>(SparkContext context, IReadOnlyList<RDD<T>> parents) : RDD<T>(context, DependenciesOn(parents))
{
    protected override int CountPartitions() => Dependencies.Sum(d => d.Parent.PartitionCount);

    protected override IEnumerable<T> Compute(int partition, TaskContext context)
    {
        foreach (var dependency in Dependencies)
        {
            var parent = (RDD<T>)dependency.Parent;
            if (partition < parent.PartitionCount)
                return parent.Iterator(partition, context);
            partition -= parent.PartitionCount;
        }
        throw new ArgumentOutOfRangeException(nameof(partition));
    }

    private static List<Dependency> DependenciesOn(IReadOnlyList<RDD<T>> parents)
    {
        var start = 0;
        var dependencies = new List<Dependency>();
        foreach (var parent in parents)
        {
            dependencies.Add(new RangeDependency(parent, start));
            start += parent.PartitionCount;
        }
        return dependencies;
    }
}

/// <summary>Datasets with the same partitioner, joined partition by partition, so that the partitioner is kept.</summary>
internal sealed class PartitionerAwareUnionRDD<T>(SparkContext context, IReadOnlyList<RDD<T>> parents)
    : RDD<T>(context, [.. parents.Select(p => new OneToOneDependency(p))])
{
    public override Partitioner? Partitioner { get; } = parents[0].Partitioner;

    protected override int CountPartitions() => Partitioner!.PartitionCount;

    protected override IEnumerable<T> Compute(int partition, TaskContext context) =>
        Dependencies.SelectMany(d => ((RDD<T>)d.Parent).Iterator(partition, context));
}
