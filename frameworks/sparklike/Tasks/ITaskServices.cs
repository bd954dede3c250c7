using Agora.Storage;

namespace Agora.Spark;

/// <summary>What the executor does for its tasks. Safe to use from several threads.</summary>
internal interface ITaskServices
{
    /// <summary>For input and output.</summary>
    Stores Stores { get; }

    /// <summary>A persisted dataset's partition, from where it is kept or else made and kept as far as there is room.</summary>
    IEnumerable<T> Cached<T>(BlockId block, StorageLevel level, Func<IEnumerable<T>> make, TaskContext context);

    /// <summary>Writes a map task's output, combined and spread as the shuffle says.</summary>
    MapOutput Write<K, V, C>(
        ShuffleDependency<K, V, C> shuffle, int mapPartition, IEnumerable<(K Key, V Value)> records, TaskContext context);

    /// <summary>A reduce partition, combined and sorted as the shuffle says.</summary>
    IEnumerable<(K Key, C Value)> Read<K, V, C>(ShuffleDependency<K, V, C> shuffle, int partition, TaskContext context);

    /// <summary>Gathers the values of each key that is in the partition already; spills where memory is short.</summary>
    IEnumerable<(K Key, C Value)> Combine<K, V, C>(
        IEnumerable<(K Key, V Value)> records, Aggregator<V, C> aggregator, TaskContext context);

    /// <summary>Path of a file that was added, fetched if this process does not have it yet.</summary>
    string FileOf(string name);

    /// <summary>A broadcast value, fetched if this process does not have it yet.</summary>
    T Broadcast<T>(long id);
}
