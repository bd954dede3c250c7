namespace Agora.Spark.Transfer;

/// <summary>What a task's data says to its executor; all else is in the stage, which is fetched once.</summary>
/// <param name="StageAttempt">With the stage, names what is fetched.</param>
internal readonly record struct TaskLaunch(int StageId, int StageAttempt, int Partition, int Attempt)
{
    /// <summary>Name under which the driver has the stage's functions.</summary>
    public string StageName => $"stage {StageId}";

    /// <summary>Name under which the driver says where this attempt of the stage finds its input.</summary>
    public string PlacesName => $"places {StageId} {StageAttempt}";

    public byte[] ToBytes()
    {
        var bytes = new byte[4 * sizeof(int)];
        BitConverter.TryWriteBytes(bytes, StageId);
        BitConverter.TryWriteBytes(bytes.AsSpan(4), StageAttempt);
        BitConverter.TryWriteBytes(bytes.AsSpan(8), Partition);
        BitConverter.TryWriteBytes(bytes.AsSpan(12), Attempt);
        return bytes;
    }

    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static TaskLaunch From(ReadOnlySpan<byte> bytes) => bytes.Length == 4 * sizeof(int)
        ? new TaskLaunch(BitConverter.ToInt32(bytes), BitConverter.ToInt32(bytes[4..]), BitConverter.ToInt32(bytes[8..]), BitConverter.ToInt32(bytes[12..]))
        : throw new InvalidDataException("the task's data is not of this version of Agora's driver");
}
