using Agora.Spark.Shuffle;
using Agora.Spark.Transfer;
using Agora.Storage;

namespace Agora.Spark.Executor;

/// <summary>What an executor does for the tasks of one attempt at a stage.</summary>
internal sealed class TaskServices(ExecutorNode node, StagePlaces places) : ITaskServices
{
    public Stores Stores => node.Stores;

    public IEnumerable<T> Cached<T>(BlockId block, StorageLevel level, Func<IEnumerable<T>> make, TaskContext context) =>
        node.Blocks.GetOrCompute(block, level, make, context.Stop);

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
