using System.Text;
using Agora.Storage;

namespace Agora.Spark;

/// <summary>Files as they are, each with its name.</summary>
internal sealed class BinaryFilesRDD(SparkContext context, string names, int minPartitions)
    : FilesRDD<(string Path, byte[] Content)>(context, names)
{
    internal override string ClassName => "BinaryFileRDD";

    private protected override InputPartition[] Cut(IReadOnlyList<(IFileSystem Store, FileStatus File)> files) =>
        InputFiles.Whole(files, minPartitions);

    private protected override IEnumerable<(string Path, byte[] Content)> Read(FileSplit split, TaskContext context)
    {
        yield return (split.Name, ReadAll(split, context));
    }
}

/// <summary>Files as text, each with its name.</summary>
internal sealed class WholeTextFilesRDD(SparkContext context, string names, int minPartitions)
    : FilesRDD<(string Path, string Content)>(context, names)
{
    internal override string ClassName => "WholeTextFileRDD";

    private protected override InputPartition[] Cut(IReadOnlyList<(IFileSystem Store, FileStatus File)> files) =>
        InputFiles.Whole(files, minPartitions);

    private protected override IEnumerable<(string Path, string Content)> Read(FileSplit split, TaskContext context)
    {
        using var text = new StreamReader(new MemoryStream(ReadAll(split, context)), Encoding.UTF8);
        yield return (split.Name, text.ReadToEnd());
    }
}

/// <summary>Files that <c>SaveAsObjectFile</c> has written.</summary>
internal sealed class ObjectFilesRDD<T>(SparkContext context, string names) : FilesRDD<T>(context, names)
{
    private protected override InputPartition[] Cut(IReadOnlyList<(IFileSystem Store, FileStatus File)> files) =>
        InputFiles.Each(files);

    private protected override IEnumerable<T> Read(FileSplit split, TaskContext context) =>
        Pipeline.WhileWanted(RecordFiles.Read<T>(context, split.Name), context.Stop);
}
