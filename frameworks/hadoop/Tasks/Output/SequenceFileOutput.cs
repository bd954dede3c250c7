using Agora.Hadoop.Jobs;

namespace Agora.Hadoop.Tasks.Output;

/// <summary>SequenceFileOutputFormat.</summary>
internal sealed class SequenceFileOutput(PartFile file, RecordForm form) : IRecordOutput
{
    private readonly SequenceFileWriter _writer = new(new PartStream(file), form);

    public void Write(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => _writer.Write(key, value);

    public void Finish() => file.Finish();

    public void Dispose() => file.Dispose();
}
