namespace Agora.Spark.Shuffle;

/// <summary>What a task has written for others and read from them. Not for several threads, but for those that fetch.</summary>
internal sealed class ShuffleMetrics
{
    private long _remoteBytes;

    public long RecordsWritten { get; set; }
    public long BytesWritten { get; set; }
    public long RecordsRead { get; set; }
    public long LocalBytesRead { get; set; }
    public long RemoteBytesRead => Interlocked.Read(ref _remoteBytes);
    public long BytesSpilled { get; set; }

    /// <summary>How long the task has stood still until others' outputs were here.</summary>
    public TimeSpan FetchWait { get; set; }

    public void AddRemote(long bytes) => Interlocked.Add(ref _remoteBytes, bytes);
}
