namespace Agora.Spark;

/// <summary>What a task has read and written. Written by the task's thread alone.</summary>
internal sealed class TaskMetrics
{
    /// <summary>Records and bytes from files.</summary>
    public long InputRecords, InputBytes;

    /// <summary>Records and bytes into files of the user's.</summary>
    public long OutputRecords, OutputBytes;

    /// <summary>Bytes of map outputs, on the wire or disk.</summary>
    public long ShuffleReadBytes, ShuffleWrittenBytes;

    public long ShuffleReadRecords, ShuffleWrittenRecords;

    /// <summary>Bytes written to disk because memory was short.</summary>
    public long SpilledBytes;
}
