namespace Agora.MapReduce;

/// <summary>Where a job's records come from: <see cref="FileInputFormat"/> or <see cref="GeneratingInputFormat"/>.</summary>
public abstract class InputFormat
{
    private protected InputFormat()
    {
    }

    /// <summary>What its records are, for a job without a mapper; null if that is for the job to say.</summary>
    internal virtual (Type Key, Type Value)? RecordTypes => null;
}

/// <summary>
/// Reads files: the input paths' files are cut into splits by the JobTracker, which runs each map where its split is.
/// Records are bytes here and get the mapper's types by their codecs, so that one format serves several types.
/// </summary>
public abstract class FileInputFormat : InputFormat
{
    /// <summary>False if a file can only be read as a whole.</summary>
    public virtual bool IsSplitable => true;

    /// <summary>The class by Hadoop's name that tells the JobTracker how to cut the files.</summary>
    internal virtual string SplitClass => "org.apache.hadoop.mapred.TextInputFormat";

    public abstract RecordReader Open(FileSplit split, JobConf conf);
}

/// <summary>Makes records out of nothing, or fetches them from elsewhere: there is a map for each split it names.</summary>
public abstract class GeneratingInputFormat : InputFormat
{
    /// <summary>Called where the job is submitted.</summary>
    /// <param name="numSplits">What the job wishes for (<c>mapred.map.tasks</c>).</param>
    /// <returns>What each map is told; it means something to this format only.</returns>
    public abstract IReadOnlyList<string> GetSplits(JobConf conf, int numSplits);

    public abstract RecordReader Open(string split, JobConf conf);
}

/// <summary>Gives records as bytes, encoded as the codecs of the mapper's types expect.</summary>
public abstract class RecordReader : IDisposable
{
    /// <summary>Valid until the next record, as is <see cref="Value"/>.</summary>
    public abstract ReadOnlySpan<byte> Key { get; }
    public abstract ReadOnlySpan<byte> Value { get; }

    /// <summary>How much of the split has been read, in its own unit, which <see cref="FileSplit.Length"/> is in too.</summary>
    public abstract long Position { get; }

    public abstract bool Next();

    public virtual void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>A part of a file, which one map reads.</summary>
/// <param name="Path">With the store's prefix.</param>
/// <param name="Offset">In bytes, as is the length.</param>
public abstract record FileSplit(string Path, long Offset, long Length)
{
    /// <summary>Opens any part of the file; the stream ends early only where the file does.</summary>
    /// <param name="length">In bytes; null for all.</param>
    public abstract Stream Open(long offset, long? length);

    /// <summary>The lines that begin in this split, unpacked if the file is compressed.</summary>
    public abstract ILineSource OpenLines();
}

/// <summary>Lines of a split, one after the other.</summary>
public interface ILineSource : IDisposable
{
    /// <summary>Where in the file the last line began.</summary>
    long LineOffset { get; }

    /// <summary>Bytes read so far.</summary>
    long BytesRead { get; }

    /// <summary>False at the end. The line is valid until the next call, and is without its end.</summary>
    bool Next(out ReadOnlySpan<byte> line);
}
