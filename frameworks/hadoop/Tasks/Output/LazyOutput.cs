namespace Agora.Hadoop.Tasks.Output;

/// <summary>Makes the output at its first record, and none where there is no record.</summary>
internal sealed class LazyOutput(Func<IRecordOutput> open) : IRecordOutput
{
    private IRecordOutput? _output;

    public void Write(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => (_output ??= open()).Write(key, value);

    public void Finish() => _output?.Finish();

    public void Dispose() => _output?.Dispose();
}
