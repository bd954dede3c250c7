using System.Buffers;

namespace Agora.Spark.Records;

/// <summary>Takes what is to be written.</summary>
internal delegate void WriteBytes(ReadOnlySpan<byte> bytes);

/// <summary>Gathers records into pieces.</summary>
/// <param name="pieceBytes">When a piece is full, in bytes of records.</param>
internal sealed class PieceWriter<T>(WriteBytes write, int pieceBytes)
{
    /// <summary>Records may take no bytes at all.</summary>
    private const int RecordsMax = 1 << 20;

    private readonly RecordCodec<T> _codec = RecordCodec<T>.Default;
    private readonly RecordWriter _records = new();
    private int _count;

    public void Add(T record)
    {
        _codec.Write(_records, record);
        if (++_count == RecordsMax || _records.Length >= pieceBytes)
            Flush();
    }

    /// <summary>Ends the piece, if there is one.</summary>
    public void Flush()
    {
        if (_count == 0)
            return;
        var packed = ArrayPool<byte>.Shared.Rent(Piece.RoomFor(_records.Length));
        write(packed.AsSpan(0, Piece.Pack(_records.Written.Span, _count, packed)));
        ArrayPool<byte>.Shared.Return(packed);
        _records.Clear();
        _count = 0;
    }
}
