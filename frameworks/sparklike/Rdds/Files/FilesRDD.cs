using Agora.Storage;

namespace Agora.Spark;

/// <summary>What is read from files. They are looked up when partitions are first asked for, in the driver.</summary>
internal abstract class FilesRDD<T>(SparkContext context, string names) : RDD<T>(context)
{
    private IReadOnlyList<FileSplit>[]? _splits;

    // Only scheduling asks.
    [NonSerialized]
    private IReadOnlyList<string>[]? _hosts;

    internal override string ClassName => "HadoopRDD";

    public override IReadOnlyList<string> PreferredHosts(int partition) =>
        PartitionCount > 0 && _hosts is { } hosts ? hosts[partition] : [];

    protected sealed override int CountPartitions()
    {
        var partitions = Cut(InputFiles.Find(Context.Stores, names, this));
        _splits = [.. partitions.Select(p => p.Splits)];
        _hosts = [.. partitions.Select(p => p.Hosts)];
        return partitions.Length;
    }

    protected sealed override IEnumerable<T> Compute(int partition, TaskContext context) =>
        _splits![partition].SelectMany(split => Read(split, context));

    private protected abstract InputPartition[] Cut(IReadOnlyList<(IFileSystem Store, FileStatus File)> files);

    private protected abstract IEnumerable<T> Read(FileSplit split, TaskContext context);

    /// <param name="offset">In bytes.</param>
    private protected static Stream Open(string name, long offset, TaskContext context)
    {
        var file = context.Services.Stores.Find(name);
        return Waiting.For(() => file.Store.OpenAsync(file.Path, offset, stop: context.Stop));
    }

    private protected static byte[] ReadAll(FileSplit split, TaskContext context)
    {
        using var from = CompressedStreams.Reading(Open(split.Name, 0, context), split.Name);
        using var bytes = new MemoryStream();
        from.CopyTo(bytes);
        context.Metrics.InputBytes += split.Length;
        context.Metrics.InputRecords++;
        return bytes.ToArray();
    }
}
