namespace Agora.Hadoop.Tasks.Input;

/// <summary>Reports how far the reading of a split is, and ends it when the attempt is to stop.</summary>
internal sealed class TrackedSource(IRecordSource inner, AttemptContext context) : IRecordSource
{
    private const int RecordsPerReport = 1024;

    private int _sinceReport;

    public ReadOnlySpan<byte> Key => inner.Key;
    public ReadOnlySpan<byte> Value => inner.Value;
    public long Position => inner.Position;
    public bool KeyIsPosition => inner.KeyIsPosition;
    public long Records => inner.Records;
    public long BytesRead => inner.BytesRead;
    public double Fraction => inner.Fraction;
    public bool GivesLines => inner.GivesLines;

    public bool Next()
    {
        if (++_sinceReport == RecordsPerReport)
            Report();
        return inner.Next();
    }

    public bool NextLines(out ReadOnlySpan<byte> lines)
    {
        Report();
        return inner.NextLines(out lines);
    }

    public void Dispose() => inner.Dispose();

    private void Report()
    {
        _sinceReport = 0;
        context.Stop.ThrowIfCancellationRequested();
        context.Progress.Fraction = inner.Fraction;
    }
}
