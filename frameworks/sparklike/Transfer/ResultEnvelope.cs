namespace Agora.Spark.Transfer;

/// <summary>What a task that has succeeded sends the driver: its result, what it added to accumulators, what it read and wrote.</summary>
/// <param name="Location">Where the result is if it is too large to be sent along; else null.</param>
internal readonly record struct ResultEnvelope(
    ReadOnlyMemory<byte> Result, string? Location, long ResultBytes, ReadOnlyMemory<byte> Accumulators, TaskMetrics Metrics)
{
    /// <summary>More is left where it was made, to be fetched: a status is no place for it.</summary>
    public const int ResultBytesMax = 256 << 10;

    public byte[] ToBytes()
    {
        using var stream = new MemoryStream(Result.Length + Accumulators.Length + 32);
        using var to = new BinaryWriter(stream);
        foreach (var figure in Metrics.All)
            to.Write7BitEncodedInt64(figure);
        to.Write7BitEncodedInt(Accumulators.Length);
        to.Write(Accumulators.Span);
        to.Write(Location ?? "");
        to.Write7BitEncodedInt64(ResultBytes);
        to.Write(Result.Span);
        to.Flush();
        return stream.ToArray();
    }

    /// <exception cref="IOException">They are damaged.</exception>
    public static ResultEnvelope From(ReadOnlyMemory<byte> bytes)
    {
        using var from = new BinaryReader(new MemoryStream(bytes.ToArray()));
        var metrics = new TaskMetrics();
        metrics.Fill(from.Read7BitEncodedInt64);
        var accumulators = from.ReadBytes(from.Read7BitEncodedInt());
        var location = from.ReadString();
        var length = from.Read7BitEncodedInt64();
        return new ResultEnvelope(bytes[(int)from.BaseStream.Position..], location.Length > 0 ? location : null, length, accumulators, metrics);
    }
}
