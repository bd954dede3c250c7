namespace Agora.Hadoop.Tasks.Programs;

/// <summary>What a reduce attempt, or a combiner, runs over sorted records.</summary>
internal interface IReduceProgram
{
    /// <summary>
    /// Runs over all records of one partition; a combiner once for each partition of each spill. Records are given out
    /// one at a time, from any one thread.
    /// </summary>
    /// <exception cref="AttemptFailedException">The user's code failed.</exception>
    void Run(IGroupedRecords input, RecordHandler output);
}

/// <summary>Sorted records, those with equal keys one after another.</summary>
internal interface IGroupedRecords
{
    /// <summary>True if there is no record at all; known before the first.</summary>
    bool IsEmpty { get; }

    /// <summary>Goes to the next record; false at the end.</summary>
    bool Next();

    /// <summary>True if the record's key differs, in the job's order of keys, from that of the one before.</summary>
    bool StartsGroup { get; }

    /// <summary>Valid until the next record.</summary>
    ReadOnlySpan<byte> Key { get; }

    /// <summary>Valid until the next record.</summary>
    ReadOnlySpan<byte> Value { get; }
}
