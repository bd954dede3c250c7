namespace Agora.Hadoop.Tasks.Output;

/// <summary>NullOutputFormat: what is written goes nowhere, and there are no part files.</summary>
internal sealed class NullOutput : IRecordOutput
{
    public void Write(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
    }

    public void Finish()
    {
    }

    public void Dispose()
    {
    }
}
