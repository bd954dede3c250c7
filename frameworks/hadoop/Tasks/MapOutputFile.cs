using Agora.Storage;

namespace Agora.Hadoop.Tasks;

/// <summary>
/// A map's sorted output on disk: one file with a run of records for each partition, and beside it an index with an
/// entry for each, so that a reduce can fetch its part with two range requests.
/// </summary>
internal static class MapOutputFile
{
    public const string DataName = "file.out", IndexName = "file.out.index";

    public static void WriteIndex(string path, ReadOnlySpan<Segment> segments)
    {
        var index = new byte[segments.Length * Segment.IndexBytes];
        for (var i = 0; i < segments.Length; i++)
            segments[i].Write(index.AsSpan(i * Segment.IndexBytes));
        File.WriteAllBytes(path, index);
    }

    /// <param name="codec">Class of the codec that the file's runs are packed with; null for none.</param>
    public static RecordReader OpenSegment(string path, Segment segment, string? codec)
    {
        if (segment.Length == 0)
            return new RecordReader(Stream.Null);
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        file.Seek(segment.Offset, SeekOrigin.Begin);
        var run = new BoundedStream(file, segment.Length);
        return new RecordReader(codec is null ? run : Codec.UnpackRun(codec, run));
    }
}
