using Agora.Spark.Shuffle;

namespace Agora.Spark;

/// <summary>What a task has read and written. Written by the task's thread alone.</summary>
internal sealed class TaskMetrics
{
    /// <summary>Records and bytes from files.</summary>
    public long InputRecords, InputBytes;

    /// <summary>Records and bytes into files of the user's.</summary>
    public long OutputRecords, OutputBytes;

    /// <summary>Of and for other tasks, by shuffles.</summary>
    public ShuffleMetrics Shuffle { get; } = new();

    /// <summary>All figures, in a fixed order.</summary>
    public IEnumerable<long> All => [InputRecords, InputBytes, OutputRecords, OutputBytes, Shuffle.RecordsWritten, Shuffle.BytesWritten,
        Shuffle.RecordsRead, Shuffle.LocalBytesRead, Shuffle.RemoteBytesRead, Shuffle.BytesSpilled, Shuffle.FetchWait.Ticks];

    /// <summary>Sets all figures, in the order of <see cref="All"/>.</summary>
    public void Fill(Func<long> next)
    {
        (InputRecords, InputBytes, OutputRecords, OutputBytes) = (next(), next(), next(), next());
        (Shuffle.RecordsWritten, Shuffle.BytesWritten, Shuffle.RecordsRead, Shuffle.LocalBytesRead) = (next(), next(), next(), next());
        Shuffle.AddRemote(next());
        (Shuffle.BytesSpilled, Shuffle.FetchWait) = (next(), TimeSpan.FromTicks(next()));
    }
}
