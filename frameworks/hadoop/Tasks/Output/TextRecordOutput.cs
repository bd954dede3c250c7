namespace Agora.Hadoop.Tasks.Output;

/// <summary>TextOutputFormat: key, separator, value, LF.</summary>
internal sealed class TextRecordOutput(PartFile file, byte[] separator) : IRecordOutput
{
    public ReadOnlySpan<byte> Separator => separator;

    /// <summary>Takes whole lines instead of records; the separator is one byte.</summary>
    public TextLines Lines() => new(file, separator[0]);

    public void Write(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        file.Write(key);
        file.Write(separator);
        file.Write(value);
        file.Write("\n"u8);
    }

    public void Finish() => file.Finish();

    public void Dispose() => file.Dispose();
}
