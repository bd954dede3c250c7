namespace Agora.Spark;

/// <summary>What a shuffle gives.</summary>
internal sealed class ShuffledRDD<K, V, C>(ShuffleDependency<K, V, C> shuffle)
    : RDD<(K Key, C Value)>(shuffle.Parent.Context, shuffle)
{
    public override Partitioner? Partitioner { get; } = shuffle.Partitioner;

    protected override int CountPartitions() => Partitioner!.PartitionCount;

    protected override IEnumerable<(K Key, C Value)> Compute(int partition, TaskContext context) =>
        context.Services.Read((ShuffleDependency<K, V, C>)Dependencies[0], partition, context);
}
