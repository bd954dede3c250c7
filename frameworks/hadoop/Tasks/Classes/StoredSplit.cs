using System.Text;
using Agora.Hadoop.Jobs;
using Agora.Hadoop.Tasks.Input;
using Agora.MapReduce;
using Agora.Storage;

namespace Agora.Hadoop.Tasks.Classes;

/// <summary>A split as user classes see it.</summary>
internal sealed record StoredSplit(InputSplit Split, StoredPath File, Jobs.JobConf Conf) : FileSplit(Split.Path, Split.Offset, Split.Length)
{
    public override Stream Open(long offset, long? length) =>
        File.Store.OpenAsync(File.Path, offset, length).GetAwaiter().GetResult();

    public override ILineSource OpenLines() => new Lines(
        new SplitReader(File, Split, Encoding.UTF8.GetBytes(Conf.Text(Jobs.JobConf.RecordDelimiter))));

    private sealed class Lines(SplitReader reader) : ILineSource
    {
        public long LineOffset => reader.LineOffset;
        public long BytesRead => reader.BytesRead;

        public bool Next(out ReadOnlySpan<byte> line)
        {
            var found = reader.Next();
            line = found ? reader.Line : default;
            return found;
        }

        public void Dispose() => reader.Dispose();
    }
}
