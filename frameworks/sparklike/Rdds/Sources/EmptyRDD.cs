namespace Agora.Spark;

/// <summary>No records, in no partitions.</summary>
internal sealed class EmptyRDD<T>(SparkContext context) : RDD<T>(context)
{
    protected override int CountPartitions() => 0;

    protected override IEnumerable<T> Compute(int partition, TaskContext context) => [];
}
