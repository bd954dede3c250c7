using Agora.Spark.Records;
using Agora.Spark.Shuffle;
using Agora.Spark.Transfer;
using Agora.Storage;

namespace Agora.Spark.Executor;

/// <summary>What an executor does for the tasks of one attempt at a stage.</summary>
internal sealed class TaskServices(ExecutorNode node, StagePlaces places) : ITaskServices
{
    public Stores Stores => node.Stores;

    public IEnumerable<T> Cached<T>(BlockId block, StorageLevel level, Func<IEnumerable<T>> make, TaskContext context)
    {
        if (node.Peers is not { } peers)
            return node.Blocks.GetOrCompute(block, level, make, context.Stop);
        if (node.Blocks.Find<T>(block) is { } kept)
            return kept;
        // Where it lies was busy for too long, or is gone. To read a copy is cheaper than to make it again.
        if (places.Cached.TryGetValue(block, out var agents) && peers.Find(block, agents) is { } packed)
            return RecordBlocks.Read<T>(packed);
        var isNew = false;
        var records = node.Blocks.GetOrCompute(block, level, () =>
        {
            isNew = true;
            return make();
        }, context.Stop);
        if (isNew && level.Replicas > 1)
            peers.Replicate(block, level, level.Replicas - 1, places.Executors);
        return records;
    }

    public MapOutput Write<K, V, C>(
        ShuffleDependency<K, V, C> shuffle, int mapPartition, IEnumerable<(K Key, V Value)> records, TaskContext context)
    {
        var write = new ShuffleWrite(node.Shuffles, shuffle.ShuffleId, mapPartition, context.Metrics.Shuffle, context.Stop);
        return shuffle.Aggregator is { OnMapSide: true } aggregator
            ? write.Combined(records, aggregator, shuffle.Partitioner)
            : write.Plain(records, shuffle.Partitioner);
    }

    public IEnumerable<(K Key, C Value)> Read<K, V, C>(ShuffleDependency<K, V, C> shuffle, int partition, TaskContext context)
    {
        if (!places.Outputs.TryGetValue(shuffle.ShuffleId, out var outputs))
            throw new InvalidOperationException($"nothing is known of the outputs of shuffle {shuffle.ShuffleId}");
        var read = new ShuffleRead(node.Shuffles, shuffle.ShuffleId, partition, context.Metrics.Shuffle, context.Stop);
        if (shuffle.Aggregator is { } aggregator)
        {
            var combined = read.Combined<K, V, C>(outputs, aggregator, aggregator.OnMapSide);
            return shuffle.Order is { } order ? read.Sorted(combined, order) : combined;
        }
        // Without an aggregator values stay as they are.
        return (IEnumerable<(K Key, C Value)>)(object)(shuffle.Order is { } by ? read.Sorted<K, V>(outputs, by) : read.Plain<K, V>(outputs));
    }

    public IEnumerable<(K Key, C Value)> Combine<K, V, C>(
        IEnumerable<(K Key, V Value)> records, Aggregator<V, C> aggregator, TaskContext context)
    {
        using var combiner = new Combiner<K, V, C>(aggregator, node.Shuffles, context.Metrics.Shuffle);
        foreach (var (key, value) in Pipeline.WhileWanted(records, context.Stop))
            combiner.Add(key, value);
        foreach (var one in combiner.Finish())
            yield return one;
    }

    public T Broadcast<T>(long id) => node.Broadcast<T>(id);
}
