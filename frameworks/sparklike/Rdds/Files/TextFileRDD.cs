using Agora.Storage;

namespace Agora.Spark;

/// <summary>Lines of text files.</summary>
internal sealed class TextFileRDD(SparkContext context, string names, int minPartitions) : FilesRDD<string>(context, names)
{
    private protected override InputPartition[] Cut(IReadOnlyList<(IFileSystem Store, FileStatus File)> files) =>
        InputFiles.Split(files, minPartitions);

    private protected override IEnumerable<string> Read(FileSplit split, TaskContext context)
    {
        // From the byte before on: if a line ends there, the next one is this split's, and otherwise its rest is the
        // split's before.
        var before = split.Offset > 0 ? 1 : 0;
        using var from = CompressedStreams.Reading(Open(split.Name, split.Offset - before, context), split.Name);
        var end = CompressedStreams.IsCompressed(split.Name) ? long.MaxValue : split.Length + before;
        var lines = new LineSource(from, isStart: before == 0);
        if (before > 0)
            lines.Skip();
        var last = 0L;
        while (lines.Position < end && lines.Next(out var line))
        {
            if ((++context.Metrics.InputRecords & 0x3FF) == 0)
            {
                context.Stop.ThrowIfCancellationRequested();
                context.Metrics.InputBytes += lines.Position - last;
                last = lines.Position;
            }
            yield return line;
        }
        context.Metrics.InputBytes += lines.Position - last;
    }
}
