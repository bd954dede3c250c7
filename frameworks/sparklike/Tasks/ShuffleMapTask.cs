namespace Agora.Spark;

/// <summary>A task that writes a partition's records to where the next stage reads them, by key.</summary>
internal sealed class ShuffleMapTask<K, V, C>(RDD<(K Key, V Value)> rdd, ShuffleDependency<K, V, C> shuffle) : StageTask(rdd)
{
    private protected override TaskOutcome RunCore(int partition, TaskContext context)
    {
        var records = ((RDD<(K Key, V Value)>)Last).Iterator(partition, context);
        return new TaskOutcome(ReadOnlyMemory<byte>.Empty, context.Services.Write(shuffle, partition, records, context));
    }
}
