namespace Agora.Spark;

/// <summary>How a task ended, as its executor tells the scheduler in the data of its last status.</summary>
public abstract record TaskReport
{
    private TaskReport()
    {
    }

    /// <summary>Datasets' partitions that the executor keeps, or keeps no longer, since its last report.</summary>
    public IReadOnlyList<BlockChange> Blocks { get; init; } = [];

    /// <param name="Result">For the driver alone: the result's bytes or where they are, accumulators, figures.</param>
    /// <param name="Output">Of a map task.</param>
    public sealed record Succeeded(ReadOnlyMemory<byte> Result, MapOutput? Output) : TaskReport;

    /// <summary>Another task's output is gone: that one is at fault and its stage is run anew, for what is lost.</summary>
    /// <param name="Location">As the task was told; empty if it was told of none, since the shuffle was not needed before.</param>
    public sealed record FetchFailed(int ShuffleId, int MapPartition, string Location, string Error) : TaskReport;

    /// <summary>The user's code, or what it needs, has failed.</summary>
    /// <param name="IsFinal">Another attempt cannot help (its closure cannot be read, say).</param>
    public sealed record Failed(TaskError Error, bool IsFinal) : TaskReport;

    /// <summary>It was told to end.</summary>
    public sealed record Killed : TaskReport;
}

/// <summary>A task's exception, in the user's terms.</summary>
/// <param name="Type">The exception's type.</param>
/// <param name="Frames">The user's own stack frames, innermost first.</param>
/// <param name="Record">The record it failed at, if that is known and can be shown.</param>
public sealed record TaskError(string Type, string Message, IReadOnlyList<string> Frames, string? Record);

/// <param name="Bytes">Its size.</param>
/// <param name="IsKept">False if the executor has it no more.</param>
public readonly record struct BlockChange(BlockId Block, long Bytes, bool InMemory, bool IsKept);

/// <summary>Where a map task's output is, and how much of it is for whom.</summary>
/// <param name="Location">A file name or an HTTP address, which outlives the executor as long as the agent does.</param>
/// <param name="Offsets">Where each reduce partition begins in it, in bytes, and at last its end.</param>
public sealed record MapOutput(string Location, IReadOnlyList<long> Offsets);
