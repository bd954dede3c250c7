namespace Agora.Hadoop.Tasks.Output;

/// <summary>TextOutputFormat: key, TAB, value, LF.</summary>
internal sealed class TextRecordOutput(PartFile file) : IRecordOutput
{
    public void Write(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        file.Write(key);
        file.Write("\t"u8);
        file.Write(value);
        file.Write("\n"u8);
    }

    public void Finish() => file.Finish();

    public void Dispose() => file.Dispose();
}
