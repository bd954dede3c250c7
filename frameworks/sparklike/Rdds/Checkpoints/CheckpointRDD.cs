using Agora.Storage;

namespace Agora.Spark;

/// <summary>A dataset as its checkpoint has it: a file for each partition.</summary>
internal sealed class CheckpointRDD<T> : RDD<T>
{
    private readonly int _count;

    // Only scheduling asks.
    [NonSerialized]
    private readonly IReadOnlyList<IReadOnlyList<string>> _hosts;

    private CheckpointRDD(SparkContext context, string directory, IReadOnlyList<IReadOnlyList<string>> hosts)
        : base(context)
    {
        Directory = directory;
        _hosts = hosts;
        _count = hosts.Count;
    }

    public string Directory { get; }

    internal override string ClassName => "ReliableCheckpointRDD";

    public override IReadOnlyList<string> PreferredHosts(int partition) => _hosts[partition];

    /// <summary>Writes a dataset by a job of its own.</summary>
    public static CheckpointRDD<T> Write(RDD<T> rdd, CancellationToken stop)
    {
        var context = rdd.Context;
        var directory = $"{context.CheckpointDirectory}/rdd-{rdd.Id}";
        context.Run(rdd, (task, records) => RecordFiles.Write(task, PartFile.NameOf(directory, task.PartitionId), records), stop: stop);
        return new CheckpointRDD<T>(context, directory,
            [.. rdd.Partitions.Select(p => HostsOf(context.Stores.Find(PartFile.NameOf(directory, p)), stop))]);
    }

    protected override int CountPartitions() => _count;

    protected override IEnumerable<T> Compute(int partition, TaskContext context) =>
        RecordFiles.Read<T>(context, PartFile.NameOf(Directory, partition));

    private static IReadOnlyList<string> HostsOf(StoredPath file, CancellationToken stop) =>
        Waiting.For(() => file.Store.LocateAsync(file.Path, 0, long.MaxValue, stop)) is [var block, ..] ? block.Hosts : [];
}
