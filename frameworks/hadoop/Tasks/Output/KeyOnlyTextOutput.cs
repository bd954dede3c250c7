namespace Agora.Hadoop.Tasks.Output;

/// <summary>TextOutputFormat for records without values (<c>-io keyonlytext</c>): key, LF.</summary>
internal sealed class KeyOnlyTextOutput(PartFile file) : IRecordOutput
{
    public void Write(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        file.Write(key);
        file.Write("\n"u8);
    }

    public void Finish() => file.Finish();

    public void Dispose() => file.Dispose();
}
