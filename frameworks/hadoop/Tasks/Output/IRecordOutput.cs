namespace Agora.Hadoop.Tasks.Output;

/// <summary>Where the records of a reduce, or of a map without reduces, end up: the job's output format.</summary>
internal interface IRecordOutput : IDisposable
{
    void Write(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);

    /// <summary>All records are written. Without it, <see cref="IDisposable.Dispose"/> leaves nothing behind.</summary>
    void Finish();
}
