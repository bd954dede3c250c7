namespace Agora.Spark.Shuffle;

/// <summary>The map side: spreads a partition's records over the reduce partitions of a shuffle.</summary>
/// <param name="mapPartition">Which partition's records they are.</param>
internal sealed class ShuffleWrite(ShuffleFiles files, int shuffleId, int mapPartition, ShuffleMetrics metrics, CancellationToken stop = default)
{
    /// <summary>Every record as it is.</summary>
    public MapOutput Plain<K, V>(IEnumerable<(K Key, V Value)> records, Partitioner partitioner)
    {
        var (partitions, partitionOf) = (partitioner.PartitionCount, partitioner.Router<K>());
        using var output = new PartitionedOutput<(K, V)>(files, partitions, metrics);
        foreach (var record in records)
        {
            stop.ThrowIfCancellationRequested();
            output.Add(partitionOf(record.Key), record);
        }
        return output.Finish(shuffleId, mapPartition);
    }

    /// <summary>The values of a key are combined before they are written.</summary>
    public MapOutput Combined<K, V, C>(IEnumerable<(K Key, V Value)> records, Aggregator<V, C> aggregator, Partitioner partitioner)
    {
        using var combiner = new Combiner<K, V, C>(aggregator, files, metrics);
        foreach (var (key, value) in records)
        {
            stop.ThrowIfCancellationRequested();
            combiner.Add(key, value);
        }
        return Plain(combiner.Finish(), partitioner);
    }
}
