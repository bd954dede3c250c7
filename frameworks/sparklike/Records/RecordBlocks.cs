namespace Agora.Spark.Records;

/// <summary>
/// Streams of records: pieces that are packed with LZ4 and carry a checksum, then a mark of the end. Takes memory for
/// one piece at a time, reading and writing.
/// </summary>
public static class RecordBlocks
{
    /// <summary>A piece ends with the record that takes it past as many bytes: enough to pack well, and to stay in the processor's cache.</summary>
    internal const int PieceBytes = 128 << 10;

    /// <exception cref="CodecException">A record holds what cannot be written.</exception>
    public static void Write<T>(Stream to, IEnumerable<T> records)
    {
        ArgumentNullException.ThrowIfNull(to);
        ArgumentNullException.ThrowIfNull(records);
        var pieces = new PieceWriter<T>(to.Write, PieceBytes);
        foreach (var record in records)
            pieces.Add(record);
        pieces.Flush();
        to.Write(Piece.EndMark);
    }

    /// <summary>Reads as it is enumerated; leaves the stream open.</summary>
    /// <exception cref="CorruptBlockException">The bytes are damaged, or end before the mark.</exception>
    public static IEnumerable<T> Read<T>(Stream from)
    {
        ArgumentNullException.ThrowIfNull(from);
        return ReadPieces<T>(from, isMarked: true);
    }

    /// <param name="isMarked">False for pieces that go on to the end of the stream.</param>
    internal static IEnumerable<T> ReadPieces<T>(Stream from, bool isMarked)
    {
        var codec = RecordCodec<T>.Default;
        using var pieces = new PieceReader(from, isMarked);
        var reader = new RecordReader(default);
        while (pieces.Next())
        {
            reader.Start(pieces.Records);
            for (var i = 0; i < pieces.Count; i++)
                yield return codec.Read(reader);
        }
    }
}
