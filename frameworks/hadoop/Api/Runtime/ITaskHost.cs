namespace Agora.MapReduce;

/// <summary>What a TaskTracker lends to a task that it runs.</summary>
internal interface ITaskHost
{
    JobConf Conf { get; }
    string TaskAttemptId { get; }
    string WorkDirectory { get; }
    CancellationToken Stop { get; }

    Counter GetCounter(string group, string name);
    void SetStatus(string status);
    void Active();
}

/// <summary>Takes a map's or combiner's output.</summary>
internal interface IRecordSink
{
    /// <param name="partition">The reduce it goes to; -1 leaves that to the hash of the key.</param>
    void Write(int partition, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value);
}

/// <summary>Records in the order of their keys.</summary>
internal interface ISortedRecords
{
    /// <summary>Valid until the next record, as is <see cref="Value"/>.</summary>
    ReadOnlySpan<byte> Key { get; }
    ReadOnlySpan<byte> Value { get; }

    bool Next();
}

/// <summary>Compares encoded keys.</summary>
internal interface IRawComparer
{
    int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b);
}

/// <summary>A user's comparer of keys.</summary>
internal sealed class DecodingComparer<K>(IComparer<K> comparer, JobConf conf) : IRawComparer
{
    // Two, as a codec may keep what it read last.
    private readonly ICodec<K> _left = Codecs.Of<K>(conf), _right = Codecs.Of<K>(conf);

    public int Compare(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => comparer.Compare(_left.Read(a), _right.Read(b));
}
